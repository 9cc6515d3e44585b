"""What no Matrix server says is told as such: an address mistyped is not a room that is missing."""

from __future__ import annotations

import pytest

from tests.hubs.homeserver import ROOM, Answer, Homeserver, error, said, serving
from tests.hubs.test_matrix import USER, hub_at, hub_with
from yinliu.hubs.hub import Barred, Refused, Uncertain


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (error(404, "M_NOT_FOUND"), "no_room"),
        (said(404, {}), "nonsense"),
        (said(200, {"room_id": "camp"}), "nonsense"),
        (said(200, {"room_id": "!\ud800"}), "nonsense"),
        (error(403, "M_FORBIDDEN"), "not_in_room"),
        (error(400, "M_INVALID_PARAM"), "M_INVALID_PARAM"),
    ],
)
def test_why_an_alias_leads_nowhere(answer: Answer, reason: str) -> None:
    """Only the server's own word says that there is no such room."""
    with pytest.raises(Barred) as caught:
        hub_with(answer, only="/directory/").find(USER, "#camp:peer.test")
    assert caught.value.reason == reason


def test_an_invitation_that_is_sent_and_refused_is_uncertain() -> None:
    """200 with an error in it; the ledger keeps why."""
    with pytest.raises(Uncertain) as caught:
        hub_with(error(200, "M_FORBIDDEN"), only="/invite").invite(USER, ROOM, key="1")
    assert caught.value.reason == "nonsense"


def test_no_proxy_of_the_machine_sees_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its environment says, the homeserver is asked itself."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serving(Homeserver()) as url:
        hub_at(url).check(ROOM)


def test_what_a_server_says_is_repeated_in_one_line() -> None:
    """Its words cannot move the cursor, colour a terminal or begin a line of their own; what was asked is named."""
    answer = error(400, "M_BAD_STATE", "no\x1b[31m\r\nok\x00")
    with pytest.raises(Barred) as caught:
        hub_with(answer, only="/state/").find(USER, ROOM)
    said_of_it = caught.value.text.zh + caught.value.text.en
    assert said_of_it.isprintable() and "M_BAD_STATE no [31m  ok" in said_of_it and "refused rooms (400" in said_of_it


@pytest.mark.parametrize(
    ("answer", "only", "told"),
    [
        (error(403, "M_FORBIDDEN", "no"), "/whoami", "服务器拒绝了邀请账号（403：no）。检查这个账号"),
        (error(400, "M_BAD_STATE", "no"), "/state/", "服务器拒绝了查看群成员的请求（400：no）"),
        (error(400, "M_BAD_STATE"), "/directory/", "服务器拒绝了按别名找群的请求（400："),
        (said(200, {"user_id": 5}), "/whoami", "这个网址不像 Matrix 服务器。检查 communities.yaml"),
    ],
)
def test_what_was_refused_is_told_in_words(answer: Answer, only: str, told: str) -> None:
    """No step of a path, and no code beside the server's own words."""
    with pytest.raises(Barred) as caught:
        hub_with(answer, only=only).check("#camp:peer.test" if "directory" in only else ROOM)
    assert told in caught.value.text.zh and "account" not in caught.value.text.zh


def test_a_refused_invitation_is_told_with_its_code_where_that_is_all() -> None:
    """And nothing else is said."""
    with pytest.raises(Refused) as caught:
        hub_with(said(403, {"errcode": "M_LIMIT_EXCEEDED"}), only="/invite").invite(USER, ROOM, key="1")
    assert "服务器拒绝了这次邀请（403：M_LIMIT_EXCEEDED）" in caught.value.text.zh
