"""One linear machine a label: fitted by a recipe, and asked about rows it has not seen.

The machine is scikit-learn's ``LinearSVC``; bigrams and a linear machine are what Wang and Manning 2012 ("Baselines and
Bigrams") found hard to beat on short texts. Where a team's own rows stand among others, their columns stand twice: once
for everybody, once for the team alone (Daumé 2007, "Frustratingly Easy Domain Adaptation"). The two weights of a column
are then added up: a machine always speaks as the team does, and takes no longer to read.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.grams import ORDERS
from nlp.heads.disputes import accepted
from nlp.heads.head import Floats

Numbers = NDArray[np.int64]
"""Labels of rows, as numbers from 0."""
Weights = NDArray[np.float64]

_SEED = 7
_INNER_FOLDS = 3
_WARY = 0.3
"""The cost under which disputed rows are found: low, so that no row is learnt by heart."""
_ABSENT = -1.5
"""The score of a label that a fold has no row of."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a head is trained.

    ``cost`` of the machine; ``flag_scale``: what a flag counts beside all n-grams (1); ``orders``: the longest n-grams;
    ``balance``: 0 counts all rows alike, 1 all labels alike; ``filtered``: disputed rows are left out;
    ``least``: texts in which an n-gram must stand to be learnt.
    """

    cost: float = 1.0
    flag_scale: float = 0.5
    orders: int = ORDERS
    balance: float = 0.0
    filtered: bool = False
    least: int = 1


@dataclass(frozen=True)
class Machine:
    """Weights (labels, columns) and bias (labels,); ``kept`` says which rows it learnt from."""

    weights: Floats
    bias: Floats
    kept: NDArray[np.bool_]

    def scores(self, matrix: sparse.csr_matrix) -> Floats:
        """(rows, labels)."""
        scores: Floats = (matrix @ self.weights.T + self.bias).astype(np.float32)
        return scores


@dataclass(frozen=True)
class Rows:
    """Rows to learn from: their matrix, labels and weights, how many labels there are, and which rows are the team's.

    ``own`` (rows,): None where they are all alike.
    """

    matrix: sparse.csr_matrix
    numbers: Numbers
    weights: Weights
    labels: int
    own: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.numbers)

    def part(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Rows:
        """Some of them."""
        own = None if self.own is None else self.own[chosen]
        return Rows(self.matrix[chosen], self.numbers[chosen], self.weights[chosen], self.labels, own)

    @property
    def doubled(self) -> sparse.csr_matrix:
        """The matrix; where only some rows are the team's, those once more beside it."""
        if self.own is None or self.own.all() or not self.own.any():
            return self.matrix
        return sparse.hstack([self.matrix, sparse.diags(self.own.astype(float)) @ self.matrix], format="csr")


def fit(rows: Rows, recipe: Recipe) -> Machine:
    """A machine for all labels; one that has no row is never said."""
    kept = np.ones(len(rows), bool)
    if recipe.filtered and np.bincount(rows.numbers).max() > 1:
        wary = Recipe(cost=_WARY)
        kept = accepted(unseen_scores(rows, wary, folds=_INNER_FOLDS), rows.numbers)
    return _fitted(rows.part(kept), recipe, kept)


def unseen_scores(rows: Rows, recipe: Recipe, *, folds: int) -> Floats:
    """(rows, labels): what is said of each row by a machine of all other folds."""
    scores = np.full((len(rows), rows.labels), _ABSENT, np.float32)
    for others, those in parted(rows.numbers, folds=folds):
        scores[those] = fit(rows.part(others), recipe).scores(rows.matrix[those])
    return scores


def parted(numbers: Numbers, *, folds: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """(all other rows, the rows of a fold), fold by fold, each with its share of every label."""
    from sklearn.model_selection import StratifiedKFold

    most = int(np.bincount(numbers).max())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a label with fewer rows than folds is missing in some of them, and may be
        yield from StratifiedKFold(min(folds, most), shuffle=True, random_state=_SEED).split(numbers, numbers)


def _fitted(rows: Rows, recipe: Recipe, kept: NDArray[np.bool_]) -> Machine:
    from sklearn.svm import LinearSVC

    weights = np.zeros((rows.labels, rows.matrix.shape[1]), np.float32)
    bias = np.full(rows.labels, _ABSENT, np.float32)
    present = np.unique(rows.numbers)
    if len(present) == 1:
        bias[present] = 1.0
        return Machine(weights, bias, kept)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the last digits did not settle
        machine = LinearSVC(C=recipe.cost, random_state=_SEED)
        machine.fit(rows.doubled, rows.numbers, sample_weight=_balanced(rows, recipe.balance))
    known = machine.coef_.reshape(len(machine.coef_), -1, rows.matrix.shape[1]).sum(axis=1)
    if len(present) == 2:  # noqa: PLR2004 (of two labels the machine knows the second one)
        weights[present], bias[present] = np.stack([-known[0], known[0]]), (-1, 1) * machine.intercept_
    else:
        weights[present], bias[present] = known, machine.intercept_
    return Machine(weights, bias, kept)


def _balanced(rows: Rows, balance: float) -> Weights:
    """The rows' weights, those of rare labels more; their sum stays."""
    if not balance:
        return rows.weights
    counts = np.maximum(np.bincount(rows.numbers, weights=rows.weights, minlength=rows.labels), 1e-9)
    weights: Weights = rows.weights * counts[rows.numbers] ** -balance
    scale = float(rows.weights.sum() / weights.sum())
    return weights * scale
