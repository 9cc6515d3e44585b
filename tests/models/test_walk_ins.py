"""Walk-ins in the tables: a seat is a ticket's or theirs, and the way back forgets them with their seats."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from models.database import upgrade
from models.onboarding import CommunityGroup, Seat
from models.unit_of_work import UnitOfWork
from tests.models.test_upgrade import empty, move
from tests.stages.signposted import NOW, add_groups, add_ticket


def filled(engine: Engine) -> None:
    """Two tickets and two who walked in hold seats; one more of each has left."""
    with UnitOfWork(engine) as work:
        add_groups(work, "all", ("1", 9, 0))
        for number in (1, 2, 3):
            add_ticket(work, number)
            work.seats.reserve(number, community="all", now=NOW)
            key = work.walk_ins.group("all", "1")
            assert key is not None
            work.walk_ins.enter(key, link=None, operator="小李", name=None, now=NOW)
        assert work.seats.release(3, now=NOW) and work.walk_ins.leave(3, now=NOW)
        work.commit()


@pytest.fixture(params=["sqlite", "postgres"])
def whole(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """A database of its own, filled."""
    engine = empty(request, tmp_path, name="walked")
    upgrade(engine)
    filled(engine)
    return engine


def test_the_way_back_keeps_the_seats_of_tickets(whole: Engine) -> None:
    """And frees the others; forth again, a seat still belongs to one of both."""
    with UnitOfWork(whole) as work:
        assert work._session.query(CommunityGroup.taken).scalar() == 4
    move(whole, "0006")
    assert not inspect(whole).has_table("walk_in")
    assert "walk_in_id" not in {column["name"] for column in inspect(whole).get_columns("seat")}
    with whole.connect() as connection:
        assert connection.execute(text("SELECT taken FROM community_group")).scalar() == 2
        assert connection.execute(text("SELECT count(*) FROM seat")).scalar() == 3
    names = {index["name"] for index in inspect(whole).get_indexes("seat")}
    assert names == {"uq_seat_held", "ix_seat_group_id"}
    upgrade(whole)
    with UnitOfWork(whole) as work:
        assert work._session.query(Seat).count() == 3 and work.walk_ins.listing(everybody=True) == []


@pytest.mark.parametrize("whose", [(None, None), (1, 1)])
def test_a_seat_is_one_of_both(engine: Engine, whose: tuple[int | None, int | None]) -> None:
    """A ticket's, or theirs who walked in."""
    filled(engine)
    with UnitOfWork(engine) as work:
        work._session.execute(text("UPDATE seat SET released_at = reserved_at"))
        work._session.add(Seat(ticket_id=whose[0], walk_in_id=whose[1], group_id=1, reserved_at=NOW))
        with pytest.raises(IntegrityError):
            work._session.flush()
