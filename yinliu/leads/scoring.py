"""A person's score at any moment: signals' points that fade, in parts that add up, and a grade that does not flap.

A score is replayed from all signals along their own times. So neither the order in which they arrive nor that one comes
twice or late changes it, and the score as of a day is that of the signals until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from yinliu.leads.decay import DAY, Ladder, Weight, weights_of
from yinliu.leads.signals import SignalFact, subject_of
from yinliu.workspace.policies import Scoring

_LATEST = 2**17
"""Days within which all that decays is gone: 3,650 days halve a thousand points to nothing 17 times over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
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
        found, step, moment = self._replay(signals, at)
        possible = (self._part(kind, found[kind], moment) for kind in self._weights if kind in found)
        parts = tuple(part for part in possible if part.seen)
        total, least = sum(part.points for part in parts), self._ladder.least(step)
        grade = self._ladder.name(step)
        kept = least is not None and total < least
        return Score(
            total=total, parts=parts, grade=grade, qualified=grade in self._qualified, least=least, kept=kept
        )

    def next_change(self, signals: Iterable[SignalFact], *, at: datetime) -> datetime | None:
        """When the grade of ``at`` falls by decay alone: the first whole number of days later at which it has."""
        found, step, moment = self._replay(signals, at)
        fading: list[tuple[float, float]] = []
        stays = 0
        for kind, subjects in found.items():
            weight = self._weights[kind]
            raw = weight.raw(_newest(weight, subjects), moment)
            if weight.half_life:
                fading.append((raw, DAY / weight.half_life))
            else:
                stays += round(raw)
        if not step or not fading or self._ladder.step(step, stays) == step:
            return None

        def fallen(days: int) -> bool:
            total = stays + sum(round(raw * 0.5 ** (days * rate)) for raw, rate in fading)
            return self._ladder.step(step, total) < step

        return at + timedelta(days=_first(fallen))

    def _replay(
        self, signals: Iterable[SignalFact], at: datetime | None
    ) -> tuple[dict[str, dict[str, float]], int, float]:
        """The times of subjects by kind (newest last), the step of the grade, and the moment, in seconds."""
        until = None if at is None else at.timestamp()
        rows = sorted({(one.at.timestamp(), one.kind, subject_of(one.kind, one.evidence)) for one in signals})
        moment = until if until is not None else (rows[-1][0] if rows else 0.0)
        found: dict[str, dict[str, float]] = {}
        step = 0
        for time, together in groupby(rows, key=_time):
            if time > moment:
                break
            step = self._ladder.step(step, self._total(found, time)) if step else 0
            for _, kind, subject in together:
                if kind in self._weights:
                    subjects = found.setdefault(kind, {})
                    subjects.pop(subject, None)
                    subjects[subject] = time
            step = self._ladder.step(step, self._total(found, time))
        return found, self._ladder.step(step, self._total(found, moment)), moment

    def _total(self, found: dict[str, dict[str, float]], moment: float) -> int:
        weights = self._weights
        return sum(
            round(weights[kind].raw(_newest(weights[kind], subjects), moment)) for kind, subjects in found.items()
        )

    def _part(self, kind: str, subjects: dict[str, float], moment: float) -> Part:
        weight = self._weights[kind]
        times = _newest(weight, subjects)
        evidence = tuple(sorted(list(subjects)[len(subjects) - len(times) :]))
        return Part(
            kind=kind,
            seen=max(0, len(subjects) - weight.spared),
            counted=len(times),
            points=round(weight.raw(times, moment)),
            full=len(times) * weight.points,
            evidence=evidence,
        )


def score(signals: Iterable[SignalFact], *, policy: Scoring, at: datetime | None = None) -> Score:
    """The score of one person's signals as of a moment; their order and repetition change nothing."""
    return Scorer(policy).score(signals, at=at)


def next_change(signals: Iterable[SignalFact], policy: Scoring, at: datetime) -> datetime | None:
    """When the grade that these signals give at ``at`` falls by decay alone; None: never."""
    return Scorer(policy).next_change(signals, at=at)


def changes(before: Score, after: Score) -> tuple[Change, ...]:
    """The parts that rose, fell, are new or gone, in the order of the policy."""
    old, new = ({part.kind: part.points for part in one.parts} for one in (before, after))
    kinds = dict.fromkeys([*new, *old])
    moved = (Change(kind=kind, before=old.get(kind, 0), after=new.get(kind, 0)) for kind in kinds)
    return tuple(change for change in moved if change.before != change.after)


def _newest(weight: Weight, subjects: dict[str, float]) -> Sequence[float]:
    """The times of those that count: the newest, which are worth most."""
    counted = weight.counted(len(subjects))
    times = list(subjects.values())
    return times[len(times) - counted :]


def _time(row: tuple[float, str, str]) -> float:
    return row[0]


def _first(fallen: Callable[[int], bool]) -> int:
    """The least number of days for which it is true; once true it stays so."""
    low, high = 0, 1
    while high < _LATEST and not fallen(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fallen(middle) else (middle, high)
    return high
