"""Rows whose label is probably wrong, known by what a head says of them that never saw them.

The idea is confident learning's (Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating Uncertainty in
Dataset Labels"); the rule here is simpler and was measured on sets with a known share of wrong labels: a label must not
lie far below the best one, except that each label keeps its best rows, so that no rare label is starved.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nlp.heads.head import Floats

GAP = 0.25
"""How far the own label's score may lie below the best one; a machine's margin is 1 to either side."""
SHARE = 0.4
"""Of each label this share of rows is always kept: more than 60 % wrong in one label is not assumed."""


def accepted(scores: Floats, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(rows,) True where a row may stay; ``scores`` (rows, labels) are of rows unseen, ``numbers`` their labels."""
    gaps = scores.max(axis=1) - scores[np.arange(len(numbers)), numbers]
    among_best = _places(gaps, numbers) < SHARE * np.bincount(numbers)[numbers]
    stays: NDArray[np.bool_] = among_best | (gaps <= GAP)
    return stays


def _places(gaps: Floats, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each row stands among those of its label, from 0, the smallest gap first."""
    order = np.lexsort((gaps, numbers))
    sorted_numbers = numbers[order]
    firsts = np.searchsorted(sorted_numbers, sorted_numbers)
    places = np.empty(len(numbers), np.int64)
    places[order] = np.arange(len(numbers)) - firsts
    return places
