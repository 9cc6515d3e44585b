"""Training an opinion, and how much it counts beside a head: both by what they say of examples they have not seen.

The combination is a weighted geometric mean of probabilities (Genest and Zidek 1986, "Combining Probability
Distributions": the logarithmic pool), its weight fitted by likelihood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from nlp.encoders.encoder import Encoder, Vectors
from nlp.encoders.opinion import PROBES, Opinion
from nlp.encoders.second import pooled
from nlp.heads.head import Floats, softmax
from nlp.heads.training import FOLDS, LEAST_ROWS, fit_temperature

_SEED = 7
_TINY = 1e-9
_STEPS = 400

Numbers = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Lessons:
    """What an opinion learns from: (texts, dimensions) vectors, labels, and how much each text counts.

    ``head`` (texts, labels sorted) is what the head beside it says of each text without having seen it.
    ``judged`` marks the texts, like those to come, that temperature and share are fitted on; all if None.
    """

    vectors: Vectors
    labels: Sequence[str]
    head: Floats
    weights: NDArray[np.float64] | None = None
    judged: NDArray[np.bool_] | None = None


def learn(lessons: Lessons, *, encoder: Encoder, cost: float = 3.0, about: Mapping[str, Any] | None = None) -> Opinion:
    """A calibrated opinion whose labels are those of the lessons, sorted.

    Rare labels count as much as common ones: how common each is, the head already says, and said twice it costs the
    rare ones their recall. ``cost`` is for vectors whose mean square distance from their mean is 1, so that one value
    does for all encoders. :class:`ValueError` for fewer than two labels or too few rows of one.
    """
    _check(lessons)
    labels, numbers = np.unique(np.array(lessons.labels), return_inverse=True)
    middle, spread = _place(lessons.vectors)
    centred = (lessons.vectors - middle) / spread
    machine = LogisticRegression(C=cost, class_weight="balanced", max_iter=_STEPS, tol=1e-3)
    machine.fit(centred, numbers, sample_weight=lessons.weights)
    judged = np.ones(len(numbers), bool) if lessons.judged is None else lessons.judged
    unseen = _unseen(machine, centred, numbers, lessons.weights)[judged]
    temperature = fit_temperature(unseen, numbers[judged])
    said = softmax(unseen * np.float32(temperature))
    share = fit_share(lessons.head[judged], said, numbers[judged])
    weights = _columns(machine.coef_.T.astype(np.float32)) / spread
    bias = _columns(machine.intercept_[None, :].astype(np.float32))[0] - middle @ weights
    names = tuple(map(str, labels))
    return Opinion(names, weights, bias, temperature, share, encoder.name, encoder.encode(PROBES), about or {})


def fit_share(head: Floats, opinion: Floats, numbers: Numbers) -> float:
    """The share of an opinion (0-1) under which the combination is likeliest to say the true labels' numbers.

    Both are (texts, labels) probabilities of texts that neither had seen.
    """

    def loss(share: float) -> float:
        shares = pooled(head, opinion, share=share)
        return float(-np.log(np.maximum(shares[np.arange(len(numbers)), numbers], _TINY)).mean())

    return round(float(minimize_scalar(loss, bounds=(0.0, 1.0), method="bounded").x), 3)


def _check(lessons: Lessons) -> None:
    counts = Counter(lessons.labels)
    rare = sorted(label for label, count in counts.items() if count < LEAST_ROWS)
    if len(counts) < 2 or rare:  # noqa: PLR2004 (a choice has two sides)
        raise ValueError(f"each of at least two labels needs {LEAST_ROWS} rows; too few: {', '.join(rare) or counts}")
    if lessons.head.shape != (len(lessons.labels), len(counts)) or len(lessons.vectors) != len(lessons.labels):
        raise ValueError("vectors, labels and the head's probabilities are not of the same texts and labels")


def _place(vectors: Vectors) -> tuple[Floats, np.float32]:
    middle: Floats = vectors.mean(axis=0)
    spread = np.float32(np.sqrt(np.square(vectors - middle).sum(axis=1).mean()))
    return middle, np.maximum(spread, np.float32(1e-6))


def _unseen(machine: Any, vectors: Vectors, numbers: Numbers, weights: NDArray[np.float64] | None) -> Floats:
    folds = StratifiedKFold(min(FOLDS, int(np.bincount(numbers).min())), shuffle=True, random_state=_SEED)
    params = {} if weights is None else {"sample_weight": weights}
    scores = cross_val_predict(machine, vectors, numbers, cv=folds, method="decision_function", params=params)
    return _columns(scores.astype(np.float32).reshape(len(numbers), -1))


def _columns(scores: Floats) -> Floats:
    """A machine of two labels gives one column: the second label's."""
    if scores.shape[1] > 1:
        return scores
    half = scores / np.float32(2)
    both: Floats = np.hstack([-half, half])
    return both
