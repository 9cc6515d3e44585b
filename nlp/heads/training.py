"""Training a head: tf-idf of hashed n-grams and rule flags, one linear machine a label, calibrated on unseen folds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.grams import Grams
from nlp.heads.calibration import fit_temperature
from nlp.heads.choosing import choose
from nlp.heads.head import Floats, Head
from nlp.heads.machine import Numbers, Recipe, Rows, fit, unseen_scores
from nlp.heads.space import Space

__all__ = ["FOLDS", "LEAST_ROWS", "Examples", "Recipe", "Trained", "chosen", "fit_temperature", "train"]

LEAST_ROWS = 2
"""Examples of a label that can be learned at all: one to learn from, one to test with."""
PLAIN = Recipe()
FOLDS = 5
_FEWER_FOLDS = 3
_LARGE = 20_000
"""From so many rows on, fewer folds say enough."""


@dataclass(frozen=True, kw_only=True)
class Examples:
    """What a head learns from: texts' n-grams, their rule flags (texts, flags), labels, how much each text counts.

    ``counted`` (texts,): which of them figures are about; ``own``: which are the team's, whose way of speaking is
    learnt. None: all.
    """

    grams: Grams
    flags: sparse.csr_matrix
    flag_names: tuple[str, ...] = ()
    labels: Sequence[str]
    weights: NDArray[np.float64] | None = None
    counted: NDArray[np.bool_] | None = None
    own: NDArray[np.bool_] | None = None

    @property
    def judged(self) -> NDArray[np.bool_]:
        """``counted``; all where none is."""
        everyone = np.ones(len(self.labels), bool)
        return everyone if self.counted is None or not self.counted.any() else self.counted


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A head, and what it said of every example while it had not seen it.

    ``unseen`` (texts, labels) are scores, ``head.probabilities`` makes shares of them; ``kept`` (texts,) says which
    examples it learnt from.
    """

    head: Head
    unseen: Floats
    kept: NDArray[np.bool_]
    recipe: Recipe

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels, in the order of the scores."""
        return self.head.labels


def chosen(examples: Examples, *, plain: Recipe = PLAIN, may_filter: bool = True) -> Recipe:
    """The recipe that suits the examples best; :class:`ValueError` as for :func:`train`."""
    labels, numbers = numbered(examples.labels)

    @lru_cache(maxsize=1)
    def rows(orders: int) -> Rows:
        return _rows(examples, _space(examples, replace(plain, orders=orders)), numbers, len(labels))

    return choose(rows, examples.judged, plain=plain, may_filter=may_filter)


def train(examples: Examples, *, recipe: Recipe = PLAIN, about: Mapping[str, Any] | None = None) -> Trained:
    """A calibrated head of at least two labels with :data:`LEAST_ROWS` rows each; :class:`ValueError` otherwise."""
    labels, numbers = numbered(examples.labels)
    space = _space(examples, recipe)
    rows = _rows(examples, space, numbers, len(labels))
    unseen = unseen_scores(rows, recipe, folds=folds_of(len(rows)))
    judged = examples.judged
    temperature = fit_temperature(unseen[judged], numbers[judged], doubted=recipe.filtered)
    machine = fit(rows, recipe)
    head = space.head(
        machine.weights,
        machine.bias,
        labels=labels,
        flags=examples.flag_names,
        temperature=temperature,
        about=dict(about or {}),
    )
    return Trained(head=head, unseen=unseen, kept=machine.kept, recipe=recipe)


def folds_of(rows: int) -> int:
    """Into how many parts so many rows are cut."""
    return FOLDS if rows < _LARGE else _FEWER_FOLDS


def numbered(given: Sequence[str]) -> tuple[tuple[str, ...], Numbers]:
    """The labels in order, and each row's by number; :class:`ValueError` where they are too few to learn."""
    counts = Counter(given)
    rare = sorted(label for label, count in counts.items() if count < LEAST_ROWS)
    if len(counts) < 2 or rare:  # noqa: PLR2004 (a choice has two sides)
        told = ", ".join(rare) or ", ".join(counts) or "-"
        raise ValueError(f"each of at least two labels needs {LEAST_ROWS} rows; too few: {told}")
    labels = tuple(sorted(counts))
    numbers = {label: number for number, label in enumerate(labels)}
    return labels, np.array([numbers[label] for label in given], np.int64)


def _space(examples: Examples, recipe: Recipe) -> Space:
    return Space(examples.grams, examples.flags, orders=recipe.orders, flag_scale=recipe.flag_scale, least=recipe.least)


def _rows(examples: Examples, space: Space, numbers: Numbers, labels: int) -> Rows:
    weights = np.ones(len(numbers)) if examples.weights is None else examples.weights
    return Rows(space.matrix, numbers, weights, labels, examples.own)
