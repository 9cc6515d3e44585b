"""Words of topics, places and the team's dictionary: found where they stand as words, 衣服 not in 大衣服务.

Topics' words and keywords also stand where they are a whole part of a longer word of the dictionary: 指南 in 选购指南.
A place does not: 北京 is not where somebody is who eats 北京烤鸭.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from nlp.normal import Batch, comparable, within_latin
from nlp.rules import Topics, Words
from nlp.scanner import Hits, Scanner
from nlp.segmenter import LONGEST_MADE
from nlp.tags import Evidence, Tag, TagKind

Edges = Callable[[int], frozenset[int]]
"""The offsets at which words of a batch's text begin or end, by the text's number."""
IsPart = Callable[[str, int, int], bool]
"""See :meth:`nlp.segmenter.Segmenter.is_part`."""


@dataclass(frozen=True, slots=True)
class Owner:
    """What a phrase speaks for, what it weighs, and the weight from which the label is given."""

    kind: TagKind
    label: str
    weight: float = 1.0
    threshold: float = 1.0


@dataclass(frozen=True, slots=True)
class Standing:
    """A phrase found in one text: its entry in the scanner, offsets in that text, whether it is part of a word."""

    entry: int
    start: int
    end: int
    part: bool = False


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


def standing(
    batch: Batch, hits: Hits, owned: np.ndarray, edges: Edges, *, is_part: IsPart
) -> dict[int, list[Standing]]:
    """The phrases (entries that are ``owned``) that stand as words or as whole parts of one, by text."""
    chosen = np.flatnonzero(owned[hits.entries])
    found: dict[int, list[Standing]] = defaultdict(list)
    before, ends = -1, frozenset[int]()
    for entry, text, start, end in zip(
        *(column[chosen].tolist() for column in (hits.entries, hits.texts, hits.starts, hits.ends)), strict=True
    ):
        if text != before:
            before, ends = text, edges(text)
        if within_latin(batch.text, start) or within_latin(batch.text, end):
            continue
        offset = int(batch.starts[text])
        if start - offset in ends and end - offset in ends:
            found[text].append(Standing(entry, start - offset, end - offset))
        elif (around := _word_around(start - offset, end - offset, ends)) is not None:
            first, last = around[0] + offset, around[1] + offset
            if is_part(batch.text[first:last], start - first, end - first):
                found[text].append(Standing(entry, start - offset, end - offset, part=True))
    return found


def _word_around(start: int, end: int, edges: frozenset[int]) -> tuple[int, int] | None:
    """The one word that holds this span; None where an edge lies in it or no edge is near."""
    if any(offset in edges for offset in range(start + 1, end)):
        return None
    first = next((offset for offset in range(start, start - LONGEST_MADE, -1) if offset in edges), None)
    last = next((offset for offset in range(end, end + LONGEST_MADE) if offset in edges), None)
    return None if first is None or last is None else (first, last)


def phrase_tags(text: str, found: Iterable[Standing], owners: list[list[Owner]]) -> Iterator[Tag]:
    """The labels whose phrases weigh enough; a phrase counts once however often it stands there."""
    evidence: dict[tuple[TagKind, str], list[Evidence]] = defaultdict(list)
    thresholds: dict[tuple[TagKind, str], float] = {}
    for one in sorted(found, key=lambda one: one.start):
        for owner in owners[one.entry]:
            if one.part and owner.kind == "place":
                continue
            word = text[one.start : one.end]
            evidence[owner.kind, owner.label].append(Evidence(one.start, one.end, f"word:{word}", owner.weight))
            thresholds[owner.kind, owner.label] = owner.threshold
    for (kind, label), spans in evidence.items():
        weight = round(sum({span.rule: span.weight for span in spans}.values()), 6)
        if weight >= thresholds[kind, label]:
            yield Tag(kind, label, weight, tuple(spans))
