"""Words of topics, places and the team's dictionary: found where they stand as words, 衣服 not in 大衣服务."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from nlp.normal import Batch, comparable, within_latin
from nlp.rules import Topics, Words
from nlp.scanner import Hits, Scanner
from nlp.tags import Evidence, Tag, TagKind

Edges = Callable[[int], frozenset[int]]
"""The offsets at which words of a batch's text begin or end, by the text's number."""


@dataclass(frozen=True, slots=True)
class Owner:
    """What a phrase speaks for, what it weighs, and the weight from which the label is given."""

    kind: TagKind
    label: str
    weight: float = 1.0
    threshold: float = 1.0


@dataclass(frozen=True, slots=True)
class Standing:
    """A phrase found in one text: its entry in the scanner, and offsets in that text."""

    entry: int
    start: int
    end: int


class PhraseBook:
    """Phrases, in comparable form, and their owners."""

    def __init__(self, topics: Topics, words: Words, places: Iterable[str]) -> None:
        self.owners: dict[str, list[Owner]] = defaultdict(list)
        for topic in topics.topics:
            self._add(topic.words, Owner("topic", topic.name, topic.weight, topic.threshold))
        for place in filter(str.strip, dict.fromkeys(places)):
            self._add((place, f"{place}市", f"{place}人"), Owner("place", place))
        named = (name for entry in (*words.brands, *words.products) for name in (entry.name, *entry.also))
        for word in (
            *topics.words,
            *words.keywords,
            *named,
            *(word for topic in topics.topics for word in topic.words),
        ):
            self._add((word,), Owner("keyword", comparable(word)))

    def _add(self, words: Iterable[str], owner: Owner) -> None:
        for word in dict.fromkeys(map(comparable, words)):
            if owner not in self.owners[word]:
                self.owners[word].append(owner)

    def wired(self, scanner: Scanner) -> list[list[Owner]]:
        """Owners by the scanner's entries."""
        return [self.owners.get(text, []) for text in scanner.entries]


def standing(batch: Batch, hits: Hits, owned: np.ndarray, edges: Edges) -> dict[int, list[Standing]]:
    """The phrases (entries that are ``owned``) that stand as words, by text."""
    chosen = np.flatnonzero(owned[hits.entries])
    found: dict[int, list[Standing]] = defaultdict(list)
    before, ends = -1, frozenset[int]()
    for entry, text, start, end in zip(
        *(column[chosen].tolist() for column in (hits.entries, hits.texts, hits.starts, hits.ends)), strict=True
    ):
        if text != before:
            before, ends = text, edges(text)
        offset = int(batch.starts[text])
        whole = not within_latin(batch.text, start) and not within_latin(batch.text, end)
        if whole and start - offset in ends and end - offset in ends:
            found[text].append(Standing(entry, start - offset, end - offset))
    return found


def phrase_tags(text: str, found: Iterable[Standing], owners: list[list[Owner]]) -> Iterator[Tag]:
    """The labels whose phrases weigh enough; a phrase counts once however often it stands there."""
    evidence: dict[tuple[TagKind, str], list[Evidence]] = defaultdict(list)
    thresholds: dict[tuple[TagKind, str], float] = {}
    for one in sorted(found, key=lambda one: one.start):
        for owner in owners[one.entry]:
            word = text[one.start : one.end]
            evidence[owner.kind, owner.label].append(Evidence(one.start, one.end, f"word:{word}", owner.weight))
            thresholds[owner.kind, owner.label] = owner.threshold
    for (kind, label), spans in evidence.items():
        weight = round(sum({span.rule: span.weight for span in spans}.values()), 6)
        if weight >= thresholds[kind, label]:
            yield Tag(kind, label, weight, tuple(spans))
