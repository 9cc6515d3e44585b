"""The spaCy pipeline built from ``config.cfg`` and a team's rules, and the tagger that the stages use."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import spacy
from spacy.language import Language
from thinc.api import Config

from nlp import components, tokenizer
from nlp.rules import Intents, Topics
from nlp.tags import Tagging

CODE_VERSION = "1"
"""Raised when the code would tag the same text differently under the same rules."""

TEXT_LIMIT = 100_000
"""Characters of a text that are read; a longer one is tagged by its beginning."""

_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, which spaCy cannot keep

_REGISTERED = (components, tokenizer)


def configuration(topics: Topics, intents: Intents, *, places: Sequence[str]) -> Config:
    """``config.cfg`` with the team's words and rules in it."""
    config = Config().from_str((files("nlp") / "config.cfg").read_text(encoding="utf-8"))
    words = [*topics.words, *places, *(word for topic in topics.topics for word in topic.words)]
    config["nlp"]["tokenizer"]["words"] = sorted(set(words))
    config["components"]["topics"]["topics"] = [topic.model_dump() for topic in topics.topics]
    config["components"]["places"]["places"] = sorted(set(places))
    config["components"]["intents"]["intents"] = [intent.model_dump() for intent in intents.intents]
    return config


def rules_version(config: Config) -> str:
    """Twelve hex digits that change whenever a rule, a word or the code changes; a title is none of these."""
    rules = json.loads(json.dumps(config), object_hook=_without_title)
    text = json.dumps([CODE_VERSION, rules], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def _without_title(rule: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name != "title"}


@dataclass(frozen=True, slots=True)
class Tagger:
    """A pipeline and the version of the rules in it."""

    language: Language
    version: str

    def tag(self, texts: Iterable[str]) -> Iterator[Tagging]:
        """What is found in each text, in order."""
        shortened = (_SURROGATE.sub("\ufffd", text[:TEXT_LIMIT]) for text in texts)
        for doc in self.language.pipe(shortened):
            yield Tagging(tuple(doc._.tags), tuple(doc._.contacts))


def build_tagger(topics: Topics, intents: Intents, *, places: Sequence[str]) -> Tagger:
    """The tagger for a team's rules; about a second, for jieba's dictionary."""
    config = configuration(topics, intents, places=places)
    language: Any = spacy.util.load_model_from_config(config, auto_fill=True, validate=True)
    return Tagger(language, rules_version(config))
