"""A real Synapse: from a comment with a Matrix id to a member whose join closed the ticket."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from models.onboarding import Seat, Send, Ticket
from models.unit_of_work import UnitOfWork
from tests.peers.conftest import peers_state
from tests.stages.team import Team, comment, communities, post
from yinliu.errors import ActionNeeded
from yinliu.hubs import open_hubs
from yinliu.hubs.hub import Barred, Refused
from yinliu.stages.counts import Counts
from yinliu.stages.invite import invite
from yinliu.stages.observe import observe

TOKEN = "YINLIU_MATRIX_TOKEN"


@dataclass(frozen=True)
class Synapse:
    """The homeserver as its administrator has it."""

    base: str
    token: str
    room: str

    def ask(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> dict[str, Any]:
        """One request; it must succeed."""
        head = {"Authorization": f"Bearer {token or self.token}"}
        answer = httpx.request(method, self.base + path, json=body, headers=head, trust_env=False, timeout=30)
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json()
        return found

    def person(self) -> tuple[str, str]:
        """A new user: id and token."""
        user = f"@lead{uuid.uuid4().hex[:10]}:peer.test"
        self.ask("PUT", f"/_synapse/admin/v2/users/{quote(user)}", {"password": "lead-pass"})
        login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": user}, "password": "lead-pass"}
        return user, str(self.ask("POST", "/_matrix/client/v3/login", login)["access_token"])

    def go(self, step: str, token: str) -> None:
        """Somebody joins or leaves."""
        self.ask("POST", f"/_matrix/client/v3/rooms/{quote(self.room)}/{step}", {}, token=token)

    def member_events(self, user: str) -> int:
        """How many membership events of somebody the room holds."""
        path = f"/_matrix/client/v3/rooms/{quote(self.room)}/messages?dir=b&limit=200"
        chunk = self.ask("GET", path)["chunk"]
        return sum(event["type"] == "m.room.member" and event.get("state_key") == user for event in chunk)


@pytest.fixture(scope="module")
def synapse() -> Synapse:
    """The running peer."""
    file = peers_state() / "synapse" / "access.json"
    if not file.exists():
        pytest.skip("the peer synapse is not seeded")
    access = json.loads(file.read_text(encoding="utf-8"))
    return Synapse(access["base"], access["token"], access["rooms"]["onboard-buyer"])


@dataclass(frozen=True)
class Brought:
    """A team whose community lives on Synapse."""

    team: Team
    synapse: Synapse
    token: str

    @property
    def _parts(self) -> dict[str, Any]:
        hubs = open_hubs(self.team.rules, environ={TOKEN: self.token})
        return {"policy": self.team.rules, "hubs": hubs, "vault": self.team.vault}

    def invite(self) -> Counts:
        """One run, without zeros."""
        return {name: n for name, n in invite(self.team.begin, **self._parts).items() if n}

    def observe(self) -> Counts:
        """What changed."""
        found = observe(self.team.begin, **self._parts)
        return {name: found[name] for name in ("joined", "left", "declined") if found[name]}

    def states(self) -> list[str]:
        """The tickets' states."""
        return [state for (state,) in self.team.rows(Ticket.state)]


@pytest.fixture
def brought(begin_sqlite: Callable[[], UnitOfWork], tmp_path: Path, synapse: Synapse) -> Brought:
    """Everybody who asks belongs into one room."""
    hub = {"name": "chat", "kind": "matrix", "url": synapse.base, "token": TOKEN}
    group = {"name": "1", "capacity": 50, "room": synapse.room}
    rules = communities({"name": "buyers", "hub": "chat", "capacity": None, "groups": [group]}, hubs=[hub])
    return Brought(Team(begin_sqlite, tmp_path / "data", rules=rules), synapse, synapse.token)


def wants(brought: Brought) -> tuple[str, str]:
    """Somebody comments, leaves a Matrix id, and is routed."""
    user, token = brought.synapse.person()
    brought.team.hear(post(), comment("c1", f"想买，多少钱？拉我进群 {user}"))
    brought.team.route()
    return user, token


def test_from_a_comment_to_a_member(brought: Brought) -> None:
    """Routed, invited once, joined by their own step, seen, seat confirmed; leaving frees the seat."""
    user, token = wants(brought)
    assert brought.invite() == {"invited": 1}
    assert (brought.invite(), brought.observe(), brought.states()) == ({}, {}, ["invited"])
    assert brought.synapse.member_events(user) == 1
    brought.synapse.go("join", token)
    assert brought.observe() == {"joined": 1}
    assert (brought.observe(), brought.states()) == ({}, ["joined"])
    ((confirmed, released),) = brought.team.rows(Seat.confirmed_at, Seat.released_at)
    assert confirmed and not released
    brought.synapse.go("leave", token)
    assert brought.observe() == {"left": 1}
    assert brought.states() == ["left"]
    assert brought.team.rows(Send.state) == [("sent",)]


def test_an_invitation_that_is_declined(brought: Brought) -> None:
    """The ticket is lost and nobody is asked again."""
    _, token = wants(brought)
    brought.invite()
    brought.synapse.go("leave", token)
    assert brought.observe() == {"declined": 1}
    assert (brought.states(), brought.invite()) == (["lost"], {})


def test_an_unsettled_send_is_found_at_the_hub(brought: Brought) -> None:
    """The result was never written: the next run looks, and does not send again."""
    user, _ = wants(brought)
    brought.invite()
    with brought.team.begin() as work:
        work._session.query(Send).update({"state": "intended", "settled_at": None})
        work._session.query(Ticket).update({"state": "assigned"})
        long_ago = work._session.query(Ticket.created_at).limit(1).scalar().replace(year=2020)
        work._session.query(Send).update({"intended_at": long_ago})
        work.commit()
    assert brought.invite() == {"found": 1}
    assert brought.synapse.member_events(user) == 1


def test_a_member_is_not_invited(brought: Brought) -> None:
    """Somebody who is in the room already."""
    user, token = wants(brought)
    brought.synapse.ask("POST", f"/_matrix/client/v3/rooms/{quote(brought.synapse.room)}/invite", {"user_id": user})
    brought.synapse.go("join", token)
    assert (brought.invite(), brought.states()) == ({"already": 1}, ["joined"])


def test_synapse_sends_the_same_invitation_once(brought: Brought) -> None:
    """A stale sender that wakes up after its lease does no harm here; a member is refused as such."""
    user, token = brought.synapse.person()
    hub = brought._parts["hubs"]["chat"]
    for _ in range(2):
        hub.invite(user, brought.synapse.room, key="1")
    assert brought.synapse.member_events(user) == 1
    brought.synapse.go("join", token)
    with pytest.raises(Refused, match="already_joined"):
        hub.invite(user, brought.synapse.room, key="1")


def test_a_wrong_token_and_a_foreign_room(brought: Brought) -> None:
    """What to do is said; nothing is sent."""
    wants(brought)
    wrong = Brought(brought.team, brought.synapse, "syt_wrong")
    with pytest.raises(ActionNeeded) as caught:
        wrong.invite()
    assert caught.value.code == "hub_token_refused"
    for room in ("!nowhere:peer.test", "#nowhere:peer.test"):
        with pytest.raises(Barred):
            brought._parts["hubs"]["chat"].check(room)
    brought._parts["hubs"]["chat"].check("#onboard-buyer:peer.test")
    assert brought.states() == ["assigned"]
