"""A recipe chosen by the rows themselves: what reads unseen rows best, step by step, the plainest first.

A step that makes the recipe more elaborate must win by more than chance would give, so that small sets keep the plain
one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nlp.heads.evaluation import macro_f1
from nlp.heads.machine import Recipe, Rows, fit, parted

Narrowed = Callable[[int], Rows]
"""The rows with n-grams up to a length."""

_COSTS = (0.3, 4.0)
"""Tried beside the plain recipe's."""
_SHORTER = 2
_BALANCE = 0.5
_FOLDS = 3
_LARGE = 20_000
"""From so many rows on, one fold says enough."""
_CHANCE = 0.3
"""What a more elaborate recipe must win, times the root of the number of rows."""


def choose(rows: Narrowed, counted: NDArray[np.bool_], *, plain: Recipe, may_filter: bool = True) -> Recipe:
    """The recipe under which unseen rows that are ``counted`` are read best: mean of accuracy and macro-F1."""
    margin = _CHANCE / np.sqrt(max(1, int(counted.sum())))

    @cache
    def worth(recipe: Recipe) -> float:
        return _worth(rows(recipe.orders), counted, recipe)

    best = max([plain, *(replace(plain, cost=cost) for cost in _COSTS)], key=worth)
    for change in _changes(may_filter=may_filter):
        other = change(best)
        best = other if worth(other) > worth(best) + margin else best
    return best


def _changes(*, may_filter: bool) -> Iterator[Callable[[Recipe], Recipe]]:
    yield lambda recipe: replace(recipe, orders=_SHORTER)
    if may_filter:
        yield lambda recipe: replace(recipe, filtered=True, cost=2 * recipe.cost)
    yield lambda recipe: replace(recipe, balance=_BALANCE)


def _worth(rows: Rows, counted: NDArray[np.bool_], recipe: Recipe) -> float:
    true, said = [], []
    for others, those in parted(rows.numbers, folds=_FOLDS):
        asked = those[counted[those]]
        true.append(rows.numbers[asked])
        said.append(fit(rows.part(others), recipe).scores(rows.matrix[asked]).argmax(axis=1))
        if len(rows) >= _LARGE:
            break
    real, found = np.concatenate(true), np.concatenate(said)
    return float((real == found).mean() + macro_f1(real, found)) / 2 if len(real) else 0.0
