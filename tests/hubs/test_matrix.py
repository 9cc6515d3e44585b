"""The Matrix hub: what it asks, and what every bad answer of a homeserver means."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time

import pytest

from tests.hubs.homeserver import ME, PREFIX, ROOM, SINCE, TOKEN, Answer, Homeserver, error, said, serving
from tests.patience import PATIENCE
from tests.ports import closed_port
from yinliu.errors import ActionNeeded, Misconfigured, RetryLater
from yinliu.hubs import open_hubs
from yinliu.hubs.hub import Barred, HubError, Refused, Uncertain, Unreachable, translated
from yinliu.hubs.matrix import MatrixHub, open_matrix
from yinliu.workspace.communities import HubRule

USER = "@lily.8:peer.test"
BOMB = (200, {"Content-Encoding": "gzip"}, b"no gzip")


def hub_at(url: str = "http://127.0.0.1:1", *, timeout: float = 20, server: Homeserver | None = None) -> MatrixHub:
    """A hub whose token is right."""
    rule = HubRule(name="chat", kind="matrix", url=url, token="YINLIU_TOKEN", timeout_seconds=timeout)
    return open_matrix(rule, environ={"YINLIU_TOKEN": f" {TOKEN}\n"}, transport=server.transport if server else None)


def hub_with(answer: Answer, *, only: str = "") -> MatrixHub:
    """A hub whose server answers this to every question (or to those whose path has ``only``)."""
    server = Homeserver()
    server.mood = lambda method, path: answer if only in path else None
    return hub_at(server=server)


def test_an_invitation_and_what_becomes_of_it() -> None:
    """none → invited → joined → left, in a room by its id or its alias."""
    server = Homeserver()
    hub = hub_at(server=server)
    for room in (ROOM, "#camp:peer.test"):
        server.members = {ME: "join"}
        hub.check(room)
        assert hub.find(USER, room) == "none"
        hub.invite(USER, room, key="1")
        assert hub.find(USER, room) == "invited"
        server.members[USER] = "join"
        assert hub.find(USER, room) == "joined"
        assert hub.members(room) == {USER: ("joined", SINCE)}
        server.members[USER] = "leave"
        assert (hub.find(USER, room), hub.members(room)) == ("left", {USER: ("left", SINCE)})


def test_the_same_over_a_real_socket() -> None:
    """Ids are quoted in paths; one connection serves."""
    server = Homeserver()
    with serving(server) as url:
        hub = hub_at(url)
        hub.check(ROOM)
        hub.invite(USER, ROOM, key="1")
        assert hub.find(USER, ROOM) == "invited"
    assert ("POST", f"{PREFIX}/rooms/%21camp%3Apeer.test/invite") in server.asked


def test_who_can_be_invited() -> None:
    """The last Matrix id that was left; a phone number is none."""
    hub = hub_at(server=Homeserver())
    assert hub.address([("phone", "13912345678"), ("matrix", "@a:b.cn"), ("matrix", "@c:d.cn")]) == "@c:d.cn"
    assert hub.address([("phone", "13912345678")]) is None


def test_a_member_is_refused_as_such() -> None:
    """403 for somebody in the room."""
    server = Homeserver()
    server.members[USER] = "join"
    with pytest.raises(Refused) as caught:
        hub_at(server=server).invite(USER, ROOM, key="1")
    assert caught.value.reason == "already_joined"


def test_somebody_banned_is_refused() -> None:
    """With the server's code; the address in its words is not repeated."""
    server = Homeserver()
    server.members[USER] = "ban"
    with pytest.raises(Refused) as caught:
        hub_at(server=server).invite(USER, ROOM, key="1")
    assert caught.value.reason == "M_FORBIDDEN"
    assert USER not in caught.value.text.zh + caught.value.text.en
    assert not isinstance(caught.value, Barred)


@pytest.mark.parametrize("room", [ROOM, "!other:peer.test", "#none:peer.test"])
def test_a_room_that_we_are_not_in_is_told_before_anything_is_sent(room: str) -> None:
    """Barred, with what to do."""
    server = Homeserver()
    server.members[ME] = "leave"
    with pytest.raises(Barred, match=r"not_in_room|no_room"):
        hub_at(server=server).check(room)


SENDING = (
    (said(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2500}), Unreachable, "rate_limited"),
    (said(429, {"retry_after_ms": "x"}, **{"Retry-After": "7"}), Unreachable, "rate_limited"),
    ((429, {}, b"<html>slow down"), Unreachable, "rate_limited"),
    (error(401, "M_UNKNOWN_TOKEN"), Barred, "token_refused"),
    (error(400, "M_INVALID_PARAM"), Refused, "M_INVALID_PARAM"),
    (error(403, "M_FORBIDDEN"), Refused, "M_FORBIDDEN"),
    (error(404, "M_NOT_FOUND"), Refused, "M_NOT_FOUND"),
    (said(403, {"errcode": "秘 @a:b.cn", "error": 7}), Refused, "HTTP_403"),
    (error(500, "M_UNKNOWN"), Uncertain, "HTTP_500"),
    ((502, {}, b"<html>Bad Gateway"), Uncertain, "HTTP_502"),
    ((200, {}, b"<html>welcome"), Uncertain, "nonsense"),
    ((200, {}, b""), Uncertain, "nonsense"),
    ((200, {}, b"[1]"), Uncertain, "nonsense"),
    ((200, {}, b"[" * 100_000), Uncertain, "nonsense"),
    ((302, {"Location": "http://127.0.0.1:1/"}, b"{}"), Uncertain, "nonsense"),
    ((200, {}, b" " * (2 << 20)), Uncertain, "no_answer"),
    (BOMB, Uncertain, "no_answer"),
)


@pytest.mark.parametrize(("answer", "kind", "reason"), SENDING)
def test_every_bad_answer_to_an_invitation(answer: Answer, kind: type[HubError], reason: str) -> None:
    """Not sent, refused, or nobody knows: never taken for done."""
    with pytest.raises(kind) as caught:
        hub_with(answer, only="invite").invite(USER, ROOM, key="1")
    assert (type(caught.value), caught.value.reason) == (kind, reason)
    assert TOKEN not in str(caught.value) + caught.value.text.zh + caught.value.text.en


ASKING = (
    (said(429, {"retry_after_ms": 1}), Unreachable),
    (error(401, "M_UNKNOWN_TOKEN"), Barred),
    (error(403, "M_FORBIDDEN"), Barred),
    (error(500, "M_UNKNOWN"), Unreachable),
    ((502, {}, b"<html>"), Unreachable),
    ((200, {}, b"<html>welcome"), Barred),
    ((404, {}, b"<html>nginx"), Barred),
    ((200, {}, b"null"), Barred),
    ((307, {"Location": "http://127.0.0.1:1/"}, b""), Barred),
    ((200, {}, b" " * (65 << 20)), Unreachable),
    (BOMB, Unreachable),
)


@pytest.mark.parametrize(("answer", "kind"), ASKING)
@pytest.mark.parametrize("question", ["check", "find", "members"])
def test_every_bad_answer_to_a_question(answer: Answer, kind: type[HubError], question: str) -> None:
    """Wait, or act: never taken for "not invited"."""
    hub = hub_with(answer)
    with pytest.raises(kind):
        {
            "check": lambda: hub.check(ROOM),
            "find": lambda: hub.find(USER, ROOM),
            "members": lambda: hub.members(ROOM),
        }[question]()


def test_seconds_to_wait_are_the_servers() -> None:
    """From the body, else from the header, else a few; never more than a day."""
    for answer, seconds in (
        (said(429, {"retry_after_ms": 2500}), 2.5),
        (said(429, {}, **{"Retry-After": "7"}), 7),
        (said(429, {}), 5),
        (said(429, {"retry_after_ms": 0}), 0),
        (said(429, {"retry_after_ms": 10**15}), 86_400),
        (said(429, {"retry_after_ms": 10**400}), 86_400),
    ):
        with pytest.raises(Unreachable) as caught:
            hub_with(answer).find(USER, ROOM)
        assert caught.value.seconds == seconds


@pytest.mark.parametrize("membership", ["dance", 7, None])
def test_a_membership_that_nobody_knows_is_unknown(membership: object) -> None:
    """A person looks."""
    assert hub_with(said(200, {"membership": membership})).find(USER, ROOM) == "unknown"


def test_members_that_are_none_are_passed_over() -> None:
    """A list with holes is read; one that is no list is not."""
    chunk = [
        7,
        {},
        {"state_key": 1},
        {"state_key": "@a:b", "content": 3},
        {"state_key": "@\ud800:b", "content": {"membership": "join"}},
        {"state_key": USER, "content": {"membership": "join"}},
    ]
    assert hub_with(said(200, {"chunk": chunk}), only="members").members(ROOM) == {USER: ("joined", None)}
    with pytest.raises(Barred):
        hub_with(said(200, {"chunk": 7}), only="members").members(ROOM)


@pytest.mark.parametrize("said_time", [None, "1", True, [], 10**30, -(10**30), 10**18])
def test_a_time_that_is_none_is_not_said(said_time: object) -> None:
    """The membership is read all the same."""
    event = {"state_key": USER, "content": {"membership": "leave"}, "origin_server_ts": said_time}
    assert hub_with(said(200, {"chunk": [event]}), only="members").members(ROOM) == {USER: ("left", None)}


def test_a_name_with_half_a_character_is_nonsense() -> None:
    """Not a crash when it is to be written down."""
    with pytest.raises(Barred):
        hub_with(said(200, {"user_id": "@\ud800:x"}), only="whoami").check(ROOM)


@pytest.mark.parametrize("before", range(170, 200))
def test_what_a_hub_says_is_masked_before_it_is_cut(before: int) -> None:
    """Wherever the cut falls: a part of an address is an address too."""
    words = "x" * before + " @alice-secret:example.org is not welcome"
    with pytest.raises(Refused) as caught:
        hub_with(error(403, "M_FORBIDDEN", words), only="invite").invite(USER, ROOM, key="1")
    assert "alice-secret" not in caught.value.text.zh + caught.value.text.en


def test_no_server_is_unreachable() -> None:
    """Certainly not sent."""
    with closed_port() as port, pytest.raises(Unreachable):
        hub_at(f"http://127.0.0.1:{port}").invite(USER, ROOM, key="1")


def test_a_server_that_says_nothing_is_given_up() -> None:
    """Nobody knows whether it was sent; a question is only asked again later."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        hub = hub_at(f"http://127.0.0.1:{deaf.getsockname()[1]}", timeout=0.2)
        began = time.monotonic()
        with pytest.raises(Uncertain):
            hub.invite(USER, ROOM, key="1")
        with pytest.raises(Unreachable):
            hub.find(USER, ROOM)
        assert time.monotonic() - began < PATIENCE


def test_a_server_that_drips_is_given_up() -> None:
    """Byte after byte of a header that never ends: our patience is with the call, not with each byte."""
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not over.wait(0.02):
                connection.sendall(b"x")

    def accept(server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=drip, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, args=(server,), daemon=True).start()
        hub = hub_at(f"http://127.0.0.1:{server.getsockname()[1]}", timeout=0.1)
        with pytest.raises(Uncertain):
            hub.invite(USER, ROOM, key="1")
        with pytest.raises(Unreachable):
            hub.find(USER, ROOM)
        over.set()


@pytest.mark.parametrize("token", ["", "  ", "令牌", "a b", "a\x00b"])
def test_a_token_that_is_none_names_its_variable(token: str) -> None:
    """Never the value."""
    rule = HubRule(name="chat", kind="matrix", url="https://m.example.com", token="YINLIU_TOKEN")
    with pytest.raises(Misconfigured, match="YINLIU_TOKEN"):
        open_matrix(rule, environ={"YINLIU_TOKEN": token})


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Neither the token nor whom we asked about."""
    caplog.set_level(logging.INFO)
    server = Homeserver()
    with serving(server) as url:
        hub_at(url).find(USER, ROOM)
    assert "lily" not in caplog.text and TOKEN not in caplog.text


@pytest.mark.parametrize(
    "url", ["http://m.example.com", "https://a:b@m.example.com", "https://m.example.com/?x=1", "x"]
)
def test_an_address_that_would_give_the_token_away_is_refused(url: str) -> None:
    """Plain http over the internet, a password in the address."""
    with pytest.raises(ValueError, match=r"https|match"):
        HubRule(name="chat", kind="matrix", url=url, token="YINLIU_TOKEN")


@pytest.mark.parametrize(
    "url", ["https://m.example.com", "http://127.0.0.1:8008", "http://synapse:8008", "http://10.0.0.7"]
)
def test_addresses_that_will_do(url: str) -> None:
    """https, or the own network."""
    assert HubRule(name="chat", kind="matrix", url=url, token="YINLIU_TOKEN").url == url


def test_only_hubs_in_use_are_opened() -> None:
    """A hub that no community names needs no token."""
    from tests.hubs.conftest import policy

    rules = policy().model_dump(by_alias=True)
    rules["communities"] = rules["communities"][1:]
    assert open_hubs(policy(**rules), environ={}) == {}
    with pytest.raises(Misconfigured):
        open_hubs(policy(), environ={})


def test_what_a_command_ends_with() -> None:
    """Wait for what is down, act on what refuses."""
    from tests.hubs.fake import SAID

    assert isinstance(translated("chat", Unreachable("unreachable", SAID)), RetryLater)
    assert isinstance(translated("chat", Barred("token_refused", SAID)), ActionNeeded)
    assert translated("chat", Refused("M_FORBIDDEN", SAID)).code == "hub_m_forbidden"


def test_a_redirect_takes_no_token_along() -> None:
    """It is not followed."""
    server = Homeserver()
    server.mood = lambda method, path: (302, {"Location": "http://evil.example/"}, b"")
    with serving(server) as url:
        with pytest.raises(Barred):
            hub_at(url).find(USER, ROOM)
    assert len(server.asked) == 1
