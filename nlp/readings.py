"""What was read in a batch: labels of all texts at once, and any text's tags with their evidence when asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from nlp.contacts import find_contacts, suspects
from nlp.entities import Entity, find_entities, may_hold_entities
from nlp.grams import Grams
from nlp.heads.classifier import Classifier
from nlp.heads.head import Floats
from nlp.normal import Batch
from nlp.optout import LABEL as OPT_OUT
from nlp.optout import LONGEST, SURE, limited, opt_out_tag, wants_contact
from nlp.phrases import Standing, phrase_tags
from nlp.tags import Evidence, Tag, Tagging
from nlp.validity import emptiness

if TYPE_CHECKING:
    from nlp.bundle import Bundle

_GRAMS_SHOWN = 5
_NEUTRAL = "neu"
_SPAM = "spam_ad"


class Readings(Sequence[Tagging]):
    """One batch read; ``weighed`` is (texts, ``bundle.judge.labels``), ``asking`` (texts,): who may opt out."""

    def __init__(
        self,
        bundle: Bundle,
        *,
        originals: Sequence[str],
        texts: Batch,
        grams: Grams,
        flags: sparse.csr_matrix,
        words: dict[int, list[Standing]],
        weighed: Floats,
        days: Sequence[date | None] | None,
        asking: np.ndarray,
    ) -> None:
        self._bundle, self._originals, self._texts = bundle, originals, texts
        self._grams, self._flags, self._words = grams, flags, words
        self.weighed, self._days, self._asking = weighed, days, asking
        self._inherited: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def __getitem__(self, number: int) -> Tagging:  # type: ignore[override]
        """Everything found in one text."""
        number = range(len(self))[number]
        text = self._texts.part(number)
        contacts = find_contacts(self._originals[number]) if self.suspects[number] else ()
        tags = (*self._tags(number, text), *self._entities(number, text))
        return Tagging(tuple({(tag.kind, tag.label): tag for tag in reversed(tags)}.values())[::-1], contacts)

    @cached_property
    def suspects(self) -> np.ndarray:
        """(texts,) bool: which may hold a contact detail."""
        return suspects(self._texts.codes, self._texts.starts)

    @cached_property
    def intents(self) -> np.ndarray:
        """(texts, labels) bool: the intents given."""
        return self._bundle.judge.given(self.weighed, self._flags)

    @cached_property
    def topics(self) -> Floats:
        """(texts, the topic head's labels) probabilities; no columns without a head."""
        return self._by_head("topics")

    @cached_property
    def sentiments(self) -> Floats:
        """(texts, the sentiment head's labels) probabilities; no columns without a head."""
        return self._by_head("sentiment")

    @cached_property
    def opt_outs(self) -> Floats:
        """(texts,) the head's probabilities that the writer asks not to be contacted; 0 for long texts."""
        head = self._bundle.heads.get(OPT_OUT)
        if head is None:
            return np.zeros(len(self), np.float32)
        short = self._texts.ends - self._texts.starts <= LONGEST
        return np.where(short, self._by_head(OPT_OUT)[:, head.labels.index(OPT_OUT)], 0)

    def _by_head(self, name: str) -> Floats:
        head = self._bundle.heads.get(name)
        if head is None:
            return np.zeros((len(self), 0), np.float32)
        return head.shares(self._texts, self._grams)

    def answering(self, answers: Sequence[str | None]) -> Readings:
        """The same, with answers that say nothing by themselves read by what they answer."""
        for number, answered in enumerate(answers):
            if answered:
                self._answer(number, answered)
        return self

    def _answer(self, number: int, answered: str) -> None:
        meaning = self._bundle.replies.meaning(self._texts.part(number), answered)
        judge = self._bundle.judge
        if meaning is None:
            return
        if meaning.intent is None:
            self.weighed[number] = self._bundle.read([answered]).weighed[0]
        else:
            self.weighed[number] = judge.taken(self.weighed[number], meaning.intent)
        self._inherited[number] = meaning.rule

    def _tags(self, number: int, text: str) -> Iterator[Tag]:
        found = list(phrase_tags(text, self._words.get(number, ()), self._bundle.owners))
        yield from found
        yield from self._topic_of_head(number, text, known={tag.label for tag in found if tag.kind == "topic"})
        rules = self._flags.indices[self._flags.indptr[number] : self._flags.indptr[number + 1]].tolist()
        yield from self._intent_tags(number, text, rules)
        yield from self._opt_out(number, text)
        yield from self._guard_tags(text, rules)
        yield from self._sentiment(number, text)
        yield from self._validity(number, text)

    def _topic_of_head(self, number: int, text: str, *, known: set[str]) -> Iterator[Tag]:
        if self.topics.shape[1]:
            head, share = self._bundle.heads["topics"], _rounded(self.topics[number].max())
            label = head.labels[int(self.topics[number].argmax())]
            wanted = label in self._bundle.topic_names and label not in known
            if share >= self._bundle.spec.topics.sure and wanted and text.strip():
                yield Tag("topic", label, share, self._strongest(head, number, label))

    def _intent_tags(self, number: int, text: str, rules: list[int]) -> Iterator[Tag]:
        judge = self._bundle.judge
        for column in np.flatnonzero(self.intents[number]).tolist():
            label = judge.labels[column]
            spans = self._bundle.rulebook.evidence(text, [rule for rule in rules if judge.weights[rule, column]])
            weighed = [self._weighed(one, column) for one in spans]
            grams = self._strongest(judge.head, number, label) if judge.head and column < judge.learned else ()
            reply = [Evidence(0, len(text), self._inherited[number], 1.0)] if number in self._inherited else []
            yield Tag("intent", label, _rounded(self.weighed[number, column]), (*reply, *weighed, *grams))

    def _weighed(self, evidence: Evidence, column: int) -> Evidence:
        weight = self._bundle.judge.weights[self._bundle.rulebook.number(evidence.rule), column]
        return Evidence(evidence.start, evidence.end, evidence.rule, _rounded(weight))

    def _opt_out(self, number: int, text: str) -> Iterator[Tag]:
        """By our rules or our head: the same for every team."""
        found = opt_out_tag(text) if self._asking[number] else None
        if found is not None:
            yield found
        elif self.opt_outs[number] >= SURE and not (wants_contact(text) or limited(text)):
            head = self._bundle.heads[OPT_OUT]
            yield Tag("guard", OPT_OUT, _rounded(self.opt_outs[number]), self._strongest(head, number, OPT_OUT))

    def _guard_tags(self, text: str, rules: list[int]) -> Iterator[Tag]:
        for guard in self._bundle.spec.intents.guards:
            own = [rule for rule in rules if self._bundle.rulebook.rules[rule].owner == guard.name]
            if own:
                evidence = self._bundle.rulebook.evidence(text, own)
                yield Tag("guard", guard.name, sum(one.weight for one in evidence), tuple(evidence))

    def _sentiment(self, number: int, text: str) -> Iterator[Tag]:
        if self.sentiments.shape[1] and text.strip():
            head = self._bundle.heads["sentiment"]
            label = head.labels[int(self.sentiments[number].argmax())]
            if label != _NEUTRAL:
                yield Tag(
                    "sentiment", label, _rounded(self.sentiments[number].max()), self._strongest(head, number, label)
                )

    def _validity(self, number: int, text: str) -> Iterator[Tag]:
        labels = self._bundle.judge.labels
        reason = emptiness(text)
        if reason is None and _SPAM in labels and self.intents[number, labels.index(_SPAM)]:
            reason = "spam"
        if reason is not None:
            yield Tag("validity", reason, 1.0, ())

    def _entities(self, number: int, text: str) -> Iterator[Tag]:
        lexicon = self._bundle.lexicon
        if not may_hold_entities(text, lexicon=lexicon):
            return
        day = self._days[number] if self._days else None
        edges = self._bundle.segmenter.edges(text)
        found: dict[tuple[str, str], list[Entity]] = {}
        for one in find_entities(text, lexicon=lexicon, today=day, boundaries=edges):
            found.setdefault((one.kind, one.value), []).append(one)
        for spans in found.values():
            yield _entity_tag(spans)

    def _strongest(self, head: Classifier, number: int, label: str) -> tuple[Evidence, ...]:
        text, offset = self._texts.part(number), int(self._texts.starts[number])
        found = head.strongest(self._grams.of(number), label, most=_GRAMS_SHOWN)
        spans = ((self._grams.span(number, gram), weight) for gram, weight in found)
        return tuple(_gram(text, start - offset, end - offset, weight) for (start, end), weight in spans)


def _rounded(number: float | np.floating) -> float:
    return round(float(number), 4)


def _entity_tag(spans: Sequence[Entity]) -> Tag:
    evidence = tuple(Evidence(one.start, one.end, one.rule, 1.0) for one in spans)
    return Tag(spans[0].kind, spans[0].value, 1.0, evidence)


def _gram(text: str, start: int, end: int, weight: float) -> Evidence:
    """An n-gram as evidence; an edge of the text that belongs to it is shown as ^ or $."""
    first, last = max(0, start), min(len(text), end)
    shown = f"{'^' if start < 0 else ''}{text[first:last]}{'$' if end > len(text) else ''}"
    return Evidence(first, last, f"gram:{shown}", round(weight, 4))
