"""A person's score at any moment: signals' points that fade, in parts that add up, and a grade that does not flap.

A score is replayed from all signals along their own times. So neither the order in which they arrive nor that one comes
twice or late changes it, and the score as of a day is that of the signals until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from math import log2

import msgspec

from yinliu.leads.decay import DAY, Ladder, Tally, weights_of
from yinliu.leads.signals import SignalFact, subject_of
from yinliu.workspace.policies import Scoring

_LATEST = 2**17
"""Days within which all that decays is gone: 3,650 days halve a thousand points to nothing 17 times over."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one kind of signal adds: how many were seen, how many count, their points together and before decay."""

    kind: str
    seen: int
    counted: int
    points: int
    full: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A total, its parts (which add up to it), its grade, and whether it qualifies.

    ``least``: the total that reaches the grade; ``kept``: it was reached before and is kept within the hysteresis.
    """

    total: int
    parts: tuple[Part, ...]
    grade: str
    qualified: bool
    least: int | None = None
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A part that is worth something else than before; 0 where there was none, or is none any more."""

    kind: str
    before: int
    after: int


class Scorer:
    """The scores of many persons by one ``scoring.yaml``."""

    def __init__(self, policy: Scoring) -> None:
        self._weights = weights_of(policy)
        self._ladder = Ladder(policy)
        self._qualified = frozenset(policy.qualified)

    def score(self, signals: Iterable[SignalFact], *, at: datetime | None = None) -> Score:
        """The score as of ``at`` (None: when the newest signal came); what happened later does not count."""
        tally, step, moment = self._replay(signals, at)
        return self._score(tally, step, moment)[0]

    def judge(self, signals: Iterable[SignalFact], *, at: datetime) -> tuple[Score, datetime | None]:
        """The score as of ``at``, and when its grade falls by decay alone (None: never).

        The latter is the first whole number of days later at which it has fallen.
        """
        tally, step, moment = self._replay(signals, at)
        found, step = self._score(tally, step, moment)
        days = self._days_left(tally, step, moment) if step else None
        return found, None if days is None else at + timedelta(days=days)

    def _replay(self, signals: Iterable[SignalFact], at: datetime | None) -> tuple[Tally, int, float]:
        """All signals until a moment (in seconds), and the step of the grade when the last of them came."""
        rows = sorted({(one.at.timestamp(), one.kind, subject_of(one.kind, one.evidence)) for one in signals})
        moment = at.timestamp() if at is not None else (rows[-1][0] if rows else 0.0)
        tally, step = Tally(self._weights), 0
        for time, together in groupby(rows, key=_time):
            if time > moment:
                break
            if step:
                step = self._ladder.step(step, tally.total(time))
            for _, kind, subject in together:
                tally.add(kind, subject, time)
            step = self._ladder.step(step, tally.total(time))
        return tally, step, moment

    def _score(self, tally: Tally, step: int, moment: float) -> tuple[Score, int]:
        """The score at a moment, and the step of its grade, which was ``step`` at the last signal."""
        possible = (self._part(kind, tally, moment) for kind in self._weights if kind in tally.subjects)
        parts = tuple(part for part in possible if part.seen)
        total = sum(part.points for part in parts)
        step = self._ladder.step(step, total)
        grade, least = self._ladder.name(step), self._ladder.least(step)
        return Score(
            total=total,
            parts=parts,
            grade=grade,
            qualified=grade in self._qualified,
            least=least,
            kept=least is not None and total < least,
        ), step

    def _part(self, kind: str, tally: Tally, moment: float) -> Part:
        weight, subjects, counted = self._weights[kind], tally.subjects[kind], len(tally.counted[kind])
        return Part(
            kind=kind,
            seen=len(subjects) - weight.spared,
            counted=counted,
            points=tally.points(kind, moment),
            full=counted * weight.points,
            evidence=tuple(sorted(islice(reversed(subjects), counted))),
        )

    def _days_left(self, tally: Tally, step: int, moment: float) -> int | None:
        """After how many days the grade of a step has fallen; None: it never does."""
        stays, fading = 0, []
        for kind, times in tally.counted.items():
            weight = self._weights[kind]
            if weight.rate:
                fading.append((weight.raw(times, moment), weight.rate * DAY))
            else:
                stays += weight.points * len(times)
        if self._ladder.step(step, stays) == step:
            return None

        def fallen(days: int) -> bool:
            total = stays
            for raw, rate in fading:
                total += round(raw * 0.5 ** (days * rate))
            return self._ladder.step(step, total) < step

        whole = sum(raw for raw, _ in fading)
        left = max(1.0, (self._ladder.floor(step) or 0) - stays)
        return _first(fallen, guess=int(log2(max(1.0, whole / left)) / max(rate for _, rate in fading)))


def score(signals: Iterable[SignalFact], *, policy: Scoring, at: datetime | None = None) -> Score:
    """The score of one person's signals as of a moment; their order and repetition change nothing."""
    return Scorer(policy).score(signals, at=at)


def next_change(signals: Iterable[SignalFact], policy: Scoring, at: datetime) -> datetime | None:
    """When the grade that these signals give at ``at`` falls by decay alone; None: never."""
    return Scorer(policy).judge(signals, at=at)[1]


def changes(before: Score, after: Score) -> tuple[Change, ...]:
    """The parts that rose, fell, are new or gone, in the order of the policy."""
    old, new = ({part.kind: part.points for part in one.parts} for one in (before, after))
    kinds = dict.fromkeys([*new, *old])
    moved = (Change(kind=kind, before=old.get(kind, 0), after=new.get(kind, 0)) for kind in kinds)
    return tuple(change for change in moved if change.before != change.after)


def _time(row: tuple[float, str, str]) -> float:
    return row[0]


def _first(fallen: Callable[[int], bool], *, guess: int) -> int:
    """The least number of days for which it is true; once true it stays so. A good guess saves most of the search."""
    low, high, stride = 0, max(1, min(guess, _LATEST)), 1
    if fallen(high):
        while high - stride > 0 and fallen(high - stride):
            high, stride = high - stride, stride * 2
        low = max(0, high - stride)
    else:
        while high < _LATEST and not fallen(high):
            low, high, stride = high, high + stride, stride * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fallen(middle) else (middle, high)
    return high
