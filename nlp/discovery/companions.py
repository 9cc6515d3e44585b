"""With whom a term stands: topics whose words are in the same texts and posts, and other terms."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from nlp.discovery.stream import Saying
from nlp.discovery.terms import Term
from nlp.normal import Batch, batch, comparable

_JOINS = 0.3
"""Of a term's texts, the share in which a topic must be to be proposed."""
_TOGETHER = 0.2
"""Of the rarer term's texts, the share in which both of a cluster must be."""
_TIMES = 2.0
"""And so often more than chance would put them together."""
_LEAST = 3
"""Texts with both, at least."""


@dataclass(frozen=True, slots=True)
class Near:
    """A topic near a term: in which share of the term's texts (or their posts) it is talked about, and of all texts."""

    topic: str
    share: float
    usual: float

    @property
    def joins(self) -> bool:
        """Whether the term may belong to the topic."""
        return self.share >= _JOINS and self.share >= self.usual


def near_topics(
    week: Sequence[Saying], terms: Sequence[Term], topics: Mapping[str, Collection[str]]
) -> list[tuple[Near, ...]]:
    """Of each term the topics (name to words) that stand with it, the one that tells most first."""
    texts, abouts, number = _joined(week)
    inside = {
        name: _with_any(texts, words) | _with_any(abouts, words)[number] for name, words in topics.items() if week
    }
    return [_ranked(term, inside) for term in terms]


def _joined(week: Sequence[Saying]) -> tuple[Batch, Batch, NDArray[np.int64]]:
    """The texts, what their posts are about (each once), and which of these is of which text."""
    numbers: dict[str, int] = {}
    number = np.fromiter((numbers.setdefault(one.about, len(numbers)) for one in week), np.int64, len(week))
    return batch([one.text for one in week]), batch(list(numbers)), number


def _with_any(joined: Batch, words: Collection[str]) -> NDArray[np.bool_]:
    hits = [
        found.start()
        for needle in {comparable(word) for word in words} - {""}
        for found in re.finditer(re.escape(needle), joined.text)
    ]
    inside = np.zeros(len(joined), bool)
    inside[np.searchsorted(joined.starts, hits, side="right") - 1] = True
    return inside


def _ranked(term: Term, inside: Mapping[str, NDArray[np.bool_]]) -> tuple[Near, ...]:
    near = [Near(name, float(found[term.inside].mean()), float(found.mean())) for name, found in inside.items()]
    near = [one for one in near if one.share > 0]
    return tuple(sorted(near, key=lambda one: (-one.share * np.log2(1 + one.share / one.usual), one.topic)))


def together(one: Term, other: Term, *, texts: int) -> bool:
    """Whether two terms are said in the same texts, and more often than chance would have it."""
    both = len(np.intersect1d(one.inside, other.inside, assume_unique=True))
    rarer = min(one.texts, other.texts)
    return both >= _LEAST and both >= _TOGETHER * rarer and both * texts >= _TIMES * one.texts * other.texts


def beside(terms: Sequence[Term], *, texts: int) -> list[tuple[str, ...]]:
    """Of each term the others that are said with it, in the order of ``terms``; ``texts``: how many there are."""
    found: list[list[str]] = [[] for _ in terms]
    for (first, one), (second, other) in combinations(enumerate(terms), 2):
        if together(one, other, texts=texts):
            found[first].append(other.text)
            found[second].append(one.text)
    return [tuple(names) for names in found]


def clusters(names: Sequence[str], friends: Mapping[str, Collection[str]]) -> list[tuple[str, ...]]:
    """Each name with its friends that no name before it took; a name stands in one cluster only."""
    taken: set[str] = set()
    found = []
    for name in names:
        if name not in taken:
            circle = (name, *(other for other in names if other in friends[name] and other not in taken))
            taken.update(circle)
            found.append(circle)
    return found
