"""One pass over a batch for every phrase and every literal: an Aho-Corasick automaton and where it found what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np
from ahocorasick_rs import AhoCorasick

from nlp.normal import Batch, Offsets


@dataclass(frozen=True, slots=True)
class Hits:
    """Every place where one of the scanner's texts stands: its number, the batch's text, offsets in the whole batch."""

    entries: Offsets
    texts: Offsets
    starts: Offsets
    ends: Offsets


class Scanner:
    """Finds texts, overlapping ones too; ``entries`` are their numbers by text."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.entries = {text: number for number, text in enumerate(dict.fromkeys(texts))}
        self._automaton = AhoCorasick(list(self.entries)) if self.entries else None

    def find(self, batch: Batch) -> Hits:
        """All hits, by where they end."""
        found = self._automaton.find_matches_as_indexes(batch.text, overlapping=True) if self._automaton else []
        flat = np.fromiter(chain.from_iterable(found), np.int64, 3 * len(found)).reshape(-1, 3)
        starts = flat[:, 1]
        return Hits(flat[:, 0], np.searchsorted(batch.starts, starts, side="right") - 1, starts, flat[:, 2])
