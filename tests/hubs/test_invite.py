"""invite: everybody once, whatever the hub answers; nothing is lost, and nobody is invited who must not be."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tests.hubs.conftest import Desk, policy
from tests.hubs.fake import SAID, FakeHub, down, lost_answer
from yinliu.errors import ActionNeeded, Misconfigured, RetryLater
from yinliu.hubs.hub import Barred, Refused, Uncertain, Unreachable

ROOM = "!camp:peer.test"


def raising(error: Exception, *, times: int = 1_000_000) -> object:
    """A mood that raises at an invitation, so many times."""
    left = [times]

    def mood(call: str) -> None:
        if call == "invite" and left[0]:
            left[0] -= 1
            raise error

    return mood


def test_everybody_is_invited_once(desk: Desk) -> None:
    """By the hub, with an intent and a result, an event that says so; a second run sends nothing."""
    for state in ("assigned", "queued", "assigned"):
        desk.ticket(state=state)
    assert desk.invite() == {"invited": 3}
    assert desk.tickets == {1: "invited", 2: "invited", 3: "invited"}
    assert desk.sends == {"sent": 3}
    assert set(desk.hub.invitations.values()) == {1}
    assert desk.rows("SELECT leased_by FROM ticket WHERE leased_by IS NOT NULL") == []
    assert desk.rows("SELECT DISTINCT reason FROM ticket_event WHERE after = 'invited'") == [("sent_by_hub",)]
    assert desk.rows("SELECT operator FROM ticket ORDER BY id") == [("小李",), (None,), ("小李",)]
    desk.later()
    assert desk.invite() == {}
    assert sum(desk.hub.invitations.values()) == 3


def test_what_is_written_names_nobody(desk: Desk) -> None:
    """Neither ledger nor events hold an address."""
    desk.ticket("@geheim:peer.test")
    desk.invite()
    rows = desk.rows("SELECT hub, key, address_hmac, state, detail FROM send")
    rows += desk.rows("SELECT actor, reason, after FROM ticket_event")
    assert "geheim" not in repr(rows)


def test_by_hand_stays_by_hand(desk: Desk) -> None:
    """A manual community and a person without an address: neither claimed nor touched, but counted."""
    desk.ticket(community="hand")
    desk.ticket(None)
    assert desk.invite() == {"by_hand": 1}
    assert desk.tickets == {1: "assigned", 2: "assigned"}
    assert desk.rows("SELECT lease_token, attempts FROM ticket") == [(0, 0), (0, 0)]
    assert desk.hub.calls == {}


def test_a_suppressed_person_is_never_invited(desk: Desk) -> None:
    """Not even when the ticket was still open."""
    desk.ticket(suppressed=True)
    assert desk.invite() == {"suppressed": 1}
    assert (desk.tickets, desk.sends, desk.hub.invitations) == ({1: "opted_out"}, {}, {})
    assert desk.rows("SELECT taken FROM community_group WHERE community = 'camp'") == [(0,)]


def test_somebody_suppressed_at_the_last_moment_is_not_invited(desk: Desk) -> None:
    """The transaction that writes the intent looks again."""
    desk.ticket()

    def opts_out(call: str) -> None:
        if call == "find":
            desk.change("UPDATE person SET suppressed_at = '2026-11-20 00:00:00.000000'")

    desk.hub.before = opts_out
    assert desk.invite() == {"suppressed": 1}
    assert desk.hub.invitations == {}


def test_a_member_is_not_invited(desk: Desk) -> None:
    """The ticket is closed as joined, the seat confirmed."""
    desk.ticket("@a:peer.test")
    desk.hub.rooms[ROOM] = {"@a:peer.test": "joined"}
    assert desk.invite() == {"already": 1}
    assert (desk.tickets, desk.hub.invitations) == ({1: "joined"}, {})
    assert desk.rows("SELECT count(*) FROM seat WHERE confirmed_at IS NOT NULL") == [(1,)]


def test_who_is_invited_already_is_not_invited_again(desk: Desk) -> None:
    """By an operator, or by a send whose row was lost."""
    desk.ticket("@a:peer.test")
    desk.hub.rooms[ROOM] = {"@a:peer.test": "invited"}
    assert desk.invite() == {"already": 1}
    assert (desk.tickets, desk.hub.invitations) == ({1: "invited"}, {})


def test_a_lost_answer_is_looked_up_at_once(desk: Desk) -> None:
    """The hub did it and no answer came: found, not sent again."""
    desk.ticket()
    desk.hub.after = lost_answer
    assert desk.invite() == {"invited": 1}
    assert (desk.sends, desk.tickets) == ({"sent": 1}, {1: "invited"})


def test_a_lost_request_is_sent_again_when_the_lease_is_over(desk: Desk) -> None:
    """Unknown first; a run meanwhile leaves it alone; then certainly none, then invited once."""
    desk.ticket()
    desk.hub.before = raising(Uncertain("no_answer", SAID), times=1)  # type: ignore[assignment]
    assert desk.invite() == {"unknown": 1}
    assert desk.invite() == {}
    desk.later()
    assert desk.invite() == {"failed": 1}
    desk.later()
    assert desk.invite() == {"invited": 1}
    assert set(desk.hub.invitations.values()) == {1}
    assert desk.sends == {"failed": 1, "sent": 1}


def test_what_the_hub_cannot_say_is_for_a_person(desk: Desk) -> None:
    """Send and ticket are parked, and no later run touches them."""
    desk.ticket("@a:peer.test")
    desk.hub.before = raising(Uncertain("no_answer", SAID), times=1)  # type: ignore[assignment]
    desk.invite()
    desk.hub.rooms[ROOM] = {"@a:peer.test": "unknown"}
    desk.later()
    assert desk.invite() == {"parked": 1}
    assert (desk.sends, desk.parked) == ({"parked": 1}, ["send_unknown"])
    desk.later()
    assert desk.invite() == {}


@pytest.mark.parametrize("state", ["assigned", "lost"])
def test_a_room_that_bars_us_keeps_nobody_else_waiting(desk: Desk, state: str) -> None:
    """A send that cannot be looked up there is told of, and after a day it is a person's; others are invited."""
    other = {"name": "ski", "title": "滑雪群", "hub": "chat", "operators": ["小李"],
             "groups": [{"name": "1", "capacity": 9, "room": "!ski:peer.test"}]}  # fmt: skip
    desk.rules = policy(communities=[*desk.rules.model_dump(by_alias=True)["communities"], other])
    desk.open()
    desk.ticket()
    desk.hub.before = raising(Uncertain("no_answer", SAID), times=1)  # type: ignore[assignment]
    desk.invite()
    desk.change(f"UPDATE ticket SET state = '{state}', ready_at = '2026-01-01 00:00:00.000000'")
    lately = datetime.now(UTC) - timedelta(hours=23)
    desk.change(f"UPDATE send SET intended_at = '{lately:%Y-%m-%d %H:%M:%S.%f}'")
    desk.ticket(community="ski")
    desk.hub.bars.add(ROOM)
    with pytest.raises(ActionNeeded):
        desk.invite()
    assert (desk.tickets, desk.sends) == ({1: state, 2: "invited"}, {"unknown": 1, "sent": 1})
    desk.later()
    with pytest.raises(ActionNeeded) as caught:
        desk.invite()
    assert caught.value.code == "hub_not_in_room" and "转人工 1" in caught.value.message.zh
    assert desk.sends == {"parked": 1, "sent": 1}
    assert desk.parked == (["send_unknown"] if state == "assigned" else [])


@pytest.mark.parametrize(("state", "parked"), [("assigned", ["send_unknown"]), ("expired", [])])
def test_what_was_sent_at_a_hub_that_is_gone_is_for_a_person(desk: Desk, state: str, parked: list[str]) -> None:
    """Upkeep parks it once no community uses the hub; its ticket too, unless that has ended; then nothing is left."""
    desk.ticket()
    desk.hub.before = raising(Uncertain("no_answer", SAID), times=1)  # type: ignore[assignment]
    desk.invite()
    moved = f"changed_at = '{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}'"  # lately: upkeep lets nothing of it expire
    desk.change(f"UPDATE ticket SET state = '{state}', {moved}")
    desk.later()
    assert desk.upkeep() == {}
    by_hand = [rule.model_copy(update={"hub": "manual"}) for rule in desk.rules.communities]
    desk.rules = desk.rules.model_copy(update={"communities": by_hand})
    assert [desk.upkeep() for _ in range(2)] == [{"parked": 1}, {}]
    assert (desk.sends, desk.parked) == ({"parked": 1}, parked)


@pytest.mark.parametrize(("before", "sends", "state"), [("none", "sent", "invited"), ("left", "parked", "assigned")])
def test_who_has_left_was_invited_if_they_were_not_there_before(
    desk: Desk, before: str, sends: str, state: str
) -> None:
    """Somebody who had left before may have been invited in between or not: nobody can know."""
    desk.ticket("@a:peer.test")
    desk.hub.rooms[ROOM] = {"@a:peer.test": before} if before != "none" else {}  # type: ignore[dict-item]
    desk.hub.before = raising(Uncertain("no_answer", SAID), times=1)  # type: ignore[assignment]
    desk.invite()
    desk.hub.rooms[ROOM] = {"@a:peer.test": "left"}
    desk.later()
    desk.invite()
    assert (desk.sends, desk.tickets) == ({sends: 1}, {1: state})


def test_an_unsettled_send_outlives_its_comment(desk: Desk) -> None:
    """The address is gone from the database: it is found among the room's members by its digest."""
    for _ in range(2):
        desk.ticket()
    desk.hub.after = lost_answer
    desk.hub.before = lambda call: down(call) if call == "find" and desk.hub.calls["invite"] else None
    with pytest.raises(RetryLater):
        desk.invite()
    desk.change("DELETE FROM contact")
    desk.hub.before = desk.hub.after = lambda call: None
    desk.later()
    assert desk.invite() == {"found": 1, "by_hand": 1}
    assert desk.tickets == {1: "invited", 2: "assigned"}


def test_a_refusal_is_tried_again_later_and_then_parked(desk: Desk) -> None:
    """With its code as the reason; after most_attempts a person decides."""
    desk.ticket()
    desk.hub.before = raising(Refused("M_FORBIDDEN", SAID))  # type: ignore[assignment]
    assert desk.invite() == {"refused": 1}
    assert desk.invite() == {}
    assert desk.rows("SELECT attempts FROM ticket") == [(1,)]
    desk.later()
    assert desk.invite() == {"refused": 1}
    desk.later()
    assert desk.invite() == {"refused": 1, "parked": 1}
    assert (desk.parked, desk.sends) == (["attempts_used:3:M_FORBIDDEN"], {"refused": 3})


def test_when_everybody_is_refused_it_is_us(desk: Desk) -> None:
    """Five in a row and nobody invited: the run stops and says so; the others keep their attempts."""
    for _ in range(9):
        desk.ticket()
    desk.hub.before = raising(Refused("M_FORBIDDEN", SAID))  # type: ignore[assignment]
    with pytest.raises(ActionNeeded):
        desk.invite()
    assert desk.hub.calls["invite"] == 5
    assert desk.rows("SELECT count(*) FROM ticket WHERE attempts = 0") == [(4,)]


@pytest.mark.parametrize("call", ["check", "find", "invite"])
def test_a_hub_that_is_down_costs_nothing(desk: Desk, call: str) -> None:
    """Retry later; no attempt counted, no lease kept, and the next run invites everybody."""
    for _ in range(3):
        desk.ticket()
    desk.hub.before = lambda name: down(name) if name == call else None
    with pytest.raises(RetryLater):
        desk.invite()
    assert desk.rows("SELECT DISTINCT attempts, leased_by FROM ticket") == [(0, None)]
    desk.hub.before = lambda name: None
    assert desk.invite() == {"invited": 3}


@pytest.mark.parametrize("call", ["check", "find", "invite"])
def test_a_hub_that_bars_us_needs_somebody(desk: Desk, call: str) -> None:
    """Exit 4; nothing is lost, nothing counted."""
    desk.ticket()

    def barred(name: str) -> None:
        if name == call:
            raise Barred("token_refused", SAID)

    desk.hub.before = barred
    with pytest.raises(ActionNeeded) as caught:
        desk.invite()
    assert caught.value.code == "hub_token_refused"
    assert desk.rows("SELECT attempts, leased_by FROM ticket") == [(0, None)]


def test_slow_down_is_obeyed(desk: Desk) -> None:
    """A short wait is waited for and the run goes on; a long one is left for the next run."""
    for _ in range(2):
        desk.ticket()
    waits: list[float] = []
    desk.hub.before = raising(Unreachable("rate_limited", SAID, seconds=3), times=1)  # type: ignore[assignment]
    assert desk.invite(sleep=waits.append) == {"invited": 1}
    assert waits == [3]
    desk.later()
    desk.hub.before = raising(Unreachable("rate_limited", SAID, seconds=3600))  # type: ignore[assignment]
    with pytest.raises(RetryLater):
        desk.invite(sleep=waits.append)
    assert waits == [3]
    assert desk.rows("SELECT count(*) FROM ticket WHERE attempts > 0") == [(0,)]


def test_one_hub_that_is_down_does_not_hold_the_others(desk: Desk) -> None:
    """The error is raised at the end."""
    other = FakeHub("other")
    other.before = down
    rules = policy().model_dump(by_alias=True)
    rules["hubs"].insert(0, rules["hubs"][0] | {"name": "other"})
    rules["communities"][1] |= {
        "hub": "other",
        "capacity": None,
        "groups": [{"name": "1", "capacity": 9, "room": "!o"}],
    }
    desk.rules = policy(**rules)
    desk.ticket()
    desk.ticket(community="hand")
    with pytest.raises(RetryLater, match="other"):
        desk.invite(hubs={"other": other, "chat": desk.hub})
    assert desk.tickets == {1: "invited", 2: "assigned"}


def test_a_limit_is_kept(desk: Desk) -> None:
    """The rest is for the next run."""
    for _ in range(3):
        desk.ticket()
    assert desk.invite(limit=2) == {"invited": 2}
    assert Counter(desk.tickets.values()) == {"invited": 2, "assigned": 1}


def test_a_ticket_in_somebodys_hands_is_left_alone(desk: Desk) -> None:
    """A live lease of an operator."""
    desk.ticket()
    desk.change("UPDATE ticket SET leased_by = '小李', ready_at = '2100-01-01 00:00:00.000000'")
    assert desk.invite() == {}


def test_a_lease_lost_on_the_way_leaves_the_send_to_be_looked_up(desk: Desk) -> None:
    """Somebody moved the ticket while the call was under way: the result is not written over theirs."""
    desk.ticket()
    desk.hub.after = lambda call: desk.change("UPDATE ticket SET lease_token = lease_token + 1, leased_by = NULL")
    assert desk.invite() == {"unknown": 1}
    desk.hub.after = lambda call: None
    desk.later()
    assert desk.invite() == {"found": 1}
    assert (set(desk.hub.invitations.values()), desk.tickets) == ({1}, {1: "invited"})


def test_a_ticket_that_ended_meanwhile_keeps_its_end(desk: Desk) -> None:
    """Only the send is settled."""
    desk.ticket()
    desk.hub.after = lambda call: desk.change("UPDATE ticket SET state = 'lost', leased_by = NULL")
    assert desk.invite() == {"unknown": 1}
    desk.later()
    assert desk.invite() == {"found": 1}
    assert (desk.tickets, desk.sends) == ({1: "lost"}, {"sent": 1})


def test_a_lease_must_be_longer_than_the_calls(desk_sqlite: Desk) -> None:
    """A clear error before anything is done."""
    desk_sqlite.ticket()
    desk_sqlite.hub.patience = 30.0  # type: ignore[misc]
    with pytest.raises(Misconfigured) as caught:
        desk_sqlite.invite()
    assert caught.value.code == "lease_too_short"
    assert desk_sqlite.hub.calls == {}


def test_a_group_without_a_room_is_named(desk_sqlite: Desk) -> None:
    """A clear error before anything is done."""
    rules = policy().model_dump(by_alias=True)
    rules["communities"][0]["groups"][0]["room"] = None
    desk_sqlite.rules = policy(**rules)
    desk_sqlite.ticket()
    with pytest.raises(Misconfigured, match="camp"):
        desk_sqlite.invite()


def test_a_contact_locked_by_another_key_is_no_address(desk_sqlite: Desk) -> None:
    """Left for an operator, without a crash."""
    desk_sqlite.ticket()
    desk_sqlite.change("UPDATE contact SET value_cipher = x'00112233445566778899aabbccddeeff00112233445566778899aabb'")
    assert desk_sqlite.invite() == {}
    assert desk_sqlite.tickets == {1: "assigned"}
