"""Words of a text, by jieba's dictionary and a team's own words: one engine behind both doors.

``rjieba`` is jieba's algorithm in Rust, twenty times as fast; ``jieba`` is the reference. Both are instances of their
own: a team's words change nobody else's dictionary.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterable
from itertools import accumulate
from pathlib import Path
from typing import Literal

import jieba
import rjieba

jieba.setLogLevel(logging.WARNING)

Engine = Literal["rjieba", "jieba"]

_LENGTH = 4000
_PIECE = re.compile(rf"[\s\S]{{1,{_LENGTH}}}(?<=[\s,，。!！?？;；])|[\s\S]{{1,{_LENGTH}}}")
"""What an engine reads at once: jieba's time grows with the square of a run without punctuation."""
_SIGNED = re.compile(r"[a-zA-Z0-9][+#&._%\-]|[+#&._%\-][a-zA-Z0-9]")
_PART = re.compile(r"[a-zA-Z0-9]+(?:\.\d+)?%?|[^a-zA-Z0-9]+")
"""What jieba takes for one word of what it does not know: 2.5 and 50%, but not 1-3 or 2.5k."""
_ANY_TAG = "n"
_SHORTEST = 2
"""Characters of a word that a longer one may be made of: nearly every single character is in the dictionary."""
LONGEST_MADE = 20
"""Characters of a word that is looked into; jieba's longest has 16."""

_Cut = Callable[[str, bool], list[str]]
_Known = Callable[[str], bool]


def cache_folder() -> Path:
    """Where jieba keeps its compiled dictionary: a folder of this user's own. Its default is a file in the shared
    temporary folder, which it unmarshals, whoever put it there."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "yinliu"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


class Segmenter:
    """Cuts comparable text into words; each of ``words`` is kept whole. ``hmm`` guesses words that it does not know."""

    def __init__(self, words: Iterable[str] = (), *, engine: Engine = "rjieba", hmm: bool = True) -> None:
        self.words = tuple(sorted(set(words)))
        self.engine = engine
        self._cut, self._known = (_rust if engine == "rjieba" else _python)(self.words)
        self._own = frozenset(self.words)
        self._hmm = hmm

    def cut(self, text: str) -> list[str]:
        """The words in order; joined they are the text again. ``text`` holds no half of a surrogate pair."""
        if len(text) <= _LENGTH:
            return self._cut(text, self._hmm)
        return [word for piece in _PIECE.findall(text) for word in self._cut(piece, self._hmm)]

    def edges(self, text: str) -> frozenset[int]:
        """Offsets at which a word begins or ends."""
        return frozenset(accumulate(map(len, self.cut(text)), initial=0))

    def is_part(self, word: str, start: int, end: int) -> bool:
        """Whether ``word[start:end]`` is a whole part of a word of jieba's dictionary that is made of whole words.

        选购 and 指南 are parts of 选购指南; 会 is none of 机会, 指南 none of 指南针. One of ``words`` has no parts.
        ``word`` holds no half of a surrogate pair.
        """
        if not _SHORTEST <= end - start < len(word) <= LONGEST_MADE or word in self._own:
            return False
        return self._known(word) and self._divides(word[:start]) and self._divides(word[end:])

    def _divides(self, rest: str) -> bool:
        """Whether this is nothing, or known words one after the other."""
        ends = {0}
        for end in range(_SHORTEST, len(rest) + 1):
            if any(end - start >= _SHORTEST and self._known(rest[start:end]) for start in ends):
                ends.add(end)
        return len(rest) in ends


def _rust(words: Iterable[str]) -> tuple[_Cut, _Known]:
    engine, _ = _told(words)

    def cut(text: str, hmm: bool) -> list[str]:
        found: list[str] = engine.cut(text, hmm)
        if not hmm or not _SIGNED.search(text):
            return found
        return [part for word in found for part in _parts(word, engine)]

    return cut, engine.has_word


def _parts(word: str, engine: rjieba.Jieba) -> list[str]:
    """A word as jieba cuts it: guessing, rjieba takes letters, digits and the signs between them for one word."""
    if word.isalnum() or not word.isascii() or engine.has_word(word):
        return [word]
    return _PART.findall(word)


def _told(words: Iterable[str]) -> tuple[rjieba.Jieba, dict[str, int]]:
    """rjieba with these words, and how frequent each of them counts."""
    engine = rjieba.Jieba()
    return engine, {word: engine.add_word(word, engine.suggest_freq(word), _ANY_TAG) for word in words}


def _python(words: Iterable[str]) -> tuple[_Cut, _Known]:
    """jieba with the frequencies that rjieba suggests; what a known word counted before is taken off its total."""
    engine = jieba.Tokenizer()
    engine.tmp_dir = str(cache_folder())
    engine.initialize()
    for word, frequency in _told(words)[1].items():
        before = engine.FREQ.get(word, 0)
        engine.add_word(word, frequency)
        engine.total -= before
    return lambda text, hmm: engine.lcut(text, HMM=hmm), lambda word: bool(engine.FREQ.get(word))
