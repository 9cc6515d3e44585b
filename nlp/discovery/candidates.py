"""The runs of a week that rose, with everything that is known of each by counting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import log2

import numpy as np

from nlp.discovery.counting import Counts, Runs, count, count_known
from nlp.discovery.scores import cohesion, freedom, growth, surprise
from nlp.discovery.stream import Numbers, Saying, Stream, Vocabulary, stream

LEAST_COHESION, LEAST_FREEDOM = 1.0, 0.5
"""Bits below which not even a word of the dictionary is looked at."""
LEAST_SURPRISE = 10.83
"""Dunning's statistic that chance reaches once in a thousand."""
_FEW, _MANY, _CROWD = 3, 5, 500
"""Accounts that must say a term: few in a small crowd, more from a crowd of so many accounts on."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run that rose, where it begins (``at``), and how many accounts said it this week and in all weeks before.

    ``bond`` is the most its cohesion could be: that of parts which are never said apart.
    """

    units: Numbers
    accounts: int
    before: int
    growth: float
    surprise: float
    cohesion: float
    freedom: float
    at: Numbers
    bond: float
    term: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """How often the week's runs were said in the weeks before, by length; and how many accounts spoke, how often."""

    said: list[Counts]
    crowd: int
    weeks: int


def candidates(
    week: Stream, weeks: Iterable[Sequence[Saying]], vocabulary: Vocabulary, *, most: int
) -> tuple[list[Candidate], int]:
    """The runs that rose most, not yet looked at as words, and how many weeks before had anything to compare with.

    Without any, these are the runs that most accounts said.
    """
    runs = count(week, least=_MANY if week.crowd >= _CROWD else _FEW)
    past = _past(runs, weeks, vocabulary)
    found = [one for length in range(1, len(runs) + 1) for one in _Counted(week, runs, length, past).risen(most)]
    named = [replace(one, term=vocabulary.spell(one.units)) for one in found]
    kept = [one for one in named if len(one.term) > 1]
    kept.sort(key=lambda one: (-one.surprise, -one.accounts, one.term))
    return kept[:most], past.weeks


def _past(runs: list[Runs], weeks: Iterable[Sequence[Saying]], vocabulary: Vocabulary) -> Past:
    said, crowd, spoken = [np.zeros(len(one), np.int64) for one in runs], 0, 0
    for sayings in weeks:
        if sayings:
            earlier = stream(sayings, vocabulary)
            crowd, spoken = crowd + earlier.crowd, spoken + 1
            said = [sums + more for sums, more in zip(said, count_known(earlier, runs), strict=True)]
    return Past(said, crowd, spoken)


@dataclass(frozen=True, slots=True)
class _Counted:
    """The runs of one length, and what there is to judge them by."""

    week: Stream
    runs: list[Runs]
    length: int
    past: Past

    def risen(self, most: int) -> Iterator[Candidate]:
        """Those that rose, the first ``most`` of them."""
        these, before = self.runs[self.length - 1], self.past.said[self.length - 1]
        rise = surprise(these.accounts, before, crowd=self.week.crowd, crowd_before=self.past.crowd)
        bits = cohesion(self.runs, length=self.length, total=int(self.runs[0].said))
        wanted = ((rise >= LEAST_SURPRISE) | (self.past.crowd == 0)) & (bits >= LEAST_COHESION)
        free = freedom(self.week, these, length=self.length, wanted=wanted)
        numbers = np.flatnonzero(wanted & (free >= LEAST_FREEDOM))
        ranks = np.lexsort((these.accounts[numbers], rise[numbers]))[::-1]
        for number in numbers[ranks[: most * 2]].tolist():
            start, end = np.searchsorted(these.which, (number, number + 1))
            at = np.sort(these.at[start:end])
            yield Candidate(
                units=self.week.units[at[0] : at[0] + self.length],
                accounts=int(these.accounts[number]),
                before=int(before[number]),
                growth=growth(int(these.accounts[number]), int(before[number]), self.week.crowd, self.past.crowd),
                surprise=float(rise[number]),
                cohesion=float(bits[number]),
                freedom=float(free[number]),
                at=at,
                bond=log2(self.runs[0].said / these.accounts[number]),
            )
