"""simulate: leads that qualified since a moment under the file there is and under another one. Nothing is written."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar
from zoneinfo import ZoneInfo

from models.unit_of_work import UnitOfWork
from yinliu.leads.replay import Asked, Comparison, compare
from yinliu.leads.standing import is_under_way, wish_of
from yinliu.stages.counts import Begin
from yinliu.workspace.communities import Communities

R = TypeVar("R")

BATCH = 2000
"""Persons asked about at once."""


def simulate(begin: Begin, *, now: Communities, new: Communities, since: datetime, zone: ZoneInfo) -> Comparison:
    """Both files over the leads that qualified since then, in order, from the seats that were taken before.

    Whoever waited for a seat then comes first, everybody else at the moment at which they qualified. Whoever was on
    their way before is left out; seats that were released since are not given again, under neither file.
    """
    with begin() as work:
        waiting = work.replay.waiting_before(since)
        people = [*_waiting(work, waiting, since), *_asked(work, since, besides={person for _, person, *_ in waiting})]
        taken = work.replay.taken_before(since)
    return compare(people, now=now, new=new, taken=taken, zone=zone)


def _waiting(work: UnitOfWork, waiting: Sequence[tuple[int, int, str | None, str]], since: datetime) -> Iterator[Asked]:
    """Those who waited for a seat at that moment; what became of that ticket since is not known yet."""
    for batch in _batches(waiting):
        persons = [person for _, person, _, _ in batch]
        interests, standing = work.routing.interests(persons), work.replay.standing_before(persons, since)
        for lead, person, name, community in batch:
            tickets = [ticket for ticket in standing.get(person, ()) if ticket[0] != community]
            yield Asked(lead, name, since, wish_of(interests[person], tickets), waits_for=community)


def _batches(rows: Iterable[R]) -> Iterator[list[R]]:
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        yield batch


def _asked(work: UnitOfWork, since: datetime, *, besides: Container[int]) -> Iterator[Asked]:
    for batch in _batches(work.replay.qualified_since(since)):
        persons = [person for _, person, _, _ in batch]
        interests, standing = work.routing.interests(persons), work.replay.standing_before(persons, since)
        for lead, person, name, at in batch:
            tickets = standing.get(person, ())
            if person not in besides and not is_under_way(tickets):
                yield Asked(lead, name, at, wish_of(interests[person], tickets))
