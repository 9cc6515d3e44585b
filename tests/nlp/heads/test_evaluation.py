"""The figures, checked by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from nlp.heads.evaluation import calibration_error, evaluate, macro_f1

LABELS = ("a", "b", "c")
ROWS = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 2)), min_size=1, max_size=60)


def shares(*said: int, sure: float = 0.8) -> np.ndarray:
    """Probabilities that say these numbers."""
    made = np.full((len(said), 3), (1 - sure) / 2)
    made[np.arange(len(said)), said] = sure
    return made


def test_figures_by_hand() -> None:
    """Two of three right."""
    found = evaluate(["a", "a", "b"], LABELS, shares(0, 1, 1))
    assert (found.rows, found.accuracy, found.macro_f1) == (3, pytest.approx(2 / 3), pytest.approx(2 / 3))
    a, b = found.by_label
    assert (a.label, a.precision, a.recall, a.support) == ("a", 1.0, 0.5, 2)
    assert (b.label, b.precision, b.recall, b.support) == ("b", 0.5, 1.0, 1)
    assert found.calibration_error == pytest.approx(0.8 - 2 / 3)


@given(ROWS)
def test_figures_are_those_of_scikit_learn(rows: list[tuple[str, int]]) -> None:
    """Also for labels that the head does not know."""
    truth = [label for label, _ in rows]
    said = [LABELS[number] for _, number in rows]
    found = evaluate(truth, LABELS, shares(*(number for _, number in rows)))
    options = {"labels": sorted(set(truth)), "average": "macro", "zero_division": 0}
    assert found.accuracy == pytest.approx(accuracy_score(truth, said))
    assert found.macro_f1 == pytest.approx(f1_score(truth, said, **options))
    occurring = [one for one in found.by_label if one.support]
    assert np.mean([one.precision for one in occurring]) == pytest.approx(precision_score(truth, said, **options))
    assert np.mean([one.recall for one in occurring]) == pytest.approx(recall_score(truth, said, **options))


def test_a_label_only_said_has_figures_but_no_part_in_the_mean() -> None:
    """macro-F1 is over labels that occur in the truth."""
    found = evaluate(["a", "a"], LABELS, shares(0, 2))
    assert [(one.label, one.support) for one in found.by_label] == [("a", 2), ("c", 0)]
    assert found.macro_f1 == pytest.approx(2 / 3)


def test_an_unknown_label_is_always_missed() -> None:
    """Its rows count as wrong."""
    found = evaluate(["new", "a"], LABELS, shares(0, 0))
    assert found.accuracy == 0.5
    assert next(one for one in found.by_label if one.label == "new").recall == 0


def test_leads_are_joined() -> None:
    """To mistake one kind of lead for another costs nothing there."""
    labels = ("chat_other", "price_inquiry", "purchase_intent")
    found = evaluate(["purchase_intent", "chat_other", "chat_other"], labels, shares(1, 0, 1))
    assert found.lead_f1 == pytest.approx(2 / 3)
    assert evaluate(["a"], LABELS, shares(0)).lead_f1 is None


def test_the_worst_mistakes_come_first() -> None:
    """By how surely the wrong label was said; as many as asked for."""
    made = np.array([[0.6, 0.4, 0], [0.9, 0.1, 0], [0.1, 0.9, 0], [0.7, 0.3, 0]])
    found = evaluate(["b", "b", "b", "b"], LABELS, made, worst=2)
    assert [(one.row, one.said, one.probability) for one in found.mistakes] == [(1, "a", 0.9), (3, "a", 0.7)]


def test_no_rows_give_zeros() -> None:
    """Nothing is divided by nothing."""
    assert evaluate([], LABELS, np.zeros((0, 3))).rows == 0
    assert macro_f1(np.array([], int), np.array([], int)) == 0


@pytest.mark.parametrize(
    ("sure", "right", "error"),
    [([1.0, 1.0], [1, 1], 0.0), ([1.0, 1.0], [1, 0], 0.5), ([0.9, 0.5], [1, 1], 0.3), ([0.7, 0.7], [1, 0], 0.2)],
)
def test_calibration_error(sure: list[float], right: list[int], error: float) -> None:
    """Bin by bin, the last one holds 1."""
    assert calibration_error(np.array(sure), np.array(right, bool)) == pytest.approx(error)
