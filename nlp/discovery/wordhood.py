"""Whether a run is a word: jieba's dictionary knows where words end, and of what kind those at the edges are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import rjieba

_AROUND = 8
"""Characters beside a term that decide where the words around it end."""
_FUNCTION = frozenset("cdefhkmopqruwxy")
"""First letters of jieba's tags for words that name nothing: adverbs, pronouns, prepositions, numerals, particles."""
_INNER = frozenset("的了吗呢吧啊呀哦嘛是我你他她它这那们么")
"""Characters that stand between words, hardly in them."""
_VERBS = frozenset("用做搞弄让叫等找问买卖吃喝玩走跑坐住带拿放打开关写读听讲变怕爱恨笑哭")
"""Before a word they make a sentence of it."""
_FIRM = 7.0
"""Bits that bind single characters to a name, though one of them is a function word elsewhere (科莫多)."""


@dataclass(frozen=True, slots=True)
class Wordhood:
    """``known``: the dictionary has it. ``names``: it can name something, by itself or by the words at its edges."""

    known: bool
    names: bool


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Words that are never suggested."""
    text = (files("nlp.discovery") / "stopwords.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def share_whole(term: str, contexts: Iterable[tuple[str, int]]) -> float:
    """In which share of contexts (text, where the term begins in it) words end at both of the term's edges."""
    whole = [_stands_whole(term, text, at) for text, at in contexts]
    return sum(whole) / len(whole) if whole else 0.0


def wordhood(term: str, *, cohesion: float) -> Wordhood:
    """What the dictionary says of a term; ``cohesion`` is the term's, in bits."""
    known = _dictionary().has_word(term)
    return Wordhood(known, not _is_empty(term) and _names(term, known=known, bits=cohesion))


def _stands_whole(term: str, text: str, at: int) -> bool:
    start = max(0, at - _AROUND)
    edges, here = {start}, start
    for word in _cut(text[start : at + len(term) + _AROUND]):
        here += len(word)
        edges.add(here)
    return at in edges and at + len(term) in edges


def _is_empty(term: str) -> bool:
    return term in stop_words() or len(set(term)) == 1


def _names(term: str, *, known: bool, bits: float) -> bool:
    """A word of the dictionary by its tag; any other by its edges."""
    if term.isascii():
        return True
    if known:
        return _tag(term) not in _FUNCTION
    if _INNER & set(term):
        return False
    parts, firm = _cut(term), bits >= _FIRM
    if parts[0] in _VERBS and not firm:
        return False
    return not any(_is_function(word) for word in (parts[0], parts[-1]) if len(word) > 1 or not firm)


def _is_function(word: str) -> bool:
    return word in stop_words() or (len(word) > 1 and _tag(word) in _FUNCTION)


def _tag(word: str) -> str:
    """The first letter of a word's tag; a noun's where the dictionary cuts it."""
    tagged = rjieba.tag(word, hmm=False)
    return str(tagged[0][1])[:1] if len(tagged) == 1 else "n"


def _cut(text: str) -> list[str]:
    return list(rjieba.cut(text, hmm=False)) or [text]


@lru_cache(maxsize=1)
def _dictionary() -> rjieba.Jieba:
    return rjieba.Jieba()
