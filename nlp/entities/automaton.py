"""Many words sought in one pass (Aho and Corasick 1975), for any text at all."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, MatchKind

_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Automaton:
    """Finds ``words`` (none empty): the leftmost longest ones, or every one where ``overlapping`` is asked for."""

    def __init__(self, words: Iterable[str], *, overlapping: bool = False) -> None:
        self.words = list(words)
        self._overlapping = overlapping
        kind = MatchKind.Standard if overlapping else MatchKind.LeftmostLongest
        self._engine = AhoCorasick(self.words, matchkind=kind)

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """(number of the word, start, end) of each match, offsets in characters. A lone surrogate matches nothing."""
        try:
            return self._engine.find_matches_as_indexes(text, overlapping=self._overlapping)
        except UnicodeEncodeError:
            clean = _SURROGATE.sub("\ufffd", text)
            return self._engine.find_matches_as_indexes(clean, overlapping=self._overlapping)
