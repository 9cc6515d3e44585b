"""Rule flags as a head wants them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy import sparse

RuleFlags = Callable[[Sequence[str]], tuple[sparse.csr_matrix, tuple[str, ...]]]
"""Texts to (texts, rules), 1 where a rule is found, and the rules' ids."""


def no_flags(texts: Sequence[str]) -> tuple[sparse.csr_matrix, tuple[str, ...]]:
    """For heads that learn from n-grams alone."""
    return sparse.csr_matrix((len(texts), 0), dtype=np.float32), ()


def aligned(flags: sparse.csr_matrix, names: Sequence[str], *, wanted: Sequence[str]) -> sparse.csr_matrix:
    """(texts, wanted): the columns of those names; a rule that is not there any more is found nowhere."""
    places = {name: number for number, name in enumerate(names)}
    pairs = [(places[name], column) for column, name in enumerate(wanted) if name in places]
    rows, columns = zip(*pairs, strict=True) if pairs else ((), ())
    chosen = sparse.csr_matrix((np.ones(len(pairs), np.float32), (rows, columns)), shape=(len(names), len(wanted)))
    return sparse.csr_matrix(flags @ chosen)
