"""Comparable text: no character moves, and a batch is its texts made comparable one by one."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nlp.normal import BREAK, batch, comparable, half_width
from tests.nlp.teams import ANY_TEXT
from tests.patience import within

TWICE = "薴"
"""Its simplified form 苧 is also the traditional form of another character."""


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("", ""),
        ("預約體驗", "预约体验"),
        ("乾洗頭髮后面", "干洗头发后面"),
        ("ＶＩＰ１２３", "vip123"),
        ("Ａ　Ｂ", "a b"),
        ("①②㈠", "12㈠"),
        ("（加微信）：ａ！", "(加微信):a!"),
        ("a\tb\r\nc\x00d\x7f", "a b  c d "),
        ("\u3000\u00a0\u2028", "   "),
        ("\ud800x\udfff", "\ufffdx\ufffd"),
        ("𝐕𝐗🄰", "vxa"),
        ("⾞⾺", "车马"),
        ("\uf900\U0002f804", "岂你"),
        ("ﬁ", "ﬁ"),
        ("㎏", "㎏"),
        ("🏕️😀", "🏕️😀"),
        ("İẞΣ", "İßσ"),
    ],
)
def test_comparable_text(text: str, plain: str) -> None:
    """Half width, lower case, simplified, plain spaces; what would take two characters stays."""
    assert comparable(text) == plain


@given(ANY_TEXT)
def test_no_character_moves(text: str) -> None:
    """The length is kept, and each character is read by itself."""
    plain = comparable(text)
    assert len(plain) == len(text)
    assert plain == "".join(map(comparable, text))


@given(ANY_TEXT.filter(lambda text: TWICE not in text))
def test_comparable_text_is_comparable(text: str) -> None:
    """Made comparable again it stays, and it can be written and cut into lines by nobody."""
    plain = comparable(text)
    assert comparable(plain) == plain
    plain.encode("utf-8")
    assert chr(BREAK) not in plain


def test_every_code_point_once() -> None:
    """All of Unicode: only one character changes a second time, whitespace and controls are one space."""
    everything = "".join(map(chr, range(0x110000)))
    plain = comparable(everything)
    assert len(plain) == len(everything)
    assert [char for char, again in zip(everything, comparable(plain), strict=True) if comparable(char) != again] == [
        TWICE
    ]
    assert {char for char in plain if char.isspace() or unicodedata.category(char) in ("Cc", "Cs")} == {" "}


@given(st.lists(ANY_TEXT, max_size=6))
@example([])
@example([""])
@example(["", "", "a", ""])
@example(["a\nb", "\n", "c\r\n"])
@example(["\ud83d", "\ude00"])
def test_a_batch_is_its_texts(texts: list[str]) -> None:
    """Whatever stands in them, the parts are the comparable texts."""
    joined = batch(texts)
    assert [joined.part(number) for number in range(len(joined))] == [comparable(text) for text in texts]
    assert len(joined) == len(texts)


@given(st.lists(ANY_TEXT, max_size=6))
def test_a_break_stands_around_every_text(texts: list[str]) -> None:
    """One before the first, one after each, none inside; characters and codes are the same."""
    joined = batch(texts)
    assert joined.text.count(chr(BREAK)) == len(texts) + 1
    assert all(joined.codes[joined.starts - 1] == BREAK)
    assert all(joined.codes[joined.ends] == BREAK)
    assert [ord(char) for char in joined.text] == joined.codes.tolist()


@given(ANY_TEXT)
def test_half_width_keeps_case_and_length(text: str) -> None:
    """Only the width changes."""
    narrow = half_width(text)
    assert len(narrow) == len(text)
    assert half_width(narrow) == narrow
    assert half_width("ＡbＣ　！") == "AbC !"


def test_ten_megabytes_are_a_matter_of_a_moment() -> None:
    """A batch of a hundred thousand long comments."""
    texts = ["今天天氣不錯，ＶＩＰ多少钱" * 8] * 100_000
    comparable("")
    with within(5):
        joined = batch(texts)
    assert joined.starts.dtype == np.int64
    assert joined.part(99_999)[:6] == "今天天气不错"
