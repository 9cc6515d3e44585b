"""How long somebody rests after a ticket ended: as their community says, whoever ended it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.onboarding import Ticket
from models.people import Lead
from tests.stages.team import Team, buyers, communities, post
from tests.stages.test_working import later


def rest(team: Team) -> timedelta:
    """From the end of the only ticket until its lead is looked at again."""
    ((again,),), ((ended,),) = team.rows(Lead.route_at), team.rows(Ticket.changed_at)
    found: timedelta = again - ended
    return found


@pytest.fixture
def asked(team: Team) -> Team:
    """Somebody with a ticket in a community that lets people rest for five days."""
    team.rules = communities({"name": "all", "cooling_off_days": 5})
    team.hear(post(), *buyers(1))
    team.route()
    return team


@pytest.mark.parametrize("states", [["lost"], ["joined", "left"]])
def test_who_is_lost_or_left_rests_as_their_community_says(asked: Team, states: list[str]) -> None:
    """By an operator's step."""
    for state in states:
        asked.move(1, state)
    assert rest(asked) == timedelta(days=5)


def test_whose_ticket_expired_rests_as_long(asked: Team) -> None:
    """By upkeep."""
    later(asked, changed_at=timedelta(days=99), due_at=timedelta(days=-99))
    assert asked.upkeep()["expired"] == 1
    assert rest(asked) == timedelta(days=5)


def test_a_community_that_is_gone_lets_people_rest_for_a_month(asked: Team) -> None:
    """Nobody knows any more what it said."""
    asked.rules = communities({"name": "other"})
    asked.move(1, "lost")
    assert rest(asked) == timedelta(days=30)
