"""Which of two heads is better, and that neither is asked about what it has learnt by heart."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from nlp.heads.examination import TOLERANCE, Verdict, examine, remembered, without_memory
from nlp.heads.flags import aligned, no_flags
from nlp.heads.seeds import seeds
from nlp.heads.store import Unseen, digests

LABELS = ("a", "b")


def test_what_was_learnt_is_answered_from_memory_of_not_knowing_it() -> None:
    """Rows of the training get the answer from before they were seen, others the head's own."""
    trained_on = digests(["旧一", "旧二"])
    order = np.argsort(trained_on)
    unseen = Unseen(trained_on[order], np.array([1, 0])[order], np.array([0, 0]))
    assert without_memory(["旧二", "新", "旧一"], ["b", "b", "a"], LABELS, unseen) == ["a", "b", "b"]


@pytest.mark.parametrize("unseen", [None, Unseen(digests([]), np.array([], int), np.array([], int))])
def test_a_head_without_memory_is_asked_directly(unseen: Unseen | None) -> None:
    """A head that keeps none, or an empty one."""
    assert without_memory(["甲"], ["a"], LABELS, unseen) == ["a"]


def test_texts_that_were_learnt_are_counted() -> None:
    """By what they read like."""
    unseen = Unseen(np.sort(digests(["甲", "乙"])), np.array([0, 1]), np.array([0, 1]))
    assert remembered(["甲", "甲 ", "丙"], unseen) == 2
    assert remembered(["甲"], None) == 0


def test_both_are_judged_on_the_same_rows() -> None:
    """Also where they know different labels."""
    verdict = examine(["a", "a", "b", "b"], new=["a", "a", "b", "c"], old=["a", "b", "b", "a"])
    assert verdict.new == pytest.approx((1 + 2 / 3) / 2)
    assert verdict.old == pytest.approx(0.5)
    assert not verdict.worse


def test_a_little_worse_is_not_worse() -> None:
    """Within the tolerance."""
    assert not Verdict(old=0.9, new=0.9 - TOLERANCE / 2, rows=9).worse
    assert Verdict(old=0.9, new=0.9 - TOLERANCE * 2, rows=9).worse
    assert not examine([], new=[], old=[]).worse


def test_flags_are_aligned_by_name() -> None:
    """Columns in the head's order; a rule that is gone is found nowhere, a new one is not looked at."""
    flags = sparse.csr_matrix(np.array([[1, 0, 1], [0, 1, 0]], np.float32))
    assert aligned(flags, ("x", "y", "z"), wanted=("z", "gone", "x")).toarray().tolist() == [[1, 0, 1], [0, 0, 0]]
    assert aligned(no_flags(["一"])[0], (), wanted=("x",)).toarray().tolist() == [[0]]
    assert aligned(flags, ("x", "y", "z"), wanted=()).shape == (2, 0)


def test_there_are_seeds_for_two_heads() -> None:
    """Whole rows of known labels; none for a team's own heads."""
    assert seeds("topics") == []
    assert {row.label for row in seeds("sentiment")} == {"pos", "neu", "neg"}
    assert "purchase_intent" in {row.label for row in seeds("intents")}
    assert all(row.text.strip() for row in seeds("intents"))
