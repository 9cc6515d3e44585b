"""observe: joins and leavings at the hub close tickets; a second look changes nothing; strangers are nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from tests.hubs.conftest import Desk, policy
from tests.hubs.fake import SAID, down
from yinliu.errors import ActionNeeded, RetryLater
from yinliu.hubs.hub import Barred, Member, Membership

ROOM = "!camp:peer.test"


def test_a_join_closes_the_ticket(desk: Desk) -> None:
    """invited → joined, the seat is confirmed; a second look changes nothing."""
    desk.ticket("@a:peer.test")
    desk.invite()
    assert desk.observe() == {}
    desk.hub.rooms[ROOM]["@a:peer.test"] = "joined"
    assert desk.observe() == {"members": 1, "joined": 1}
    assert desk.tickets == {1: "joined"}
    assert desk.rows("SELECT count(*) FROM seat WHERE confirmed_at IS NOT NULL AND released_at IS NULL") == [(1,)]
    events = desk.rows("SELECT count(*) FROM ticket_event")
    assert desk.observe() == {"members": 1}
    assert desk.rows("SELECT count(*) FROM ticket_event") == events


@pytest.mark.parametrize("state", ["queued", "assigned", "invited", "added"])
def test_somebody_an_operator_invited_is_recognised(desk: Desk, state: str) -> None:
    """By the address they left, without any send of ours."""
    desk.ticket("@a:peer.test", state=state)
    desk.hub.rooms[ROOM] = {"@A:peer.test": "joined"}
    assert desk.observe() == {"members": 1, "joined": 1}
    assert desk.tickets == {1: "joined"}


def test_a_join_is_recognised_when_the_comment_is_gone(desk: Desk) -> None:
    """By the digest that the send kept."""
    desk.ticket("@a:peer.test")
    desk.invite()
    desk.change("DELETE FROM contact")
    desk.hub.rooms[ROOM]["@a:peer.test"] = "joined"
    assert desk.observe()["joined"] == 1


def test_one_room_that_is_barred_does_not_hide_the_others(desk: Desk) -> None:
    """It is told at the end; who joined elsewhere is noted."""
    rules = desk.rules.model_dump(by_alias=True)
    rules["communities"].insert(
        0,
        {
            **rules["communities"][0],
            "name": "closed",
            "title": "没开放的群",
            "groups": [{"name": "1", "capacity": 9, "room": "!no:peer.test"}],
        },
    )
    desk.rules = policy(communities=rules["communities"])
    desk.ticket("@a:peer.test", state="invited")
    desk.hub.rooms[ROOM] = {"@a:peer.test": "joined"}
    members = desk.hub.members

    def only_ours(room: str) -> Mapping[str, Member]:
        if room == ROOM:
            return members(room)
        raise Barred("not_in_room", SAID)

    desk.hub.members = only_ours  # type: ignore[method-assign]
    with pytest.raises(ActionNeeded) as caught:
        desk.observe()
    assert caught.value.code == "hub_not_in_room" and "进群 1" in caught.value.message.zh
    assert desk.tickets == {1: "joined"}


@pytest.mark.parametrize("state", ["joined", "retained"])
def test_who_leaves_frees_the_seat(desk: Desk, state: str) -> None:
    """The ticket ends as left, and the lead rests for the cooling-off."""
    desk.ticket("@a:peer.test", state=state)
    desk.hub.rooms[ROOM] = {"@a:peer.test": "left"}
    assert desk.observe() == {"left": 1}
    assert desk.tickets == {1: "left"}
    assert desk.rows("SELECT taken FROM community_group WHERE community = 'camp'") == [(0,)]
    assert desk.rows("SELECT count(*) FROM lead WHERE route_at IS NOT NULL") == [(1,)]
    assert desk.observe() == {}


@pytest.mark.parametrize("state", ["invited", "added", "joined", "retained"])
@pytest.mark.parametrize(("since", "seen"), [(timedelta(minutes=-11), False), (timedelta(minutes=-9), True)])
def test_who_left_before_the_ticket_was_opened_has_not_left_since(
    desk: Desk, state: str, since: timedelta, seen: bool
) -> None:
    """Somebody invited by hand to a room that they once left; ten minutes are left to clocks that differ."""
    ticket = desk.ticket("@a:peer.test", state=state)
    ((created,),) = desk.rows(f"SELECT created_at FROM ticket WHERE id = {ticket}")
    desk.hub.rooms[ROOM] = {"@a:peer.test": "left"}
    desk.hub.since = datetime.fromisoformat(str(created)).replace(tzinfo=UTC) + since
    desk.observe()
    assert (desk.tickets[ticket] != state) == seen


@pytest.mark.parametrize("state", ["invited", "added", "joined", "retained"])
@pytest.mark.parametrize("standing", [None, "none", "unknown"])
def test_whom_the_room_does_not_know_has_not_left(desk_sqlite: Desk, state: str, standing: Membership | None) -> None:
    """Somebody may be there by another address: only leaving is leaving."""
    desk_sqlite.ticket("@a:peer.test", state=state)
    desk_sqlite.hub.rooms[ROOM] = {"@a:peer.test": standing} if standing else {}
    assert (desk_sqlite.observe(), desk_sqlite.tickets) == ({}, {1: state})


def test_who_declines_is_lost(desk: Desk) -> None:
    """An invitation that was turned down is not sent again."""
    desk.ticket("@a:peer.test")
    desk.invite()
    desk.hub.rooms[ROOM]["@a:peer.test"] = "left"
    assert desk.observe() == {"declined": 1}
    assert desk.tickets == {1: "lost"}
    desk.later()
    assert desk.invite() == {}


def test_strangers_are_counted_and_not_kept(desk: Desk) -> None:
    """Members without a ticket: a number, no row."""
    desk.ticket("@a:peer.test")
    desk.hub.rooms[ROOM] = {"@x:peer.test": "joined", "@y:peer.test": "left"}
    assert desk.observe() == {"members": 1, "strangers": 1}
    assert desk.tickets == {1: "assigned"}


def test_who_was_invited_anew_after_leaving_is_not_lost(desk: Desk) -> None:
    """Still invited is no leaving."""
    desk.ticket("@a:peer.test", state="invited")
    desk.hub.rooms[ROOM] = {"@a:peer.test": "invited"}
    assert desk.observe() == {}


def test_a_ticket_in_somebodys_hands_is_left_for_later(desk: Desk) -> None:
    """Counted as busy, seen at the next look."""
    desk.ticket("@a:peer.test")
    desk.hub.rooms[ROOM] = {"@a:peer.test": "joined"}
    desk.change("UPDATE ticket SET leased_by = '小李', ready_at = '2100-01-01 00:00:00.000000'")
    assert desk.observe() == {"members": 1, "busy": 1}
    desk.later()
    assert desk.observe() == {"members": 1, "joined": 1}


def test_a_hub_that_is_down_changes_nothing(desk_sqlite: Desk) -> None:
    """The stage says to try again later; every ticket stays where it was."""
    desk_sqlite.ticket()
    before = desk_sqlite.tickets
    desk_sqlite.hub.before = down
    with pytest.raises(RetryLater):
        desk_sqlite.observe()
    assert desk_sqlite.tickets == before == {1: "assigned"}
