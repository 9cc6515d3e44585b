"""Late tickets: whom they go to, that it ends, and that all of it is told by events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from models.onboarding import Ticket, TicketEvent
from tests.stages.team import ZONE, Team, buyers, communities, post
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


ALWAYS = {"days": "everyday", "from": "00:00", "to": "24:00"}
TWO = {"name": "all", "operators": ["小李", "小王"], "lead": "主管"}


def off_duty(name: str) -> dict[str, Any]:
    """An operator whose only shift is not today, nor tomorrow."""
    day = (datetime.now(ZONE) + timedelta(days=3)).strftime("%a").lower()
    return {"name": name, "shifts": [{"days": [day], "from": "00:00", "to": "24:00"}]}


def late_again(team: Team, *, times: int) -> list[tuple[int, str | None, int]]:
    """What upkeep counts, whose the first ticket is and how far it was passed on, whenever it is late again."""
    found = []
    for _ in range(times):
        later(team, due_at=timedelta(days=10))
        found.append((team.upkeep()["late"], *team.rows(Ticket.operator, Ticket.escalation)[0]))
    return found


@pytest.mark.parametrize("other", [off_duty("小王"), {"name": "小王", "shifts": [ALWAYS], "daily_quota": 1}])
def test_with_nobody_else_to_take_it_the_lead_has_it_once(team: Team, other: dict[str, Any]) -> None:
    """It waits once for a shift or a quota that begins, then it is the lead's; each with an event, and then no more."""
    team.rules = communities(TWO, operators=[{"name": "小李", "shifts": [ALWAYS]}, other, {"name": "主管"}])
    team.hear(post(), *buyers(2))
    team.route()
    team.move(2, "joined")
    found = late_again(team, times=6)
    reasons = [reason for ticket, reason in team.rows(TicketEvent.ticket_id, TicketEvent.reason) if ticket == 1][1:]
    assert reasons[0].startswith("late_wait:") and reasons[1:] == ["late_to:主管", "late"]
    assert sum(late for late, _, _ in found) == len(reasons)
    assert found[-1] == (0, "主管", 3)


def test_the_only_operator_passes_it_to_the_lead_at_once(team: Team) -> None:
    """There is nobody to wait for."""
    team.rules = communities({**TWO, "operators": ["小李"]})
    team.hear(post(), *buyers(1))
    team.route()
    assert late_again(team, times=4) == [(1, "主管", 2), (1, "主管", 3), (0, "主管", 3), (0, "主管", 3)]
    assert [reason for (reason,) in team.rows(TicketEvent.reason)] == ["routed", "late_to:主管", "late"]


def test_who_comes_on_duty_meanwhile_is_given_it(team: Team) -> None:
    """After the wait it is another operator's; the lead's turn comes later."""
    both = [{"name": "小李", "shifts": [ALWAYS]}, off_duty("小王")]
    team.rules = communities(TWO, operators=[*both, {"name": "主管"}])
    team.hear(post(), *buyers(1))
    team.route()
    assert late_again(team, times=1) == [(1, "小李", 0)]
    team.rules = communities(TWO, operators=[both[0], {"name": "小王", "shifts": [ALWAYS]}, {"name": "主管"}])
    assert late_again(team, times=2) == [(1, "小王", 1), (1, "主管", 2)]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    operators=st.integers(1, 3),
    on_duty=st.integers(0, 3),
    lead=st.sampled_from([None, "小李", "主管"]),
    runs=st.integers(1, 7),
)
def test_every_lateness_is_an_event_and_it_ends(
    fresh: Callable[[], Team], operators: int, on_duty: int, lead: str | None, runs: int
) -> None:
    """Whoever there is: as many events as upkeep counts, five at most, and the lead is given it once."""
    team, names = fresh(), ["小李", "小王", "小张"][:operators]
    rules = [{"name": name, "shifts": [ALWAYS]} if n < on_duty else off_duty(name) for n, name in enumerate(names)]
    more = [{"name": "主管"}] if lead == "主管" else []
    team.rules = communities({"name": "all", "operators": names, "lead": lead}, operators=[*rules, *more])
    team.hear(post(), *buyers(1))
    team.route()
    with team.begin() as work:
        work._session.execute(text("UPDATE ticket SET due_at = COALESCE(due_at, created_at)"))
        work.commit()
    counted = sum(late for late, _, _ in late_again(team, times=runs))
    reasons = [reason for (reason,) in team.rows(TicketEvent.reason)][1:]
    assert counted == len([one for one in reasons if one.startswith("late")]) <= 4
    assert reasons.count("late_to:主管") <= 1
