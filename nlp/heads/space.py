"""The columns that a head is trained on: the n-grams that were seen, weighed by their idf, then the rule flags."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.grams import NONE, ORDERS, Grams, Hashes
from nlp.heads.head import Floats, Head, shortened

_LEAST_BITS, _MOST_BITS = 12, 22


class Space:
    """``matrix`` (texts, n-grams + flags) of training texts, and the way from weights of its columns to a head.

    ``orders`` are the longest n-grams, ``flag_scale`` is what a flag counts beside all n-grams of a text (1). N-grams
    of fewer than ``least`` texts are taken for ones that were never seen.
    """

    def __init__(
        self, grams: Grams, flags: sparse.csr_matrix, *, orders: int = ORDERS, flag_scale: float = 0.5, least: int = 1
    ) -> None:
        self._scale, self._orders = flag_scale, orders
        hashes, bounds = _of_orders(grams, orders)
        self.bits = _bits(hashes)
        buckets = shortened(hashes, bits=self.bits)
        real = buckets != np.uint32(int(NONE) >> (32 - self.bits))
        rows = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))[real]
        self.buckets, columns = np.unique(buckets[real], return_inverse=True)
        shape = (len(bounds) - 1, len(self.buckets))
        counts = sparse.csr_matrix((np.ones(len(columns)), (rows, columns)), shape=shape)
        documents = np.bincount(counts.indices, minlength=shape[1])
        self._unseen_idf = float(np.log(1 + shape[0]) + 1)
        known = documents >= least
        idf: Floats = np.where(known, np.log((1 + shape[0]) / (1 + documents)) + 1, self._unseen_idf).astype(np.float32)
        normal = _normal(counts, idf)[:, known]
        self.buckets, self.idf = self.buckets[known], idf[known]
        self.matrix: sparse.csr_matrix = sparse.hstack([normal, flags * self._scale], format="csr")

    def head(
        self, weights: Floats, bias: Floats, *, labels: tuple[str, ...], flags: tuple[str, ...], **more: Any
    ) -> Head:
        """The head of weights (labels, columns) and bias (labels,); ``more`` is the rest of it."""
        size = len(self.buckets)
        rows = np.zeros((size + 2, len(labels) + 1), np.float32)
        rows[0, -1] = self._unseen_idf**2
        rows[1:-1, :-1] = (weights[:, :size] * self.idf).T
        rows[1:-1, -1] = self.idf**2
        flag_rows = np.ascontiguousarray(weights[:, size:].T * np.float32(self._scale))
        used: NDArray[np.uint32] = np.append(self.buckets, int(NONE) >> (32 - self.bits)).astype(np.uint32)
        return Head(labels, self.bits, used, rows, bias, flags=flags, flag_rows=flag_rows, orders=self._orders, **more)


def _normal(counts: sparse.csr_matrix, idf: Floats) -> sparse.csr_matrix:
    """Weighed by idf, each text's n-grams of length 1 together."""
    norms = np.sqrt(np.maximum(counts @ (idf**2), 1e-12))
    return (sparse.diags(1 / norms) @ counts @ sparse.diags(idf)).tocsr()


def _bits(hashes: Hashes) -> int:
    """As many that three of four buckets stay empty: most n-grams that were never seen then meet nothing."""
    return min(_MOST_BITS, max(_LEAST_BITS, int(np.ceil(np.log2(4 * max(1, len(np.unique(hashes))))))))


def _of_orders(grams: Grams, orders: int) -> tuple[Hashes, NDArray[np.int32]]:
    """Without the longer n-grams; the norm of a head knows only those it was trained with."""
    if orders == ORDERS:
        return grams.hashes, grams.bounds
    return grams.hashes.reshape(-1, ORDERS)[:, :orders].ravel(), grams.bounds // ORDERS * orders
