"""What a head answers to texts, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nlp.grams import grams_of
from nlp.heads.classifier import Classifier
from nlp.heads.flags import RuleFlags, aligned
from nlp.heads.head import Floats, Head
from nlp.normal import batch

Probabilities = Callable[[Sequence[str]], tuple[tuple[str, ...], Floats]]
"""Texts to labels and (texts, labels) probabilities."""

_AT_ONCE = 4096


def probabilities_of(head: Classifier, flags_of: RuleFlags) -> Probabilities:
    """A head as a function of texts."""

    def answer(texts: Sequence[str]) -> tuple[tuple[str, ...], Floats]:
        parts = [_some(head, flags_of, texts[start : start + _AT_ONCE]) for start in range(0, len(texts), _AT_ONCE)]
        return head.labels, np.concatenate([np.zeros((0, len(head.labels)), np.float32), *parts])

    return answer


def _some(head: Classifier, flags_of: RuleFlags, texts: Sequence[str]) -> Floats:
    joined = batch(texts)
    if not isinstance(head, Head):
        return head.shares(joined, grams_of(joined))
    flags, names = flags_of(texts)
    return head.probabilities(head.scores(grams_of(joined), aligned(flags, names, wanted=head.flags)))
