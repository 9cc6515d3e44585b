"""spaCy's ``TextCategorizer`` over our words, calibrated, asked as a linear head is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.pipeline import TextCategorizer
from spacy.tokens import Doc
from thinc.api import Config

from nlp import tokenizer
from nlp.grams import Grams, Hashes
from nlp.heads.head import Floats, softmax
from nlp.normal import Batch
from nlp.segmenter import Segmenter

READ = 2_000
"""Characters of a text that are read: what it is about is said by then."""
PIPE = "textcat"
"""The component's name in its pipeline."""
_AT_ONCE = 256
_LEAST = np.float32(1e-9)
_REGISTERED = (tokenizer,)
_CONFIG = """
[nlp]
lang = "zh"
pipeline = ["textcat"]

[nlp.tokenizer]
@tokenizers = "yinliu.Tokenizer.v2"
words = []
engine = "rjieba"

[components]

[components.textcat]
factory = "textcat"

[components.textcat.model]
@architectures = "spacy.TextCatBOW.v3"
exclusive_classes = true
ngram_size = 1
length = 262144
no_output_layer = false
"""


def new_language(segmenter: Segmenter | None = None) -> Language:
    """A pipeline with an untrained categorizer; without a segmenter it cuts by the dictionary alone."""
    language: Any = spacy.util.load_model_from_config(Config().from_str(_CONFIG), auto_fill=True)
    if segmenter is not None:
        language.tokenizer.segmenter = segmenter
    return language  # type: ignore[no-any-return]


def pipe_of(language: Language) -> TextCategorizer:
    """The categorizer of such a pipeline."""
    pipe: Any = language.get_pipe(PIPE)
    return pipe  # type: ignore[no-any-return]


@dataclass(frozen=True, eq=False)
class Categorizer:
    """A pipeline of :func:`new_language`, trained. ``about`` is what it was trained on, for people."""

    language: Language
    temperature: float
    about: Mapping[str, Any]
    _lock: Lock = field(default_factory=Lock, repr=False)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The columns of what it says."""
        return tuple(pipe_of(self.language).labels)

    @cached_property
    def digest(self) -> str:
        """Sixteen hex digits that differ for other labels, weights, words or another temperature."""
        known = hashlib.sha256(repr((self.labels, self.temperature, READ)).encode())
        cutter: Any = self.language.tokenizer
        known.update(cutter.to_bytes())
        for array in _weights(pipe_of(self.language)):
            known.update(np.ascontiguousarray(array).tobytes())
        return known.hexdigest()[:16]

    def shares(self, texts: Batch, grams: Grams) -> Floats:
        """(texts, labels) probabilities; it reads words, no n-grams."""
        return self.probabilities(self.scores([texts.part(number) for number in range(len(texts))]))

    def scores(self, texts: Sequence[str]) -> Floats:
        """(texts, labels): the logarithm of what spaCy says; the same for all labels of an empty text."""
        parts = [self._some(texts[start : start + _AT_ONCE]) for start in range(0, len(texts), _AT_ONCE)]
        return np.concatenate([np.zeros((0, len(self.labels)), np.float32), *parts])

    def probabilities(self, scores: Floats) -> Floats:
        """(texts, labels), each row summing to 1."""
        return softmax(scores * np.float32(self.temperature))

    def strongest(self, hashes: Hashes, label: str, *, most: int) -> list[tuple[int, float]]:
        """Nothing: it does not say why."""
        return []

    def _some(self, texts: Sequence[str]) -> Floats:
        with self._lock, self.language.memory_zone():  # new words are forgotten again
            docs = [self.language.tokenizer(text[:READ]) for text in texts]
            return logarithms(pipe_of(self.language), docs)


def logarithms(pipe: TextCategorizer, docs: Sequence[Doc]) -> Floats:
    """(docs, labels): the logarithm of a categorizer's shares; zeros for a Doc without words, whatever is beside it."""
    logs: Floats = np.log(np.maximum(pipe.predict(docs), _LEAST)).astype(np.float32)
    logs[[not len(doc) for doc in docs]] = 0
    return logs


def _weights(pipe: TextCategorizer) -> Iterator[Any]:
    for node in pipe.model.walk():
        for name in node.param_names:
            if node.has_param(name):
                yield node.get_param(name)
