"""Two tickets of one community after a merge: who is in a group stays there, whatever else they are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from models.onboarding import Ticket
from models.repositories.merging import merge_persons
from models.repositories.unmerging import unmerge_persons
from tests.models.crowd import LATER, NOW, one, trial

X, Y = "camping", "coffee"


@pytest.mark.parametrize(
    ("kept", "dropped", "states"),
    [
        ([(X, "retained")], [(X, "retained")], ["retained", "retained"]),
        ([(X, "joined")], [(X, "retained")], ["joined", "retained"]),
        ([(X, "retained")], [(X, "joined")], ["retained", "lost"]),
        ([(X, "assigned")], [(X, "retained")], ["lost", "retained"]),
        ([(X, "assigned")], [(X, "joined")], ["lost", "joined"]),
        ([(X, "assigned")], [(Y, "joined")], ["assigned", "joined"]),
        ([(X, "assigned")], [(Y, "blocked_full")], ["assigned", "lost"]),
        ([(X, "lost")], [(X, "assigned")], ["lost", "assigned"]),
    ],
)
def test_of_two_tickets_the_one_that_is_needless_ends(
    engine: Engine, kept: list[tuple[str, str]], dropped: list[tuple[str, str]], states: list[str]
) -> None:
    """A stay of a week is nobody's to take; else of two the later ends, and one is under way."""
    with trial(engine, [one(tickets=tuple(kept)), one(tickets=tuple(dropped))]) as (session, (keep, drop)):
        merge_persons(session, keep=keep, drop=drop, how="operator", actor="店长", now=NOW)
        assert session.scalars(select(Ticket.state).order_by(Ticket.id)).all() == states


def test_who_waited_for_a_seat_waits_since_when_they_did(engine: Engine) -> None:
    """A merge that is taken back costs nobody their place in the line."""
    with trial(engine, [one(tickets=((X, "assigned"),)), one(tickets=((Y, "blocked_full"),))]) as (session, pair):
        event = merge_persons(session, keep=pair[0], drop=pair[1], how="operator", actor="店长", now=LATER)
        unmerge_persons(session, event, actor="店长", now=LATER + timedelta(hours=1))
        found = session.execute(select(Ticket.state, Ticket.changed_at).order_by(Ticket.id)).all()
        assert [tuple(row) for row in found] == [("assigned", NOW), ("blocked_full", NOW)]
