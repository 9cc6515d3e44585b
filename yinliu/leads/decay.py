"""What points are worth as time goes by, and which grade a total is: the arithmetic of a team's ``scoring.yaml``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from yinliu.workspace.policies import Scoring, SignalWeight

DAY = 86400.0
"""Seconds."""

FIRST_COMMENT = 1
"""Comments that are no repetition: ``repeat`` counts from the second on."""


class Weight(NamedTuple):
    """What a kind of signal is worth; ``half_life`` in seconds, 0 where its points stay."""

    points: int
    most: int
    half_life: float
    spared: int

    def counted(self, seen: int) -> int:
        """How many of so many signals count."""
        return max(0, min(seen - self.spared, self.most))

    def raw(self, times: Sequence[float], moment: float) -> float:
        """The points of signals of these times at a moment, before they are rounded (all in seconds)."""
        if not self.half_life:
            return float(self.points * len(times))
        return self.points * sum(0.5 ** ((moment - time) / self.half_life) for time in times)


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
    half_life = (days or 0.0) * DAY if weight.points > 0 else 0.0
    return Weight(weight.points, weight.most, half_life, FIRST_COMMENT if kind == "repeat" else 0)
