"""A linear head: label scores of a whole batch at once, calibrated probabilities, and the n-grams behind them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.grams import NONE, ORDERS, Grams, Hashes
from nlp.normal import Batch

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Head:
    """Scores = (sum of the rows of a text's n-grams) / (their norm) + flags + bias; probabilities by a temperature.

    ``buckets`` (m,) are the n-grams it knows, by the first ``bits`` of their hashes, sorted; the last one is that of
    :data:`~nlp.grams.NONE`. ``rows`` (m + 1, labels + 1) are their weights: the first row for all others, the last
    column the square of an n-gram's idf, of which the root of the sum is the norm: what a head does not know makes it
    less sure. ``flags`` are rules by id, ``flag_rows`` (flags, labels) their weights. ``about`` is what it was trained
    on, for people. ``orders`` are the longest n-grams it reads.
    """

    labels: tuple[str, ...]
    bits: int
    buckets: NDArray[np.uint32]
    rows: Floats
    bias: Floats
    temperature: float
    flags: tuple[str, ...]
    flag_rows: Floats
    about: Mapping[str, Any]
    orders: int = ORDERS

    @cached_property
    def _index(self) -> NDArray[np.int32]:
        index = np.zeros(1 << self.bits, np.int32)
        index[self.buckets] = np.arange(1, len(self.buckets) + 1)
        return index

    @cached_property
    def digest(self) -> str:
        """Sixteen hex digits that differ for any other head."""
        arrays = (self.buckets, self.rows, self.bias, self.flag_rows)
        known = hashlib.sha256(repr((self.labels, self.flags, self.bits, self.orders, self.temperature)).encode())
        for array in arrays:
            known.update(np.ascontiguousarray(array).tobytes())
        return known.hexdigest()[:16]

    @cached_property
    def _labelled(self) -> dict[str, int]:
        return {label: number for number, label in enumerate(self.labels)}

    def _known(self, hashes: Hashes) -> NDArray[np.int32]:
        """The row of each n-gram (whole positions), 0 for those it does not know."""
        known = self._index.take(shortened(hashes, bits=self.bits))
        if self.orders < ORDERS:
            known.reshape(-1, ORDERS)[:, self.orders :] = self._index[int(NONE) >> (32 - self.bits)]
        return known

    def scores(self, grams: Grams, flags: sparse.csr_matrix) -> Floats:
        """(texts, labels); ``flags`` is (texts, len(self.flags)), 1 where a rule was found."""
        scores = self.gram_scores(grams)
        return scores + flags @ self.flag_rows if self.flags else scores

    def gram_scores(self, grams: Grams) -> Floats:
        """(texts, labels): what the n-grams and the bias say, without any rule."""
        known = self._known(grams.hashes)
        ones = np.ones(len(known), np.float32)
        shape = (len(grams), len(self.rows))
        sums = sparse.csr_matrix((ones, known, grams.bounds), shape=shape) @ self.rows
        norms = np.sqrt(np.maximum(sums[:, -1:], 1e-12))
        scores: Floats = sums[:, :-1] / norms + self.bias
        return scores

    def probabilities(self, scores: Floats) -> Floats:
        """(texts, labels), each row summing to 1."""
        return softmax(scores * np.float32(self.temperature))

    def shares(self, texts: Batch, grams: Grams) -> Floats:
        """(texts, labels) probabilities by n-grams alone; ``grams`` are those of ``texts``."""
        return self.probabilities(self.gram_scores(grams))

    def strongest(self, hashes: Hashes, label: str, *, most: int) -> list[tuple[int, float]]:
        """(number of an n-gram in ``hashes``, weight) of a text's n-grams that speak most for a label."""
        known = self._known(hashes)
        column = self.rows[known, self._labelled[label]]
        norm = float(np.sqrt(max(self.rows[known, -1].sum(), 1e-12)))
        best = np.argsort(-column)[:most]
        return [(int(one), float(column[one]) / norm) for one in best if column[one] > 0]

    def flag_weights(self, label: str) -> dict[str, float]:
        """What each flag weighs for a label."""
        weights = self.flag_rows[:, self._labelled[label]] if self.flags else ()
        return dict(zip(self.flags, map(float, weights), strict=True))


def shortened(hashes: Hashes, *, bits: int) -> Hashes:
    """The first bits of each hash; the last bucket is that of :data:`~nlp.grams.NONE` and holds no n-gram."""
    return hashes >> np.uint32(32 - bits)


def softmax(scores: Floats) -> Floats:
    """Row-wise; (n, k) of any real numbers."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares
