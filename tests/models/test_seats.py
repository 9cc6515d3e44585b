"""The seat ledger: never more seats than there are, and the counter is always what the ledger says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from models.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
Begin = Callable[[], UnitOfWork]

_PEOPLE = (
    "INSERT INTO account (id, source, platform, external_id) VALUES (1, 'blog', 'feed', 'a')",
    "INSERT INTO comment (id, source, platform, external_id, post_external_id, account_id, text, flaws, content_hash,"
    " first_seen_at, changed_at) VALUES (1, 'blog', 'feed', 'c', 'p', 1, 't', '[]', 'h', :now, :now)",
)
_PERSON = "INSERT INTO person (id, first_seen_at) VALUES (:key, :now)"
_LEAD = (
    "INSERT INTO lead (id, person_id, score, grade, qualified, breakdown, scoring_version, comment_id, changed_at,"
    " scored_at) VALUES (:key, :key, 80, 'A', true, '[]', 'v', 1, :now, :now)"
)
_TICKET = (
    "INSERT INTO ticket (id, lead_id, person_id, community, state, reasons, created_at, changed_at, ready_at)"
    " VALUES (:key, :key, :key, 'all', 'assigned', '[]', :now, :now, :now)"
)


def prepare(begin: Begin, capacities: list[int], *, tickets: int, closed: frozenset[int] = frozenset()) -> None:
    """A community with groups, and so many tickets for it."""
    now = {"now": "2026-11-20 02:00:00.000000"}
    group = {"community": "all", "title": "all"}
    rows = [
        {**group, "name": str(number), "capacity": capacity, "position": number, "closed": number in closed}
        for number, capacity in enumerate(capacities)
    ]
    with begin() as work:
        community = {"name": "all", "title": "all", "hub": "manual", "position": 0, "rules": ""}
        work.routing.keep_communities([community], rows, ["小李"])
        for statement in _PEOPLE:
            work._session.execute(text(statement), now)
        for key in range(1, tickets + 1):
            for statement in (_PERSON, _LEAD, _TICKET):
                work._session.execute(text(statement), {"key": key, **now})
        work.commit()


def ledger(begin: Begin) -> list[tuple[str, int, int]]:
    """(group, taken, seats held) of every group."""
    query = (
        "SELECT name, taken, (SELECT count(*) FROM seat WHERE group_id = community_group.id AND released_at IS NULL)"
        " FROM community_group ORDER BY position"
    )
    with begin() as work:
        return [(name, taken, held) for name, taken, held in work._session.execute(text(query))]


def reserve(begin: Begin, ticket: int) -> int | None:
    """A seat in a transaction of its own."""
    with begin() as work:
        found = work.seats.reserve(ticket, community="all", now=NOW)
        work.commit()
    return found


def test_groups_fill_up_in_order(begin: Begin) -> None:
    """A full one rolls over to the next, a closed one is skipped; then there is none."""
    prepare(begin, [1, 5, 2], tickets=4, closed=frozenset((1,)))
    found = [reserve(begin, ticket) for ticket in (1, 2, 3, 4)]
    assert found[3] is None
    assert found[1] == found[2] != found[0]
    assert ledger(begin) == [("0", 1, 1), ("1", 0, 0), ("2", 2, 2)]


def test_a_ticket_has_one_seat(begin: Begin) -> None:
    """Asking again gives the same; the ticket says where it is."""
    prepare(begin, [3], tickets=1)
    assert reserve(begin, 1) == reserve(begin, 1)
    assert ledger(begin) == [("0", 1, 1)]
    with begin() as work:
        assert work._session.execute(text("SELECT group_id FROM ticket")).scalar() is not None


def test_a_released_seat_can_be_given_again(begin: Begin) -> None:
    """Once; a second release, or one of nothing, changes nothing."""
    prepare(begin, [1], tickets=2)
    reserve(begin, 1)
    with begin() as work:
        assert [work.seats.release(ticket, now=NOW) for ticket in (1, 1, 2, 99)] == [True, False, False, False]
        work.commit()
    assert ledger(begin) == [("0", 0, 0)]
    assert reserve(begin, 2) is not None
    assert ledger(begin) == [("0", 1, 1)]


def test_a_seat_is_confirmed_once(begin: Begin) -> None:
    """And only one that is held; a confirmed one can be released."""
    prepare(begin, [1], tickets=2)
    reserve(begin, 1)
    with begin() as work:
        assert [work.seats.confirm(ticket, now=NOW) for ticket in (1, 1, 2)] == [True, False, False]
        assert work.seats.release(1, now=NOW)
        work.commit()
    assert ledger(begin) == [("0", 0, 0)]


def test_what_is_rolled_back_was_never_taken(begin: Begin) -> None:
    """Counter and ledger go together."""
    prepare(begin, [1], tickets=1)
    with begin() as work:
        work.seats.reserve(1, community="all", now=NOW)
    assert ledger(begin) == [("0", 0, 0)]


@pytest.mark.parametrize("community", ["nowhere", "", "💡", "'; DROP TABLE seat; --"])
def test_an_unknown_community_has_no_seats(begin_sqlite: Begin, community: str) -> None:
    """And breaks nothing."""
    prepare(begin_sqlite, [1], tickets=1)
    with begin_sqlite() as work:
        assert work.seats.reserve(1, community=community, now=NOW) is None


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Ten threads."""
    with ThreadPoolExecutor(max_workers=10) as threads:
        yield threads


def test_a_race_for_the_last_seats(begin: Begin, pool: ThreadPoolExecutor) -> None:
    """Twenty at once for three seats in two groups: three get one."""
    prepare(begin, [2, 1], tickets=20)
    found = list(pool.map(lambda ticket: reserve(begin, ticket), range(1, 21)))
    assert len([seat for seat in found if seat is not None]) == 3
    assert ledger(begin) == [("0", 2, 2), ("1", 1, 1)]


def test_a_race_of_taking_and_giving_back(begin: Begin, pool: ThreadPoolExecutor) -> None:
    """The counter stays what the ledger says."""
    prepare(begin, [2], tickets=10)

    def turn(ticket: int) -> None:
        for _ in range(3):
            if reserve(begin, ticket) is not None:
                with begin() as work:
                    assert work.seats.release(ticket, now=NOW)
                    work.commit()

    list(pool.map(turn, range(1, 11)))
    assert ledger(begin) == [("0", 0, 0)]
