"""How good a head is: accuracy, macro-F1, figures a label, calibration, and its worst mistakes. Pure numbers.

The calibration error is Guo et al. 2017's: 15 bins of equal width, each as heavy as it is full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAD_LABELS = frozenset({"purchase_intent", "price_inquiry", "how_to_join"})
"""The labels that make a lead, where a head has them."""

_BINS = 15
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class LabelFigures:
    """One label: of what was said, how much was right; of what is true, how much was found; both; rows that have it."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Mistake:
    """A row read wrong: its number, its label, what was said, and how surely."""

    row: int
    label: str
    said: str
    probability: float


@dataclass(frozen=True)
class Figures:
    """What a head got right. Shares from 0 to 1; ``macro_f1`` over the labels that occur; no rows give zeros.

    ``lead_f1``: of the labels in :data:`LEAD_LABELS` joined, against all others; None where none of them occurs.
    """

    rows: int
    accuracy: float
    macro_f1: float
    calibration_error: float
    lead_f1: float | None
    by_label: tuple[LabelFigures, ...]
    mistakes: tuple[Mistake, ...]


def evaluate(
    truth: Sequence[str], labels: Sequence[str], probabilities: NDArray[np.floating], *, worst: int = 10
) -> Figures:
    """True labels against probabilities (rows, labels); a true label that is none of ``labels`` is always missed."""
    names = (*labels, *sorted(set(truth) - set(labels)))
    numbers = {name: number for number, name in enumerate(names)}
    true = np.array([numbers[label] for label in truth], np.int64)
    if not len(true):
        return Figures(0, 0.0, 0.0, 0.0, None, (), ())
    said, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    by_label = _by_label(true, said, names)
    return Figures(
        rows=len(true),
        accuracy=float((true == said).mean()),
        macro_f1=float(np.mean([one.f1 for one in by_label if one.support])),
        calibration_error=calibration_error(sure, true == said),
        lead_f1=_lead_f1(truth, [names[one] for one in said]),
        by_label=tuple(by_label),
        mistakes=tuple(_worst(true, said, sure, names, most=worst)),
    )


def macro_f1(true: Numbers, said: Numbers) -> float:
    """The mean F1 of the labels that occur in ``true``; 0 without rows."""
    if not len(true):
        return 0.0
    size = int(max(true.max(), said.max())) + 1
    _, _, f1, support = _shares(true, said, size)
    return float(f1[support > 0].mean())


def calibration_error(sure: NDArray[np.floating], right: NDArray[np.bool_]) -> float:
    """How far what was claimed (rows,) lies from what was right, on average over bins."""
    bins = np.minimum((sure * _BINS).astype(np.int64), _BINS - 1)
    claimed = np.bincount(bins, weights=sure, minlength=_BINS)
    held = np.bincount(bins, weights=right, minlength=_BINS)
    return float(np.abs(claimed - held).sum() / max(1, len(sure)))


def _shares(true: Numbers, said: Numbers, size: int) -> tuple[NDArray[np.float64], ...]:
    """Precision, recall, F1 and support of each label."""
    hits = np.bincount(true[true == said], minlength=size).astype(float)
    support = np.bincount(true, minlength=size)
    claimed = np.bincount(said, minlength=size)
    f1 = 2 * hits / np.maximum(support + claimed, 1)
    return hits / np.maximum(claimed, 1), hits / np.maximum(support, 1), f1, support.astype(float)


def _by_label(true: Numbers, said: Numbers, names: Sequence[str]) -> list[LabelFigures]:
    """The labels that were true or said, the most frequent first."""
    shares = np.stack(_shares(true, said, len(names)), axis=1)
    used = np.union1d(true, said)
    order = sorted(used, key=lambda number: (-shares[number, 3], names[number]))
    return [_figures(names[number], shares[number]) for number in order]


def _figures(label: str, shares: NDArray[np.float64]) -> LabelFigures:
    precision, recall, f1, support = map(float, shares)
    return LabelFigures(label, precision, recall, f1, int(support))


def _lead_f1(truth: Sequence[str], said: Sequence[str]) -> float | None:
    if not LEAD_LABELS & set(truth):
        return None
    true = np.array([label in LEAD_LABELS for label in truth], np.int64)
    found = np.array([label in LEAD_LABELS for label in said], np.int64)
    return float(_shares(true, found, 2)[2][1])


def _worst(
    true: Numbers, said: Numbers, sure: NDArray[np.floating], names: Sequence[str], *, most: int
) -> list[Mistake]:
    wrong = np.flatnonzero(true != said)
    order = wrong[np.argsort(-sure[wrong], kind="stable")][:most]
    return [Mistake(int(row), names[true[row]], names[said[row]], float(sure[row])) for row in order]
