"""A result is taken back while route runs: its person is brought by one ticket, and nobody fails."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from models.onboarding import Ticket
from models.unit_of_work import UnitOfWork
from tests.patience import PATIENCE, wait_until
from tests.stages.team import Team, buyers, communities, post
from yinliu.stages import holding, move, queue

AFTER = timedelta(days=90)
ASIDE = ("expired", "joined", "lost")
"""What is assigned again."""


@pytest.fixture
def routed(postgres_engine: Engine, tmp_path: Path) -> Team:
    """One ticket, and two communities that suit its person."""
    team = Team(lambda: UnitOfWork(postgres_engine), tmp_path / "data")
    team.rules = communities({"name": "one"}, {"name": "two"})
    team.hear(post(), *buyers(1))
    team.route()
    return team


def recycled(team: Team) -> None:
    """By its command."""
    queue.recycle(team.begin, policy=team.rules, ticket=1, operator="小李", reason="点错了")


def moved(team: Team) -> None:
    """By a step."""
    team.move(1, "assigned")


@pytest.mark.parametrize("state", ASIDE)
@pytest.mark.parametrize("take_back", [recycled, moved])
def test_route_opens_no_ticket_in_between(
    routed: Team, monkeypatch: pytest.MonkeyPatch, take_back: Callable[[Team], None], state: str
) -> None:
    """It begins after the look at what is under way, and ends before the step, unless it is kept waiting."""
    routed.move(1, state)
    if state == "joined":
        _look_at_again(routed)
    routing = threading.Thread(target=lambda: routed.route(datetime.now(UTC) + AFTER))
    check = holding.check_free

    def before_which_route_runs(*values: Any) -> None:
        check(*values)
        routing.start()
        wait_until(lambda: not routing.is_alive() or _somebody_waits(routed))

    monkeypatch.setattr(move, "check_free", before_which_route_runs)
    take_back(routed)
    routing.join(PATIENCE)
    assert not routing.is_alive()
    assert [one[0] for one in routed.rows(Ticket.state)] in (["assigned"], ["queued"])


def _look_at_again(team: Team) -> None:
    """The lead of who joined is due, as where its time was noted before."""
    with team.begin() as work:
        work._session.execute(text("UPDATE lead SET route_at = now()"))
        work.commit()


def _somebody_waits(team: Team) -> bool:
    with team.begin() as work:
        return bool(work._session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
