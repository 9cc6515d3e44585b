"""A head over embeddings: what an encoder's vector of a text says of each label."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nlp.encoders.encoder import Encoder, Vectors
from nlp.heads.head import Floats, softmax

PROBES = ("这个多少钱呀", "第3条：照片拍得真好！", "where is it")
"""Texts by which an opinion knows its encoder again."""
_LEAST_ALIKE = 0.98


@dataclass(frozen=True)
class Opinion:
    """Multinomial logistic regression: probabilities = softmax((vectors @ weights + bias) * temperature).

    ``weights`` (dimensions, labels) and ``bias`` (labels,) belong to the vectors of one ``encoder`` (its name), which
    gave the vectors ``probes`` (:data:`PROBES`, dimensions). ``share`` (0-1) is what it counts for beside the head.
    ``about`` is what it was trained on, for people.
    """

    labels: tuple[str, ...]
    weights: Vectors
    bias: Floats
    temperature: float
    share: float
    encoder: str
    probes: Vectors
    about: Mapping[str, Any]

    @cached_property
    def version(self) -> str:
        """12 hex digits of everything that decides what it says."""
        digest = hashlib.sha256(repr((self.labels, self.temperature, self.share, self.encoder)).encode())
        for array in (self.weights, self.bias):
            digest.update(np.ascontiguousarray(array, np.float32).tobytes())
        return digest.hexdigest()[:12]

    def probabilities(self, vectors: Vectors) -> Floats:
        """(texts, labels), each row summing to 1."""
        return softmax((vectors @ self.weights + self.bias) * np.float32(self.temperature))

    def check(self, encoder: Encoder) -> None:
        """Loads the encoder; :class:`ValueError` where its vectors are not those the opinion was trained on.

        A newer version with other roundings is welcome, another model under the same name is not.
        """
        found = encoder.encode(PROBES)
        if encoder.name != self.encoder or found.shape != self.probes.shape:
            raise ValueError(self._stranger(encoder, f"it was trained with {self.encoder}"))
        alike = float((found * self.probes).sum(axis=1).min())
        if not alike >= _LEAST_ALIKE:
            raise ValueError(self._stranger(encoder, f"the same texts lie elsewhere (likeness {alike:.2f})"))

    def _stranger(self, encoder: Encoder, why: str) -> str:
        return (
            f"the intents' opinion does not fit the encoder {encoder.name} {encoder.version}: {why}; "
            "run yinliu train intents, or choose encoder: none in intents.yaml"
        )
