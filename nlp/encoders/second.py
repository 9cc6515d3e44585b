"""The second opinion: where a head is unsure, an encoder is asked, and both are weighed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.encoders.encoder import Encoder
from nlp.encoders.opinion import Opinion
from nlp.heads.head import Floats, softmax

_TINY, _ONE = np.float32(1e-6), np.float32(1)


def second_opinion(
    texts: Sequence[str],
    probabilities: Floats,
    *,
    labels: Sequence[str],
    opinion: Opinion,
    encoder: Encoder,
    unsure: float,
    share: float | None = None,
) -> Floats:
    """(texts, labels) probabilities; rows whose best one is at least ``unsure`` are as they were, and cost nothing.

    ``labels`` are the columns. ``share`` (0-1) is what the opinion counts for; its own where None. Labels that the
    opinion does not know keep the probability the head gave them. Equal texts are encoded once.
    """
    rows = np.flatnonzero(probabilities.max(axis=1) < unsure).tolist() if probabilities.size else []
    columns, known = _shared(labels, opinion.labels)
    if not rows or len(columns) < 2:  # noqa: PLR2004 (a choice has two sides)
        return probabilities
    firsts = {text: number for number, text in enumerate(dict.fromkeys(texts[row] for row in rows))}
    said = opinion.probabilities(encoder.encode(list(firsts)))[:, known]
    weight = opinion.share if share is None else share
    mixed = probabilities.copy()
    here = np.ix_(np.array(rows), columns)
    own = probabilities[here]
    numbers = [firsts[texts[row]] for row in rows]
    mixed[here] = pooled(own, said[numbers], share=weight) * own.sum(axis=1, keepdims=True)
    return mixed


def pooled(head: Floats, opinion: Floats, *, share: float) -> Floats:
    """The weighted geometric mean of two (texts, labels) tables of probabilities, rows summing to 1."""
    power = np.float32(share)
    ours: Floats = np.log(np.maximum(head, _TINY)) * (_ONE - power)
    theirs: Floats = np.log(np.maximum(opinion, _TINY)) * power
    return softmax(ours + theirs)


def _shared(labels: Sequence[str], known: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers of the labels that both know, in the one's columns and in the other's."""
    both = [(number, known.index(label)) for number, label in enumerate(labels) if label in known]
    return np.array([one for one, _ in both], np.int64), np.array([two for _, two in both], np.int64)
