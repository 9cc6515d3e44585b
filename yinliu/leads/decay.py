"""What points are worth as time goes by, and which grade a total is: the arithmetic of a team's ``scoring.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NamedTuple

from yinliu.workspace.policies import Scoring, SignalWeight

DAY = 86400.0
"""Seconds."""

FIRST_COMMENT = 1
"""Comments that are no repetition: ``repeat`` counts from the second on."""


class Weight(NamedTuple):
    """What a kind of signal is worth; ``rate`` in half-lives a second, 0 where its points stay."""

    points: int
    most: int
    rate: float
    spared: int

    def raw(self, times: Iterable[float], moment: float) -> float:
        """The points of signals of these times at a moment, before they are rounded (all in seconds)."""
        rate, total = self.rate, 0.0
        for time in times:
            total += 0.5 ** ((moment - time) * rate) if rate else 1.0
        return self.points * total


class Tally:
    """The signals of one person until some moment: what was said by kind, when it was said last, and what counts."""

    def __init__(self, weights: Mapping[str, Weight]) -> None:
        self._weights = weights
        self.subjects: dict[str, dict[str, float]] = {}
        self.counted: dict[str, list[float]] = {}

    def add(self, kind: str, subject: str, time: float) -> None:
        """Count what is newer than all before; the same said again is as fresh as its last time."""
        weight = self._weights.get(kind)
        if weight is None:
            return
        known = self.subjects.setdefault(kind, {})
        known.pop(subject, None)
        known[subject] = time
        # the newest are worth most
        number = max(0, min(len(known) - weight.spared, weight.most))
        self.counted[kind] = list(islice(reversed(known.values()), number))

    def points(self, kind: str, moment: float) -> int:
        """What a kind is worth at a moment, rounded."""
        return round(self._weights[kind].raw(self.counted[kind], moment))

    def total(self, moment: float) -> int:
        """What all kinds are worth at a moment: the sum of their points."""
        total = 0
        for kind, times in self.counted.items():
            total += round(self._weights[kind].raw(times, moment))
        return total


class Ladder:
    """The grades from the lowest up, each with the least total that reaches it."""

    def __init__(self, policy: Scoring) -> None:
        steps = sorted((least, grade) for grade, least in policy.grades.items())
        self._least = [least for least, _ in steps]
        self._names = [policy.lowest_grade, *(grade for _, grade in steps)]
        self._hysteresis = policy.hysteresis

    def name(self, step: int) -> str:
        """The grade of a step; 0 is the lowest."""
        return self._names[step]

    def least(self, step: int) -> int | None:
        """The least total that reaches a step; None for the lowest."""
        return self._least[step - 1] if step else None

    def floor(self, step: int) -> int | None:
        """The least total that keeps a step; None for the lowest."""
        return self._least[step - 1] - self._hysteresis if step else None

    def step(self, before: int, total: int) -> int:
        """The step of a total for somebody who stood on ``before``: reached, or kept within the hysteresis.

        Of a total that only falls it is the same whether one looks once or all the time.
        """
        least, kept = self._least, 0
        for number in range(len(least), 0, -1):
            if total >= least[number - 1]:
                return max(number, kept)
            if not kept and number <= before and total >= least[number - 1] - self._hysteresis:
                kept = number
        return kept


def weights_of(policy: Scoring) -> dict[str, Weight]:
    """The weights of all kinds, each with its own half-life, or the one for all; negative points never decay."""
    return {kind: _weight(kind, weight, policy) for kind, weight in policy.signals.items()}


def _weight(kind: str, weight: SignalWeight, policy: Scoring) -> Weight:
    days = weight.half_life_days if weight.half_life_days is not None else policy.half_life_days
    rate = 1 / (days * DAY) if days and weight.points > 0 else 0.0
    return Weight(weight.points, weight.most, rate, FIRST_COMMENT if kind == "repeat" else 0)
