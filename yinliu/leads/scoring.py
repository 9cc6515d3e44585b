"""A person's score: the sum of their signals' points, with a breakdown that always adds up to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yinliu.leads.signals import SignalFact
from yinliu.workspace.policies import Scoring

FIRST_COMMENT = 1
"""Comments that are no repetition: ``repeat`` counts from the second on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one kind of signal adds: how many were seen, how many count, and their points together."""

    kind: str
    seen: int
    counted: int
    points: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A total, its parts (which add up to it), its grade, and whether it qualifies."""

    total: int
    parts: tuple[Part, ...]
    grade: str
    qualified: bool


def score(signals: Sequence[SignalFact], *, policy: Scoring) -> Score:
    """The score of one person's signals; their order and repetition change nothing."""
    parts = tuple(part for kind in policy.signals if (part := _part(kind, signals, policy)).seen)
    total = sum(part.points for part in parts)
    grade = _grade(total, policy)
    return Score(total=total, parts=parts, grade=grade, qualified=grade in policy.qualified)


def _part(kind: str, signals: Sequence[SignalFact], policy: Scoring) -> Part:
    evidence = tuple(sorted({signal.evidence for signal in signals if signal.kind == kind}))
    seen = max(0, len(evidence) - FIRST_COMMENT) if kind == "repeat" else len(evidence)
    weight = policy.signals[kind]
    counted = min(seen, weight.most)
    return Part(kind=kind, seen=seen, counted=counted, points=counted * weight.points, evidence=evidence)


def _grade(total: int, policy: Scoring) -> str:
    reached = [(least, grade) for grade, least in policy.grades.items() if total >= least]
    return max(reached)[1] if reached else policy.lowest_grade
