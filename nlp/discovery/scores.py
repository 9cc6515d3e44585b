"""What makes a run of characters a word, and what makes a word rise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.discovery.counting import Counts, Runs, spread
from nlp.discovery.stream import GAP_UNIT, Numbers, Stream

Scores = NDArray[np.float64]

_AT_ONCE = 1_000_000
_HALF = 0.5
"""Added to every count: what was never said before was perhaps only not heard."""


def cohesion(runs: list[Runs], *, length: int, total: int) -> Scores:
    """Pointwise mutual information in bits of a run's parts, at the split where it is least; infinite for one unit.

    ``total`` is how much was said: the sum of what all units count.
    """
    longest = runs[length - 1]
    least = np.full(len(longest), np.inf)
    heads, tails = longest.heads, longest.tails
    head_of, tail_of = [longest.heads], [longest.tails]
    for shorter in range(length - 1, 1, -1):
        heads, tails = runs[shorter - 1].heads[heads], runs[shorter - 1].tails[tails]
        head_of.append(heads)
        tail_of.append(tails)
    for cut in range(1, length):
        left = runs[cut - 1].accounts[head_of[length - cut - 1]]
        right = runs[length - cut - 1].accounts[tail_of[cut - 1]]
        least = np.minimum(least, np.log2(longest.accounts * (total / (left * right))))
    return least


def freedom(week: Stream, runs: Runs, *, length: int, wanted: NDArray[np.bool_]) -> Scores:
    """Entropy in bits of what stands beside a run, of the side where it is less; a gap is a neighbour of its own.

    Only of the ``wanted`` runs; 0 of all others.
    """
    here = wanted[runs.which]
    at, which = runs.at[here], runs.which[here]
    found = np.zeros(len(runs))
    for start, end in _slices(which):
        part, first = slice(start, end), int(which[start])
        spoken = _Spoken(which[part] - first, week.voices[week.texts[at[part]]])
        sides = (week.units[at[part] - 1], week.units[at[part] + length])
        least = np.minimum(*(spoken.branching(side) for side in sides))
        found[first : first + len(least)] = least
    return found


def _slices(which: Numbers) -> Iterator[tuple[int, int]]:
    """Ranges of about a million positions that keep each run whole; ``which`` is sorted."""
    start = 0
    while start < len(which):
        last = which[min(start + _AT_ONCE, len(which)) - 1]
        end = int(np.searchsorted(which, last, side="right"))
        yield start, end
        start = end


@dataclass(frozen=True, slots=True)
class _Spoken:
    """Which runs were said, by whom."""

    which: Numbers
    voices: Numbers

    def branching(self, beside: Numbers) -> Scores:
        """Entropy of the units beside each run, in bits."""
        pairs = (self.which.astype(np.int64) << _UNIT_BITS) | beside
        kinds, number = np.unique(pairs, return_inverse=True)
        counts = spread(number, self.voices, len(kinds))
        which, unit = kinds >> _UNIT_BITS, kinds & _UNIT_MASK
        said = np.maximum(np.bincount(which, counts), 1)
        repeated = np.where(unit == GAP_UNIT, 0.0, counts * np.log2(np.maximum(counts, 1)))
        return np.log2(said) - np.bincount(which, repeated) / said


_UNIT_BITS = 32
_UNIT_MASK = (1 << _UNIT_BITS) - 1


def surprise(now: Counts, before: Counts, *, crowd: int, crowd_before: int) -> Scores:
    """How much less likely it is that nothing rose (Dunning 1993, "Accurate Methods for the Statistics of Surprise
    and Coincidence": -2 log λ); below 0 where it fell, 0 where there is nothing to compare with."""
    if not crowd_before:
        return np.zeros(len(now))
    mine, theirs = now.astype(np.float64) + _HALF, before.astype(np.float64) + _HALF
    size, size_before = crowd + 1.0, crowd_before + 1.0
    both = (mine + theirs) / (size + size_before)
    total = _likelihood(mine, size, mine / size) + _likelihood(theirs, size_before, theirs / size_before)
    total -= _likelihood(mine, size, both) + _likelihood(theirs, size_before, both)
    signs = np.where(mine / size > theirs / size_before, 2.0, -2.0)
    return np.asarray(signs * total, np.float64)


def _likelihood(said: Scores, size: float, rate: Scores) -> Scores:
    return np.asarray(said * np.log(rate) + (size - said) * np.log1p(-rate), np.float64)


def growth(now: int, before: int, crowd: int, crowd_before: int) -> float:
    """This week's rate over the rate before, both smoothed."""
    return ((now + _HALF) / (crowd + 1.0)) / ((before + _HALF) / (crowd_before + 1.0))
