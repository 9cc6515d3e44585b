"""An encoder that remembers."""

from collections.abc import Iterable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nlp.encoders.memory import Remembering
from tests.nlp.encoders.models import Toy


def test_asked_once() -> None:
    """A text that is remembered is not encoded again, nor one that reads the same."""
    toy = Toy()
    memory = Remembering(toy)
    first = memory.encode(["想买", "ＡＢ", "想买"])
    second = memory.encode(["ab", "好看"])
    assert toy.asked == ["想买", "ab", "好看"]
    assert first[1].tolist() == second[0].tolist()
    assert (memory.name, memory.version) == ("use", "1")


def test_the_oldest_is_forgotten() -> None:
    """Only so many are kept; what was asked for again is young again."""
    toy = Toy()
    memory = Remembering(toy, most=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        memory.encode([text])
    assert toy.asked == ["a", "b", "c", "b"]


def test_no_texts() -> None:
    """No texts are a table of no rows and as many columns as ever."""
    assert Remembering(Toy()).encode([]).shape == Toy().encode([]).shape


@given(st.lists(st.lists(st.sampled_from("买钱好看哈早想")), max_size=6), st.integers(0, 4))
def test_the_same_vectors(batches: Iterable[list[str]], most: int) -> None:
    """Whatever it remembers, the vectors are those of the encoder."""
    memory = Remembering(Toy(), most=most)
    for batch in batches:
        assert np.array_equal(memory.encode(batch), Toy().encode(batch))
