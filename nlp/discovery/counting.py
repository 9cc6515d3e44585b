"""How many accounts say each run of units: longer runs are only counted where both shorter ones are said by enough.

That is Agrawal and Srikant's rule (1994, "Fast Algorithms for Mining Association Rules"): no run is said by more
accounts than a part of it. An account counts once a run, however often it repeats it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nlp.discovery.stream import GAP_UNIT, Numbers, Stream

LONGEST = 6
"""Units of the longest run."""

Counts = NDArray[np.int64]

_AT_ONCE = 1_000_000
_SAMPLE = 10_000


@dataclass(frozen=True, slots=True)
class Runs:
    """All runs of one length: what each is made of, sorted, and how many accounts said it.

    ``heads`` and ``tails`` are numbers of the runs one unit shorter; for single units ``keys`` are the units.
    ``at`` and ``which``: where in the stream which run begins, by run. ``said``: the sum of ``accounts`` before those
    that too few accounts said were left out.
    """

    keys: Counts
    accounts: Counts
    heads: Numbers
    tails: Numbers
    at: Numbers
    which: Numbers
    said: int = 0

    def __len__(self) -> int:
        return len(self.keys)


def distinct(values: Counts) -> Counts:
    """Each value once, sorted; the array given is sorted in place (numpy's own way takes five times the memory)."""
    values.sort()
    first = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return values[first]


def spread(which: NDArray[np.integer], others: NDArray[np.integer], size: int) -> Counts:
    """How many different ``others`` stand with each number of ``which``."""
    width = int(others.max(initial=0)) + 1
    pairs = which.astype(np.int64)
    pairs *= width
    pairs += others
    pairs = distinct(pairs)
    pairs //= width
    return np.bincount(pairs, minlength=size)


def count(week: Stream, *, least: int) -> list[Runs]:
    """The runs of 1, 2, … units that at least so many accounts said."""
    at = np.flatnonzero(week.units != GAP_UNIT).astype(np.int32)
    found = [_kept(week, at, week.units[at].astype(np.int64), least, 1)]
    while len(found) < LONGEST and len(found[-1]):
        at, keys = _longer(week, found[-1])
        found.append(_kept(week, at, keys, least, max(1, len(found[-1]))))
    return found


def count_known(week: Stream, runs: list[Runs]) -> Iterator[Counts]:
    """How many accounts said the runs of another week in this one, by length."""
    at = np.flatnonzero(week.units != GAP_UNIT).astype(np.int32)
    keys = week.units[at].astype(np.int64)
    for known in runs:
        where = np.searchsorted(known.keys, keys)
        where[where == len(known)] = 0
        same = known.keys[where] == keys if len(known) else np.zeros(len(keys), bool)
        at, which = at[same], where[same].astype(np.int32)
        yield spread(which, _voices(week, at), len(known))
        at, keys = _longer(week, Runs(known.keys, known.accounts, known.heads, known.tails, at, which))


def _longer(week: Stream, runs: Runs) -> tuple[Numbers, Counts]:
    """Where runs one unit longer may begin, and what they are made of."""
    number = np.full(len(week.units) + 1, -1, np.int32)
    number[runs.at] = runs.which
    at = runs.at[number[runs.at + 1] >= 0]
    return at, number[at].astype(np.int64) * max(1, len(runs)) + number[at + 1]


def _kept(week: Stream, at: Numbers, keys: Counts, least: int, width: int) -> Runs:
    """The runs that are said by enough, counted a range of keys at a time: a million positions need 40 MB."""
    parts = [_counted(week, at[here], keys[here], least) for here in _ranges(keys)]
    kept, accounts, places, which, said = (np.concatenate(column) for column in zip(*parts, strict=True))
    sizes = [len(part[0]) for part in parts]
    which += np.repeat(np.cumsum([0, *sizes[:-1]]), [len(part[3]) for part in parts]).astype(np.int32)
    heads, tails = (part.astype(np.int32) for part in np.divmod(kept, width))
    return Runs(kept, accounts, heads, tails, places, which, int(said.sum()))


def _ranges(keys: Counts) -> Iterator[NDArray[np.bool_]]:
    parts = len(keys) // _AT_ONCE + 1
    sample = np.sort(keys[:: max(1, len(keys) // _SAMPLE)])
    cuts = [int(sample[len(sample) * part // parts]) for part in range(1, parts)]
    for low, high in pairwise([-1, *cuts, np.iinfo(np.int64).max]):
        yield (keys > low) & (keys <= high)


def _counted(week: Stream, at: Numbers, keys: Counts, least: int) -> tuple[Counts, Counts, Numbers, Numbers, Counts]:
    """Keys that enough accounts said and by how many, where they stand, which stands there; and the sum of all."""
    order = np.argsort(keys)
    keys, at = keys[order], at[order]
    del order
    first = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    which = np.cumsum(first, dtype=np.int32) - 1
    accounts = spread(which, _voices(week, at), int(first.sum()))
    enough = accounts >= least
    number = np.where(enough, np.cumsum(enough, dtype=np.int32) - 1, np.int32(-1))[which]
    return keys[first][enough], accounts[enough], at[number >= 0], number[number >= 0], accounts.sum(keepdims=True)


def _voices(week: Stream, at: Numbers) -> Numbers:
    return week.voices[week.texts[at]]
