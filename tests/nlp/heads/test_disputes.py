"""Which rows are not believed."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nlp.heads.disputes import GAP, SHARE, accepted
from nlp.heads.machine import Recipe
from nlp.heads.training import train
from tests.nlp.heads.conftest import examples, made_rows, said

SCORES = st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2), st.integers(0, 1)), min_size=1, max_size=40)


def test_a_label_far_below_the_best_one_is_disputed() -> None:
    """A little below is believed."""
    scores = np.array([[1.0, 0.0], [0.9, 0.8], [0.9, -0.5], [0.0, 1.0]], np.float32)
    assert accepted(scores, np.array([0, 1, 1, 1])).tolist() == [True, True, False, True]


def test_a_rare_label_keeps_its_best_rows() -> None:
    """Also where all of them look wrong."""
    scores = np.array([[1, 0.1], [1, -0.5], [1, 0.0], [1, -0.9], [1, -1.0]], np.float32)
    assert accepted(scores, np.array([1, 1, 1, 1, 1])).tolist() == [True, False, True, False, False]


@given(SCORES)
def test_every_label_stays_alive(rows: list[tuple[float, float, int]]) -> None:
    """At least its share; and whatever is best stays."""
    scores = np.array([row[:2] for row in rows], np.float32)
    numbers = np.array([row[2] for row in rows])
    kept = accepted(scores, numbers)
    for number in set(numbers.tolist()):
        assert kept[numbers == number].mean() >= SHARE
    best = scores[np.arange(len(rows)), numbers] >= scores.max(axis=1) - np.float32(GAP / 2)
    assert kept[best].all()


def test_the_filter_finds_wrong_labels_and_learns_better() -> None:
    """Of a set with two wrong labels in five, most wrong rows go, few right ones do."""
    texts, written, real = made_rows(600, wrong=0.6)
    filtered = train(examples(texts, written), recipe=Recipe(filtered=True))
    wrong = np.array([one != other for one, other in zip(written, real, strict=True)])
    assert filtered.kept[~wrong].mean() > 0.9
    assert filtered.kept[wrong].mean() < 0.5
    fresh, _, truth = made_rows(300, seed=2)
    plain = train(examples(texts, written)).head

    def right(answers: list[str]) -> float:
        return float(np.mean([one == other for one, other in zip(answers, truth, strict=True)]))

    assert right(said(filtered.head, fresh)) >= right(said(plain, fresh))
