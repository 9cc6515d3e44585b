"""Late tickets: what their events say of whom they went to."""

from __future__ import annotations

from datetime import timedelta

from models.onboarding import Ticket, TicketEvent
from tests.stages.team import Team, buyers, communities, post
from tests.stages.test_working import later


def test_a_lead_who_has_it_already_is_not_given_it(team: Team) -> None:
    """The only operator is the community's lead too: it is late, and goes nowhere."""
    team.rules = communities({"name": "all", "operators": ["小李"], "lead": "小李"})
    team.hear(post(), *buyers(1))
    team.route()
    for _ in range(3):
        later(team, due_at=timedelta(hours=30))
        assert team.upkeep()["late"] == 1
    assert team.rows(TicketEvent.reason) == [("routed",), ("late",), ("late",), ("late",)]
    assert team.rows(Ticket.operator, Ticket.state, Ticket.escalation) == [("小李", "assigned", 3)]
