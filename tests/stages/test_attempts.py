"""A failed attempt under a lease that is over: it is not counted, and its sender is told."""

from __future__ import annotations

import pytest

from models.onboarding import Ticket
from tests.stages.team import Team, buyers, communities, post
from yinliu.stages.attempts import failed


@pytest.mark.parametrize("most_attempts", [1, 9])
def test_an_attempt_without_a_lease_is_none(team: Team, most_attempts: int) -> None:
    """Neither put off nor parked, whether it would have been the last one or not."""
    team.rules = communities({"name": "all"}, most_attempts=most_attempts)
    team.hear(post(), *buyers(1))
    team.route()
    columns = (Ticket.attempts, Ticket.ready_at, Ticket.parked_at, Ticket.lease_token)
    before = team.rows(*columns)
    with team.begin() as work:
        assert failed(work, 1, token=7, actor="小李", reason="no", policy=team.rules) is None
        work.commit()
    assert team.rows(*columns) == before
