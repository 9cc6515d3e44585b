"""An encoder that remembers: many comments are the same few words."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np

from nlp.encoders.encoder import Encoder, Vectors, readable

MOST = 8192
"""Texts that are remembered; 17 MB of vectors of 512 dimensions."""


class Remembering:
    """An encoder and the vectors of the texts it was asked for last (by what is read of them, so ABC is abc)."""

    def __init__(self, encoder: Encoder, *, most: int = MOST) -> None:
        self.encoder = encoder
        self._most = most
        self._lock = Lock()
        self._known: OrderedDict[str, Vectors] = OrderedDict()

    @property
    def name(self) -> str:
        """The encoder's."""
        return self.encoder.name

    @property
    def version(self) -> str:
        """The encoder's."""
        return self.encoder.version

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The encoder's vectors; only texts that it does not remember are encoded, equal ones once."""
        keys = [readable(text) for text in texts]
        with self._lock:
            found = {key: self._known[key] for key in keys if key in self._known}
        fresh = [key for key in dict.fromkeys(keys) if key not in found]
        if fresh or not keys:
            vectors = self.encoder.encode(fresh)
            found.update((key, vector.copy()) for key, vector in zip(fresh, vectors, strict=True))
        self._keep(found)
        return np.stack([found[key] for key in keys]) if keys else vectors

    def _keep(self, found: dict[str, Vectors]) -> None:
        with self._lock:
            for key, vector in found.items():
                self._known[key] = vector
                self._known.move_to_end(key)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
