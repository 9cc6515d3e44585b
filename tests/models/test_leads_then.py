"""Leads as of a moment: with the ticket that they had then, where it stood then, and nothing that came later."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, update
from sqlalchemy.orm import Session

from models.onboarding import Ticket, TicketEvent
from models.people import Person
from models.repositories.leads import LeadRepository
from models.repositories.merging import merge_persons
from tests.models.crowd import ANY, LATER, NOW, add_ticket, one, trial

STATES = ("assigned", "invited", "added", "joined", "lost", "blocked_full")
STEPS = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(STATES)), min_size=1, max_size=6)


def day(number: float) -> datetime:
    """So many days after everything began."""
    return NOW + timedelta(days=number)


def step(session: Session, ticket: int, at: datetime, before: str | None, after: str, *, reason: str = "") -> None:
    """An event of a ticket; the ticket stands where its last event says."""
    row = {"ticket_id": ticket, "happened_at": at, "before": before, "after": after, "actor": "小李", "reason": reason}
    session.execute(insert(TicketEvent).values(**row))
    session.execute(update(Ticket).where(Ticket.id == ticket).values(state=after, changed_at=at))


def told(session: Session, at: datetime | None, person: int = 1) -> tuple[str, str, str | None] | None:
    """State, community and operator of a person's ticket as of a moment; None without any."""
    rows: list[dict[str, Any]] = LeadRepository(session).listing(qualified=False, at=at)
    ticket = next(row["ticket"] for row in rows if row["person_id"] == person)
    return (ticket["state"], ticket["community"], ticket["operator"]) if ticket else None


def test_a_ticket_stands_where_its_last_event_before_put_it(engine: Engine) -> None:
    """Before the first there is none; whose it was is known where nothing happened since; now it is as it stands."""
    with trial(engine, [one(tickets=(("camping", "assigned"),)), one()]) as (session, _):
        step(session, 10, day(1), None, "assigned")
        step(session, 10, day(3), "assigned", "invited")
        assert [told(session, day(number)) for number in (1, 2, 3)] == [
            None,
            ("assigned", "camping", None),
            ("assigned", "camping", None),
        ]
        assert told(session, day(4)) == told(session, None) == ("invited", "camping", "小李")
        assert told(session, day(4), person=2) is told(session, None, person=2) is None


def test_of_two_tickets_the_newest_of_then_is_told(engine: Engine) -> None:
    """The second was not there yet; that the first ended was before it."""
    with trial(engine, [one(tickets=(("camping", "assigned"),))]) as (session, _):
        step(session, 10, day(1), None, "assigned")
        step(session, 10, day(2), "assigned", "lost")
        add_ticket(session, 11, 1, lead=101, community="coffee", state="assigned")
        step(session, 11, day(4), None, "assigned")
        found = [told(session, day(number)) for number in (1.5, 3, 5)]
    assert found == [("assigned", "camping", None), ("lost", "camping", "小李"), ("assigned", "coffee", "小李")]


def test_who_waited_waited_for_the_community_of_then(engine: Engine) -> None:
    """The event that brings them elsewhere names it; what an operator writes as a reason names none."""
    with trial(engine, [one(tickets=(("coffee", "assigned"),))]) as (session, _):
        step(session, 10, day(1), None, "blocked_full")
        step(session, 10, day(2), "blocked_full", "assigned", reason="instead_of:camping")
        step(session, 10, day(3), "assigned", "invited", reason="instead_of:nowhere")
        found = [told(session, day(number)) for number in (1.5, 2.5, 3.5)]
    assert found == [("blocked_full", "camping", None), ("assigned", "coffee", None), ("invited", "coffee", "小李")]


def test_who_opted_out_later_had_not_then(engine: Engine) -> None:
    """As of a moment before they are not told as suppressed."""
    with trial(engine, [one()]) as (session, _):
        session.execute(update(Person).values(suppressed_at=day(2)))
        leads = LeadRepository(session)
        found = [leads.listing(qualified=False, at=at)[0]["suppressed_at"] for at in (day(1), day(2), day(3), None)]
    assert found == [None, None, day(2), day(2)]


def test_a_merged_ticket_is_the_kept_person_s_then_too(engine: Engine) -> None:
    """Scores are replayed for who is one now, and so are tickets."""
    with trial(engine, [one(), one(tickets=(("coffee", "assigned"),))]) as (session, (kept, back)):
        step(session, 20, day(-1), None, "assigned")
        merge_persons(session, keep=kept, drop=back, how="contact", actor="yinliu", now=LATER)
        assert told(session, NOW) == ("assigned", "coffee", "小李")


def test_the_story_of_a_lead_ends_with_the_moment(engine: Engine) -> None:
    """The events before it, in their order."""
    with trial(engine, [one(tickets=(("camping", "assigned"),))]) as (session, _):
        step(session, 10, day(1), None, "assigned")
        step(session, 10, day(3), "assigned", "invited")
        leads = LeadRepository(session)
        found = [[event["after"] for event in leads.history(1, at=at)["events"]] for at in (day(1), day(2), None)]
    assert found == [[], ["assigned"], ["assigned", "invited"]]


@ANY
@given(STEPS, st.integers(0, 10))
def test_as_of_any_moment_a_ticket_is_replayed(
    sqlite_engine: Engine, steps: list[tuple[int, str]], moment: int
) -> None:
    """What its events before the moment say, however many there are on a day; after all of them, as it stands."""
    with trial(sqlite_engine, [one()]) as (session, _):
        add_ticket(session, 10, 1, lead=101, community="camping", state="queued")
        before: str | None = None
        for number, state in sorted(steps, key=lambda one: one[0]):
            step(session, 10, day(number), before, state)
            before = state
        past = [state for number, state in sorted(steps, key=lambda one: one[0]) if number < moment]
        found = told(session, day(moment))
        assert (found and found[0]) == (past[-1] if past else None)
        assert told(session, day(10)) == told(session, None)
