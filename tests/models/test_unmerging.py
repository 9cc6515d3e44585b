"""Undoing merges when more has happened: in another order, with seats gone, scored since, or told to stop."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from models.onboarding import CommunityGroup, Ticket, TicketEvent
from models.people import CrmExport, Lead
from models.repositories.identities import IdentityRepository
from models.repositories.merging import merge_persons
from models.repositories.queue import QueueRepository
from models.repositories.unmerging import unmerge_persons
from tests.models.crowd import (
    ANY,
    CROWD,
    LATER,
    NOW,
    PAIRS,
    Somebody,
    add_ticket,
    merge_some,
    one,
    picture,
    sound,
    trial,
)

RANDOM = st.randoms(use_true_random=False)
X, Y = "camping", "coffee"


def merge(session: Session, keep: int, drop: int, now: datetime = NOW) -> int:
    """Two become one."""
    return merge_persons(session, keep=keep, drop=drop, how="contact", actor="yinliu", now=now)


def undo(session: Session, event: int) -> None:
    """They are two again, and everything is sound."""
    unmerge_persons(session, event, actor="店长", now=LATER)
    session.expire_all()
    assert sound(session)


def undo_all(session: Session, events: list[int], random: Any) -> None:
    """In any order."""
    random.shuffle(events)
    for event in events:
        undo(session, event)


def alter(session: Session, **values: Any) -> None:
    """Change all groups."""
    session.execute(update(CommunityGroup).values(**values).execution_options(synchronize_session=False))


def states(session: Session) -> list[str]:
    """Of all tickets, by number."""
    return list(session.scalars(select(Ticket.state).order_by(Ticket.id)))


def waits(session: Session) -> list[tuple[int, datetime | None, str | None]]:
    """Whose lead is to be routed when, or why not."""
    found = session.execute(select(Lead.person_id, Lead.route_at, Lead.route_note).order_by(Lead.person_id))
    return [(person, at, note) for person, at, note in found]


@ANY
@given(CROWD, PAIRS, RANDOM)
def test_undone_in_any_order_everybody_has_what_they_had(
    sqlite_engine: Engine, crowd: list[Somebody], pairs: list[tuple[int, int]], random: object
) -> None:
    """Names, accounts, tickets with their states and seats, and whose lead waits for what."""
    with trial(sqlite_engine, crowd) as (session, people):
        before, waiting = picture(session), waits(session)
        undo_all(session, merge_some(session, people, pairs), random)
        after = picture(session)
        assert set(waits(session)) >= set(waiting)
    for name in ("person", "identity", "ticket", "seat", "community_group", "suppression"):
        assert after[name] == before[name]


@ANY
@given(CROWD, PAIRS, RANDOM, st.sampled_from(({"capacity": 0}, {"closed": True})))
def test_whatever_became_of_groups_and_scores_tickets_go_on(
    sqlite_engine: Engine, crowd: list[Somebody], pairs: list[tuple[int, int]], random: object, groups: dict[str, Any]
) -> None:
    """Only who was not invited yet waits for another seat; whose lead was to be routed still is."""
    with trial(sqlite_engine, crowd) as (session, people):
        before, waiting = picture(session)["ticket"], waits(session)
        events = merge_some(session, people, pairs)
        session.execute(update(Lead).values(score=140, rescore_at=None))
        alter(session, **groups)
        undo_all(session, events, random)
        after = picture(session)["ticket"]
        assert set(waits(session)) >= set(waiting)
    for old, new in zip(before, after, strict=True):
        assert new["person_id"] == old["person_id"]
        waits_too = old["state"] in ("queued", "assigned") and new["state"] == "blocked_full"
        assert new["state"] == old["state"] or waits_too


@pytest.mark.parametrize("groups", [{"capacity": 2}, {"closed": True}])
def test_a_member_beside_a_ticket_under_way_is_a_member_again(engine: Engine, groups: dict[str, Any]) -> None:
    """Both were in one community, one on the way to another: the seat is theirs, though somebody has the last one."""
    with trial(engine, [one(tickets=((X, "joined"),)), one(tickets=((X, "joined"), (Y, "assigned"))), one()]) as (
        session,
        (kept, back, third),
    ):
        event = merge(session, kept, back)
        add_ticket(session, 99, third, lead=103, community=X, state="assigned")
        alter(session, **groups)
        undo(session, event)
        assert states(session) == ["joined", "joined", "assigned", "assigned"]
        assert session.scalars(select(CommunityGroup.taken).order_by(CommunityGroup.id)).all() == [3, 1]


@pytest.mark.parametrize("groups", [{"capacity": 0}, {"closed": True}])
@pytest.mark.parametrize(
    ("state", "after"),
    [
        ("queued", "blocked_full"),
        ("assigned", "blocked_full"),
        ("blocked_full", "blocked_full"),
        ("invited", "invited"),
        ("added", "added"),
    ],
)
def test_who_was_invited_is_not_invited_again(engine: Engine, groups: dict[str, Any], state: str, after: str) -> None:
    """An invitation stands, whatever became of the group; who has none waits for a seat."""
    with trial(engine, [one(tickets=((X, "invited"),)), one(tickets=((Y, state),))]) as (session, (kept, back)):
        event = merge(session, kept, back)
        alter(session, **groups)
        undo(session, event)
        assert states(session) == ["invited", after]


def test_a_ticket_goes_on_when_a_merge_below_is_undone_first(sqlite_engine: Engine) -> None:
    """The merge that ended it still stands, but it is between others by now."""
    crowd = [one(tickets=((X, "assigned"),)), one(lead=False), one(tickets=((X, "assigned"),))]
    with trial(sqlite_engine, crowd) as (session, (top, middle, low)):
        events = [merge(session, middle, low), merge(session, top, middle)]
        assert states(session) == ["assigned", "lost"]
        undo(session, events[0])
        assert states(session) == ["assigned", "assigned"]
        assert session.scalars(select(Ticket.person_id).order_by(Ticket.id)).all() == [top, low]


def test_a_ticket_goes_on_when_the_one_in_its_way_is_gone(sqlite_engine: Engine) -> None:
    """Whoever had that one is somebody else again; the merge that ended this one stands."""
    crowd = [one(lead=False), one(tickets=((X, "assigned"),)), one(tickets=((Y, "invited"),))]
    with trial(sqlite_engine, crowd) as (session, (kept, away, stays)):
        event, _ = merge(session, kept, away), merge(session, kept, stays)
        undo(session, event)
        assert states(session) == ["assigned", "invited"]


@pytest.mark.parametrize("since", ["lost", "joined", "retained"])
def test_a_ticket_stays_ended_where_the_person_came_further(sqlite_engine: Engine, since: str) -> None:
    """They are still one person, and by the other ticket it is decided: undoing another merge changes nothing."""
    with trial(sqlite_engine, [one(tickets=((X, "assigned"),)), one(tickets=((Y, "assigned"),)), one()]) as (
        session,
        (kept, same, other),
    ):
        merge(session, kept, same)
        put(session, 10, before="assigned", state=since)
        undo(session, merge(session, kept, other, now=NOW + timedelta(minutes=2)))
        assert states(session) == [since, "lost"]


def put(session: Session, ticket: int, *, before: str, state: str) -> None:
    """A step by the queue."""
    now = NOW + timedelta(minutes=1)
    QueueRepository(session).put(ticket, before=before, state=state, actor="小李", reason="", now=now)


def test_a_ticket_that_somebody_ended_since_stays_ended(sqlite_engine: Engine) -> None:
    """A merge ended it, was undone, and then the person was lost: that is what counts when another is undone."""
    with trial(sqlite_engine, [one(tickets=((X, "assigned"),)), one(tickets=((Y, "assigned"),)), one()]) as (
        session,
        (kept, back, other),
    ):
        undo(session, merge(session, kept, back))
        put(session, 20, before="assigned", state="lost")
        undo(session, merge(session, back, other))
        assert states(session) == ["assigned", "lost"]


def test_an_ended_merge_is_told_in_the_history(sqlite_engine: Engine) -> None:
    """How it ended, and that it goes on, in the state it had."""
    with trial(sqlite_engine, [one(tickets=((X, "joined"),)), one(tickets=((X, "joined"),))]) as (session, (a, b)):
        undo(session, merge(session, a, b))
        found = session.execute(select(TicketEvent.before, TicketEvent.after, TicketEvent.reason)).all()
    assert found == [("joined", "lost", "merged"), ("lost", "joined", "unmerged")]


def test_a_lead_that_waits_to_be_routed_waits_on(sqlite_engine: Engine) -> None:
    """The other one was under way, so nobody was routed; both were scored; apart again, it is this one's turn."""
    crowd = [one(waits=(LATER, None)), one(tickets=((X, "assigned"),), waits=(None, None))]
    with trial(sqlite_engine, crowd) as (session, (kept, back)):
        event = merge(session, kept, back)
        assert waits(session) == [(kept, None, None)]
        session.execute(update(Lead).values(score=140, rescore_at=None))
        undo(session, event)
        assert waits(session) == [(kept, LATER, None), (back, None, None)]


def test_a_lead_that_was_routed_since_does_not_wait_again(sqlite_engine: Engine) -> None:
    """Its turn was used: the ticket that came of it stays with it."""
    with trial(sqlite_engine, [one(), one(waits=(None, None))]) as (session, (kept, back)):
        event = merge(session, kept, back)
        add_ticket(session, 99, kept, lead=101, community=X, state="opted_out")
        session.execute(update(Ticket).values(created_at=NOW + timedelta(minutes=1)))
        session.execute(update(Lead).values(route_at=None, rescore_at=None))
        undo(session, event)
        assert waits(session) == [(kept, None, None), (back, None, None)]


def test_a_lead_whose_ticket_ended_since_is_looked_at_again(sqlite_engine: Engine) -> None:
    """The queue set the merged lead's turn for it; apart again, it is the turn of whose ticket it was."""
    crowd = [one(waits=(None, None)), one(tickets=((X, "assigned"),), waits=(None, None))]
    with trial(sqlite_engine, crowd) as (session, (kept, back)):
        event = merge(session, kept, back)
        put(session, 20, before="assigned", state="lost")
        session.execute(update(Lead).values(route_at=None))
        undo(session, event)
        assert waits(session) == [(kept, None, None), (back, LATER, None)]


def test_whose_lead_was_another_s_takes_over_what_a_third_brought(sqlite_engine: Engine) -> None:
    """The lead goes back to its person, with what was exported of it; the third's is there, with its own."""
    crowd = [one(lead=False), one(exports=("x",)), one(tickets=((X, "retained"),), exports=("y",))]
    with trial(sqlite_engine, crowd) as (session, (kept, away, stays)):
        before, lines = picture(session), select(CrmExport.lead_id, CrmExport.content_hash)
        events = [merge(session, kept, away), merge(session, kept, stays, now=NOW + timedelta(minutes=1))]
        undo(session, events[0])
        assert set(session.execute(select(Lead.person_id, Lead.id))) == {(kept, 103), (away, 102)}
        assert set(session.execute(lines)) == {(102, "x"), (103, "y")}
        undo(session, events[1])
        after = picture(session)
        assert (after["crm_export"], after["ticket"]) == (before["crm_export"], before["ticket"])
        assert set(session.scalars(select(Lead.person_id))) == {away, stays}


def test_an_opt_out_is_of_the_account_that_said_it(engine: Engine) -> None:
    """Said while they were thought to be one: the other's ticket goes on where it was, in its seat."""
    with trial(engine, [one(), one(tickets=((X, "invited"),), waits=(NOW, None))]) as (session, (kept, back)):
        event = merge(session, kept, back)
        IdentityRepository(session).suppress({10: None}, actor="qualify", now=NOW + timedelta(minutes=1))
        assert states(session) == ["opted_out"]
        undo(session, event)
        assert states(session) == ["invited"]
        assert waits(session) == [(kept, None, None), (back, NOW, None)]


def test_who_opted_out_is_left_alone_after_undoing(sqlite_engine: Engine) -> None:
    """Their own account said so; nor does anything go on that a person ended by hand as opted out."""
    crowd = [one(tickets=((X, "invited"),)), one(tickets=((Y, "joined"), (X, "assigned")))]
    with trial(sqlite_engine, crowd) as (session, (kept, back)):
        event = merge(session, kept, back)
        IdentityRepository(session).suppress({20: None}, actor="qualify", now=NOW + timedelta(minutes=1))
        undo(session, event)
        assert states(session) == ["invited", "joined", "lost"]


def test_a_step_by_hand_to_opted_out_is_not_taken_back(sqlite_engine: Engine) -> None:
    """It has a lease's token, also where its reason reads alike."""
    with trial(sqlite_engine, [one(), one(tickets=((X, "invited"),))]) as (session, (kept, back)):
        event = merge(session, kept, back)
        put(session, 20, before="invited", state="opted_out")
        session.execute(update(TicketEvent).values(reason="opt_out", token=3))
        undo(session, event)
        assert states(session) == ["opted_out"]
