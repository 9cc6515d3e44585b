"""simulate: leads that qualified since a moment under the file there is and under another one. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from models.unit_of_work import UnitOfWork
from yinliu.leads.replay import Asked, Comparison, compare
from yinliu.leads.standing import is_under_way, wish_of
from yinliu.stages.counts import Begin
from yinliu.workspace.communities import Communities

BATCH = 2000
"""Persons asked about at once."""


def simulate(begin: Begin, *, now: Communities, new: Communities, since: datetime, zone: ZoneInfo) -> Comparison:
    """Both files over the leads that qualified since then, in order, from the seats that were taken before.

    Everybody comes at the moment at which they qualified. Whoever was on their way before is left out; seats that were
    released since are not given again, under neither file.
    """
    with begin() as work:  # never committed
        people = list(_asked(work, since))
        taken = work.replay.taken_before(since)
    return compare(people, now=now, new=new, taken=taken, zone=zone)


def _asked(work: UnitOfWork, since: datetime) -> Iterator[Asked]:
    rows = iter(work.replay.qualified_since(since))
    while batch := list(islice(rows, BATCH)):
        persons = [person for _, person, _, _ in batch]
        interests, standing = work.routing.interests(persons), work.replay.standing_before(persons, since)
        for lead, person, name, at in batch:
            tickets = standing.get(person, ())
            if not is_under_way(tickets):
                yield Asked(lead, name, at, wish_of(interests[person], tickets))
