"""evaluate: how well something reads the rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlp.heads.answers import Probabilities
from nlp.heads.evaluation import Figures, evaluate
from nlp.heads.rows import Row


@dataclass(frozen=True)
class Evaluated:
    """Figures, and the labels of the rows that the model does not know (all their rows count as wrong)."""

    figures: Figures
    unknown: list[str]


def evaluate_rows(rows: Sequence[Row], probabilities: Probabilities, *, worst: int) -> Evaluated:
    """Ask for all rows and compare."""
    labels, shares = probabilities([row.text for row in rows])
    truth = [row.label for row in rows]
    return Evaluated(evaluate(truth, labels, shares, worst=worst), sorted(set(truth) - set(labels)))
