"""Texts made ready for an encoder, and vectors of length 1."""

import unicodedata

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nlp.encoders.encoder import LONGEST, readable, unit
from tests.patience import within

readable("the table of characters is made once")


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_can_be_written_as_utf_8(text: str) -> None:
    """Half a surrogate pair, a control character and an empty text are no trouble to a C string."""
    made = readable(text)
    assert made.encode("utf-8")
    assert "\0" not in made
    assert 0 < len(made) <= LONGEST
    assert all(len(unicodedata.normalize("NFKC", char)) == 1 for char in made)


def test_equal_readings() -> None:
    """Full width, case and traditional characters make no difference, nor does what follows the beginning."""
    assert readable(" 多少錢ＡＢ\n") == "多少钱ab"
    assert readable("好" * 300) == "好" * LONGEST


def test_no_character_that_grows() -> None:
    """What one character stands for is written out before an encoder sees it, and cut."""
    assert "\ufdfa" not in readable("\ufdfa" * LONGEST)
    assert len(readable("\ufdfa" * LONGEST)) <= LONGEST
    assert readable("㍿3㎡") == "株式会社3m2"


def test_five_million_characters_are_cut_first() -> None:
    """A long text costs what its beginning costs."""
    with within(0.5):
        readable("㍿" * 5_000_000)


def test_length_one() -> None:
    """Rows are of length 1; nothing and what is no number stay zeros."""
    rows = unit(np.array([[3, 4], [0, 0], [np.nan, np.inf]], np.float32))
    assert rows.tolist() == [[np.float32(0.6), np.float32(0.8)], [0, 0], [0, 0]]
