"""Where a head is unsure, a second opinion is heard."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.encoders.encoder import Vectors
from nlp.encoders.learning import Lessons, learn
from nlp.encoders.opinion import Opinion
from nlp.encoders.second import pooled, second_opinion
from tests.nlp.encoders.models import LABELS, Toy, examples, sure_of

TEXTS = ["多少钱", "想买", "好看", "想买"]


@pytest.fixture(scope="module")
def opinion() -> Opinion:
    """An opinion that knows the examples, as heavy as the head."""
    texts, labels = examples()
    lessons = Lessons(vectors=Toy().encode(texts), labels=labels, head=sure_of(labels, 0.5))
    return replace(learn(lessons, encoder=Toy()), share=0.5)


def _head(*best: float) -> Vectors:
    """A head that says ``chats`` of every text."""
    return np.concatenate([sure_of(["chats"], one) for one in best])


def _asked(opinion: Opinion, head: Vectors, *, unsure: float, labels: tuple[str, ...] = LABELS) -> tuple[Vectors, Toy]:
    encoder = Toy()
    found = second_opinion(TEXTS, head, labels=labels, opinion=opinion, encoder=encoder, unsure=unsure)
    return found, encoder


def test_only_unsure_rows(opinion: Opinion) -> None:
    """Rows that are sure stay to the last bit and are not encoded; the others change; the table given stays."""
    head = _head(0.4, 0.95, 0.8, 0.4)
    before = head.copy()
    found, encoder = _asked(opinion, head, unsure=0.8)
    assert encoder.asked == ["多少钱", "想买"]
    assert found[1:3].tolist() == head[1:3].tolist()
    assert [LABELS[number] for number in found.argmax(axis=1)] == ["costs", "chats", "chats", "buys"]
    assert (head == before).all()


def test_equal_texts_once(opinion: Opinion) -> None:
    """Two comments with the same words are one question."""
    found, encoder = _asked(opinion, _head(0.4, 0.4, 0.4, 0.4), unsure=1.0)
    assert encoder.asked == ["多少钱", "想买", "好看"]
    assert found[1].tolist() == found[3].tolist()


def test_nobody_unsure(opinion: Opinion) -> None:
    """Without an unsure row, and without rows, the encoder is not asked."""
    for head, unsure in ((_head(0.9, 0.9, 0.9, 0.9), 0.8), (np.zeros((0, 3), np.float32), 1.0)):
        found, encoder = _asked(opinion, head, unsure=unsure)
        assert encoder.asked == []
        assert found is head


def test_share_of_nothing_and_of_all(opinion: Opinion) -> None:
    """A share of 0 leaves the head's word, one of 1 takes the opinion's."""
    head = _head(0.4, 0.5, 0.6, 0.5)
    for share, wanted in ((0.0, head), (1.0, opinion.probabilities(Toy().encode(TEXTS)))):
        found = second_opinion(TEXTS, head, labels=LABELS, opinion=opinion, encoder=Toy(), unsure=1.0, share=share)
        assert np.allclose(found, wanted, atol=1e-4)


def test_columns_in_another_order(opinion: Opinion) -> None:
    """Labels are matched by name, not by place."""
    head = _head(0.4, 0.5, 0.6, 0.5)
    turned, _ = _asked(opinion, head[:, ::-1].copy(), unsure=1.0, labels=LABELS[::-1])
    assert np.allclose(turned[:, ::-1], _asked(opinion, head, unsure=1.0)[0], atol=1e-6)


def test_labels_that_only_one_knows(opinion: Opinion) -> None:
    """A label the opinion never learned keeps its probability; one that the head lacks is left out."""
    head = np.array([[0.3, 0.4, 0.3]] * 4, np.float32)
    found, _ = _asked(opinion, head, unsure=0.9, labels=("buys", "rents", "costs"))
    assert np.allclose(found[:, 1], 0.4)
    assert np.allclose(found.sum(axis=1), 1)
    assert found[0, 2] > 0.5 > found[1, 2]


def test_nothing_in_common(opinion: Opinion) -> None:
    """An opinion about other labels is not asked."""
    head = _head(0.4, 0.4, 0.4, 0.4)
    found, encoder = _asked(opinion, head, unsure=1.0, labels=("a", "b", "costs"))
    assert encoder.asked == []
    assert found is head


shares = st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda one: sum(one) > 0.1)


@given(shares, shares, st.floats(0, 1))
def test_pooling(one: list[float], two: list[float], share: float) -> None:
    """Any two probabilities pool to probabilities; equal ones stay; what both think likeliest is likeliest."""
    first, second = (np.array([row], np.float32) / np.float32(sum(row)) for row in (one, two))
    mixed = pooled(first, second, share=share)
    assert np.isfinite(mixed).all()
    assert abs(float(mixed.sum()) - 1) < 1e-4
    assert np.allclose(pooled(first, first, share=share), first, atol=1e-4)
    if first.argmax() == second.argmax():
        best = first.argmax()
        assert mixed[0, best] >= mixed.max() - 1e-5
