"""Texts as one row of units: a Chinese character or a whole Latin word each, with who said it where."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nlp.discovery.noise import GAP, HAN, LETTER, is_word, kinds, noise
from nlp.normal import Batch, Offsets, batch

Numbers = NDArray[np.int32]

GAP_UNIT = 0
"""Stands wherever a term cannot go on: at a text's edge, a punctuation mark, an emoji, a number, an address."""

_WORDS = 0x110000
_AT_ONCE = 10_000
"""Texts read at once."""
_COPY = 12
"""From so many characters on, the same text by another account is a copy of it, not a second voice."""


@dataclass(frozen=True, slots=True)
class Saying:
    """A post or a comment: what was said, by whom, under which post. ``about``: what the post is about (its title)."""

    text: str
    account: Hashable
    post: Hashable
    about: str = ""


@dataclass(slots=True)
class Vocabulary:
    """Latin words by number, shared by all weeks that are compared."""

    numbers: dict[str, int] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    def unit(self, word: str) -> int:
        """The unit of a word; a gap for what is none."""
        found = self.numbers.get(word)
        if found is None:
            found = _WORDS + len(self.words) if is_word(word) else GAP_UNIT
            self.numbers[word] = found
            if found:
                self.words.append(word)
        return found

    def spell(self, units: NDArray[np.int64] | Numbers) -> str:
        """Units as text."""
        return "".join(chr(unit) if unit < _WORDS else self.words[unit - _WORDS] for unit in units.tolist())


@dataclass(frozen=True, slots=True)
class Stream:
    """A week's units. ``texts`` (of which text) and ``places`` (where in it) are by unit, the rest by text.

    The first and the last unit are gaps. ``voices`` and ``posts`` are numbers from 0 on.
    """

    units: Numbers
    texts: Numbers
    places: Numbers
    voices: Numbers
    posts: Numbers

    @property
    def crowd(self) -> int:
        """How many accounts spoke."""
        return int(self.voices.max()) + 1 if len(self.voices) else 0


def stream(sayings: Sequence[Saying], vocabulary: Vocabulary) -> Stream:
    """Sayings as units."""
    firsts = range(0, max(1, len(sayings)), _AT_ONCE)
    parts = [_part([one.text for one in sayings[first : first + _AT_ONCE]], first, vocabulary) for first in firsts]
    units, texts, places = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Stream(units, texts, places, _voices(sayings), _numbered([saying.post for saying in sayings]))


def _part(said: Sequence[str], first: int, vocabulary: Vocabulary) -> tuple[Numbers, Numbers, Numbers]:
    """Units, the number of each one's text, and where in it; ``first`` is the number of the first text."""
    joined = batch(said)
    units, at = _units(joined, vocabulary)
    texts = np.maximum(np.searchsorted(joined.starts, at, side="right") - 1, 0)
    places = at - joined.starts[texts] if len(joined) else at
    return units, (texts + first).astype(np.int32), places.astype(np.int32)


def _units(joined: Batch, vocabulary: Vocabulary) -> tuple[Numbers, Offsets]:
    """Units and where in the batch they begin; gaps that follow each other are one."""
    kind = kinds()[joined.codes]
    for start, end in noise(joined.text):
        kind[start:end] = GAP
    before = np.concatenate(([np.uint8(LETTER)], kind[:-1]))
    begins = (kind == LETTER) & (before != LETTER)
    kept = np.flatnonzero((kind == HAN) | begins | ((kind == GAP) & (before != GAP)))
    units = np.where(kind[kept] == HAN, joined.codes[kept], GAP_UNIT).astype(np.int32)
    ends = np.flatnonzero((kind[:-1] == LETTER) & (kind[1:] != LETTER)) + 1
    runs = zip(np.flatnonzero(begins).tolist(), ends.tolist(), strict=True)
    units[kind[kept] == LETTER] = [vocabulary.unit(joined.text[start:end]) for start, end in runs]
    return units, kept


def _voices(sayings: Sequence[Saying]) -> Numbers:
    """Whose voice each text is; long texts that are the same are one voice, whoever repeats them."""
    first: dict[str, Hashable] = {}
    return _numbered(
        [
            saying.account if len(saying.text) < _COPY else first.setdefault(saying.text, saying.account)
            for saying in sayings
        ]
    )


def _numbered(names: Sequence[Hashable]) -> Numbers:
    numbers: dict[Hashable, int] = {}
    return np.fromiter((numbers.setdefault(name, len(numbers)) for name in names), np.int32, len(names))
