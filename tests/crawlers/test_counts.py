"""Counts as sites write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.text import parse_count

LARGEST = 2**63 - 1


@pytest.mark.parametrize(
    ("raw", "count"),
    [
        *(("0", 0), ("3,456", 3456), ("赞 12", 12), ("评论(12)", 12), ("12 次", 12), ("1,234,567", 1_234_567)),
        *(
            ("12 likes", 12),
            ("12 views", 12),
            ("阅读：88", 88),
            ("７", 7),
            ("１２３", 123),
            ("3，456", 3456),
            ("12.", 12),
        ),
        *(("1.2万", 12_000), ("阅读 1.2万", 12_000), ("12 万", 120_000), ("1.2 萬", 12_000), ("（1.2万）", 12_000)),
        *(("1.5亿", 150_000_000), ("1千", 1000), ("3百万", 3_000_000), ("2千万+", 20_000_000), ("1万亿", 10**12)),
        *(("2.3k", 2300), ("10W", 100_000), ("3m", 3_000_000), ("1.1B", 1_100_000_000), ("2.3K views", 2300)),
        *(("10w+", 100_000), ("999+", 999), ("10万+阅读", 100_000), ("99+", 99), ("+12", 12)),
        *(("12 12", 12), ("赞1.2万 12,000", 12_000), (str(LARGEST), LARGEST)),
    ],
)
def test_a_count_is_read_as_it_is_written(raw: str, count: int) -> None:
    """Separators, full-width digits, words around it; a rounded one is what it says, 10w+ its lower bound."""
    assert parse_count(raw) == count


@pytest.mark.parametrize(
    "raw",
    [
        *("", "--", "-", "暂无", "赞", "二十", "万", "+", ".", ","),
        *("1.2.3", "12-34", "3/5", "12 / 30", "5/5", "12:30", "12:12", "12~30", "12+12", "3×4", "12–34"),
        *("12%", "12 ％", "12‰", "-5", "- 5", "−5", "¥12", "￥12.00", "$3"),
        *("3.5", ".5", "12,34", "1,2345", "1.23456万", "1 234", "赞 12 评论 13"),
        *(
            "10余万",
            "10多万",
            "12(万)",
            "12 m",
            "9 k",
            str(LARGEST + 1),
            "1000万亿亿",
            "9" * 30,
            "9" * 5000,
            "赞" * 100 + "1",
        ),
    ],
)
def test_what_is_no_single_count_is_unknown(raw: str) -> None:
    """Never 0, never a guess."""
    assert parse_count(raw) is None


@given(st.integers(0, LARGEST), st.sampled_from(["{}", "{:,}", "赞 {}", "{} 次阅读", "评论({:,})", "{}+"]))
def test_a_written_number_is_read_back(number: int, form: str) -> None:
    """Any whole number in a usual form comes out as itself."""
    assert parse_count(form.format(number)) == number


@given(
    st.integers(0, 99_999),
    st.sampled_from([("万", 10**4), ("w", 10**4), ("亿", 10**8), ("k", 10**3), ("千", 10**3), ("M", 10**6)]),
    st.sampled_from(["{}", "阅读 {}", "{}+", "{} 赞"]),
)
def test_a_rounded_number_is_read_back(tenths: int, unit: tuple[str, int], form: str) -> None:
    """With one decimal and a unit it is that many, without an error of floating point."""
    written = f"{tenths // 10}.{tenths % 10}{unit[0]}"
    assert parse_count(form.format(written)) == tenths * unit[1] // 10


@given(st.text(max_size=120))
def test_any_text_is_a_count_or_unknown(raw: str) -> None:
    """Never an error, never what a database does not keep."""
    count = parse_count(raw)
    assert count is None or 0 <= count <= LARGEST


@given(st.text("0123456789.,:/-+%万亿千百wkmb ¥赞()", max_size=30))
def test_any_mixture_of_its_signs_is_a_count_or_unknown(raw: str) -> None:
    """Never an error, never what a database does not keep."""
    count = parse_count(raw)
    assert count is None or 0 <= count <= LARGEST


@given(st.text(st.characters(exclude_categories=["Nd", "Nl", "No", "Lo", "So"]), max_size=60))
def test_without_digits_there_is_no_count(raw: str) -> None:
    """No number is unknown."""
    assert parse_count(raw) is None
