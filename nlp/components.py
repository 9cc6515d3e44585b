"""The pipeline's components: each reads a Doc and adds tags with evidence to ``doc._.tags``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from nlp.contacts import find_contacts
from nlp.normal import comparable
from nlp.rules import IntentRule, TopicRule
from nlp.tags import Evidence, Tag, TagKind

Doc.set_extension("tags", default=(), force=True)
Doc.set_extension("contacts", default=(), force=True)


class WordTagger:
    """Gives a label when its words stand in the text as words: 衣服 is not found in 大衣服务."""

    def __init__(self, kind: TagKind, rules: list[TopicRule]) -> None:
        self._kind = kind
        self._rules = {rule.name: rule for rule in rules}
        self._owners: dict[str, list[str]] = defaultdict(list)
        for rule in rules:
            for word in dict.fromkeys(map(comparable, rule.words)):
                self._owners[word].append(rule.name)
        longest_first = sorted(self._owners, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def __call__(self, doc: Doc) -> Doc:
        """Add the labels whose words were found."""
        found: dict[str, list[Evidence]] = defaultdict(list)
        for match in self._pattern.finditer(comparable(doc.text)):
            start, word = match.start(), self._standing(doc, match)
            for name in self._owners.get(word, ()):
                found[name].append(Evidence(start, start + len(word), f"word:{word}", self._rules[name].weight))
        _add(doc, (self._tag(name, evidence) for name, evidence in found.items()))
        return doc

    def _standing(self, doc: Doc, match: re.Match[str]) -> str:
        """The longest word that begins here and ends where a word of the text ends; empty where none does."""
        ends = range(len(match[0]), 0, -1)
        words = (match[0][:end] for end in ends if doc.char_span(match.start(), match.start() + end) is not None)
        return next((word for word in words if word in self._owners), "")

    def _tag(self, name: str, evidence: list[Evidence]) -> Tag | None:
        once = {one.rule: one for one in reversed(evidence)}
        weight = sum(one.weight for one in once.values())
        return Tag(self._kind, name, weight, tuple(evidence)) if weight >= self._rules[name].threshold else None


class IntentTagger:
    """Gives an intent when the weights of its rules found in the text (each counted once) reach its threshold."""

    def __init__(self, rules: list[IntentRule]) -> None:
        self._intents = [(rule, [(one, re.compile(one.pattern)) for one in rule.rules]) for rule in rules]

    def __call__(self, doc: Doc) -> Doc:
        """Add the intents found."""
        text = comparable(doc.text)
        _add(doc, (self._tag(rule, patterns, text) for rule, patterns in self._intents))
        return doc

    @staticmethod
    def _tag(rule: IntentRule, patterns: list[tuple[Any, re.Pattern[str]]], text: str) -> Tag | None:
        hits = ((one, pattern.search(text)) for one, pattern in patterns)
        evidence = tuple(Evidence(*hit.span(), one.id, one.weight) for one, hit in hits if hit)
        weight = sum(one.weight for one in evidence)
        return Tag("intent", rule.name, weight, evidence) if evidence and weight >= rule.threshold else None


def _add(doc: Doc, tags: Iterable[Tag | None]) -> None:
    doc._.tags = (*doc._.tags, *(tag for tag in tags if tag is not None))


@Language.factory("yinliu_topics", default_config={"topics": []})
def create_topics(nlp: Language, name: str, topics: list[dict[str, Any]]) -> WordTagger:
    """Topics by ``topics.yaml``."""
    return WordTagger("topic", [TopicRule.model_validate(topic) for topic in topics])


@Language.factory("yinliu_places", default_config={"places": []})
def create_places(nlp: Language, name: str, places: list[str]) -> WordTagger:
    """Places that a community serves: each city is its own label, and 杭州市 and 杭州人 say 杭州 too."""
    rules = [
        TopicRule.model_construct(name=p, title=p, words=[p, f"{p}市", f"{p}人"], weight=1, threshold=1) for p in places
    ]
    return WordTagger("place", rules)


@Language.factory("yinliu_intents", default_config={"intents": []})
def create_intents(nlp: Language, name: str, intents: list[dict[str, Any]]) -> IntentTagger:
    """Intents by ``intents.yaml``."""
    return IntentTagger([IntentRule.model_validate(intent) for intent in intents])


@Language.component("yinliu_contacts")
def tag_contacts(doc: Doc) -> Doc:
    """Contact details left in the text, in ``doc._.contacts``."""
    doc._.contacts = find_contacts(doc.text)
    return doc
