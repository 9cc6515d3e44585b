"""Everything a team configured, compiled into one bundle: both doors, spaCy's and the bulk one, read with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict
from scipy import sparse

from nlp.encoders.asking import SecondOpinion
from nlp.entities import Lexicon, LexiconEntry
from nlp.grams import grams_of
from nlp.heads.classifier import Classifier
from nlp.heads.head import Floats, Head
from nlp.intents import IntentJudge
from nlp.normal import Batch, batch
from nlp.optout import SURE as OPT_OUT_SURE
from nlp.optout import ingredients as opt_out_ingredients
from nlp.optout import rulebook as opt_out_rulebook
from nlp.phrases import Edges, PhraseBook, standing
from nlp.readings import Readings
from nlp.replies import ReplyReader
from nlp.rulebook import Rule, Rulebook
from nlp.rules import Intents, Topics, Words
from nlp.scanner import Scanner
from nlp.segmenter import Segmenter

CODE_VERSION = "3"
"""Raised when the code would tag the same text differently under the same rules."""

TEXT_LIMIT = 100_000
"""Characters of a text that are read; a longer one is tagged by its beginning."""

_AT_ONCE = 4096
"""Texts of which flags are made at once."""


class Spec(BaseModel):
    """What a bundle is compiled from, besides heads."""

    model_config = ConfigDict(frozen=True)

    topics: Topics
    intents: Intents
    words: Words = Words()
    places: tuple[str, ...] = ()


class Bundle:
    """Compiled rules, words and heads: ``heads`` by name ("intents", "topics", "sentiment").

    ``second`` is asked about the intents of texts of which the head is unsure: slow, and None by default.
    """

    def __init__(self, spec: Spec, heads: Mapping[str, Classifier], *, second: SecondOpinion | None = None) -> None:
        self.spec = spec
        self.second = second
        self.heads = dict(heads) if spec.intents.head != "none" else {k: v for k, v in heads.items() if k != "intents"}
        self.rulebook = Rulebook([Rule.of(one, owner=part.name) for part in spec.intents.ruled for one in part.rules])
        self.judge = IntentJudge(spec.intents, self.rulebook, _linear(self.heads.get("intents")))
        phrases = PhraseBook(spec.topics, spec.words, spec.places)
        self._opt_outs = opt_out_rulebook()
        self._scanner = Scanner([*phrases.owners, *self.rulebook.literals(), *self._opt_outs.literals()])
        self._wiring, self._opt_out_wiring = self.rulebook.wired(self._scanner), self._opt_outs.wired(self._scanner)
        self.owners = phrases.wired(self._scanner)
        self._owned = np.array([bool(owners) for owners in self.owners], bool)
        self._phrases = phrases

    @cached_property
    def topic_names(self) -> frozenset[str]:
        """The topics that the team has; a head may know others."""
        return frozenset(topic.name for topic in self.spec.topics.topics)

    @cached_property
    def segmenter(self) -> Segmenter:
        """The engine that cuts words, with every phrase and name in its dictionary."""
        names = (said for said, _ in self.lexicon.names())
        return Segmenter([*self._phrases.owners, *names], engine=self.spec.topics.segmenter)

    @cached_property
    def lexicon(self) -> Lexicon:
        """The team's brands, products and competitors."""
        words = self.spec.words
        named = (("brand", words.brands), ("product", words.products), ("competitor", words.competitors))
        return Lexicon(LexiconEntry(kind, one.name, tuple(one.also)) for kind, entries in named for one in entries)  # type: ignore[arg-type]

    @cached_property
    def replies(self) -> ReplyReader:
        """What an answer means by what it answers."""
        return ReplyReader(self.spec.intents.replies)

    def read(
        self,
        texts: Sequence[str],
        *,
        answers: Sequence[str | None] | None = None,
        days: Sequence[date | None] | None = None,
        edges: Edges | None = None,
    ) -> Readings:
        """Every text read: the bulk door.

        ``answers``: what each text answers, ``days``: when it was written. ``edges`` tells the words' edges where the
        caller has cut the words already (the spaCy door).
        """
        texts = [text[:TEXT_LIMIT] for text in texts]
        joined = batch(texts)
        hits = self._scanner.find(joined)
        flags = self.rulebook.flags(joined, hits, self._wiring)
        grams = grams_of(joined)
        edges = edges or self._edges_of(joined)
        words = standing(joined, hits, self._owned, edges, is_part=self._is_part)
        weighed = self.judge.weigh(grams, flags)
        if self.second is not None and self.judge.learned:
            weighed = self._second(texts, weighed, flags)
        weighed = self.judge.settled(weighed)
        asking = np.diff(self._opt_outs.flags(joined, hits, self._opt_out_wiring).indptr) > 0
        readings = Readings(
            self,
            originals=texts,
            texts=joined,
            grams=grams,
            flags=flags,
            words=words,
            weighed=weighed,
            days=days,
            asking=asking,
        )
        return readings if answers is None else readings.answering(answers)

    def _second(self, texts: Sequence[str], weighed: Floats, flags: sparse.csr_matrix) -> Floats:
        known = self.judge.learned
        assert self.second is not None
        weighed[:, :known] = self.second.mixed(texts, weighed[:, :known], labels=self.judge.labels[:known])
        return self.judge.block(weighed, flags)

    def flags(self, texts: Sequence[str]) -> tuple[sparse.csr_matrix, tuple[str, ...]]:
        """(texts, rules), 1 where a rule is found, and the rules' ids: what a head of intents learns beside n-grams."""
        parts = [self._flags(texts[start : start + _AT_ONCE]) for start in range(0, max(1, len(texts)), _AT_ONCE)]
        return sparse.vstack(parts, format="csr"), tuple(rule.id for rule in self.rulebook.rules)

    def _flags(self, texts: Sequence[str]) -> sparse.csr_matrix:
        joined = batch([text[:TEXT_LIMIT] for text in texts])
        return self.rulebook.flags(joined, self._scanner.find(joined), self._wiring)

    def _is_part(self, word: str, start: int, end: int) -> bool:
        return self.segmenter.is_part(word, start, end)

    def _edges_of(self, joined: Batch) -> Edges:
        return lambda number: self.segmenter.edges(joined.part(number))

    @cached_property
    def version(self) -> str:
        """Twelve hex digits that change whenever anything changes that a tag could depend on; a title is none of it."""
        return _digest(self.ingredients)[:12]

    @cached_property
    def ingredients(self) -> dict[str, Any]:
        """What the version is made of: ``core`` touches every text, the others only those they are found in."""
        intents = {one.name: one.threshold for one in self.spec.intents.intents}
        return {
            "core": _digest(self._core()),
            "words": self._word_digests(),
            "opt_out": opt_out_ingredients(),
            "rules": {
                rule.id: [rule.expression.pattern, rule.owner, rule.weight, intents.get(rule.owner)]
                for rule in self.rulebook.rules
            },
        }

    def _core(self) -> list[Any]:
        intents, topics = self.spec.intents, self.spec.topics
        settings = intents.model_dump(include={"head", "encoder", "unsure", "also", "replies"})
        return [
            CODE_VERSION,
            [topics.segmenter, topics.sure, sorted(self.topic_names) if "topics" in self.heads else []],
            settings,
            sorted((intent.name, intent.sure) for intent in intents.intents),
            {guard.name: sorted(guard.blocks) for guard in intents.guards},
            {name: head.digest for name, head in sorted(self.heads.items())},
            OPT_OUT_SURE,
            self.second and self.second.version,
        ]

    def _word_digests(self) -> dict[str, str]:
        owners = {
            word: [[one.kind, one.label, one.weight, one.threshold] for one in owned]
            for word, owned in self._phrases.owners.items()
        }
        for said, meant in self.lexicon.names():
            owners.setdefault(said, []).append([*meant])
        return {word: _digest(sorted(map(str, owned)))[:8] for word, owned in sorted(owners.items())}


def _linear(head: Classifier | None) -> Head | None:
    if head is None or isinstance(head, Head):
        return head
    raise ValueError("intents are read by a linear head: rules are weighed beside its n-grams")


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode("utf-8")).hexdigest()
