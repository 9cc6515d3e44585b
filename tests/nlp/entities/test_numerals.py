"""Numbers as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.entities.numerals import read_number, read_span, write_number

NUMBERS = [
    ("3000", 3000),
    ("3,000", 3000),
    ("1.5w", 15000),
    ("1w5", 15000),
    ("2k", 2000),
    ("2k5", 2500),
    ("三千", 3000),
    ("三千五", 3500),
    ("两万五", 25000),
    ("1万5千", 15000),
    ("一万二千五", 12500),
    ("一千零五", 1005),
    ("一百零五", 105),
    ("两百五", 250),
    ("十万五", 105000),
    ("十", 10),
    ("十五", 15),
    ("二十五", 25),
    ("百", 100),
    ("万", 10000),
    ("零", 0),
    ("0", 0),
]


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_number_is_read(text: str, number: int) -> None:
    """Digits, k and w, Chinese numerals, and a last digit that counts in tenths of the unit before it."""
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "二零二六", "三573", "12个", "3 000", "第一"])
def test_no_number(text: str) -> None:
    """What is no number, or a row of digits such as a year's, is none."""
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "span"),
    [("五六千", (5000, 6000)), ("三四百", (300, 400)), ("两三", (2, 3)), ("七八十", (70, 80)), ("三千", (3000, 3000))],
)
def test_neighbours_are_a_span(text: str, span: tuple[int, int]) -> None:
    """五六千 is from five to six thousand."""
    assert read_span(text) == span


def test_span_goes_upwards() -> None:
    """六五千 is no span."""
    assert read_span("六五千") is None


@given(st.text(alphabet="零一二两三九十百千万0123456789.,kw几-", max_size=12))
def test_any_numeral_is_read_or_not(text: str) -> None:
    """No row of numerals breaks the reading, and a number is not negative."""
    number = read_number(text)
    assert number is None or number >= 0
    span = read_span(text)
    assert span is None or span[0] <= span[1]


@given(st.integers(min_value=0, max_value=10**9 - 1))
def test_written_number_reads_back(number: int) -> None:
    """What is written is read again, with neither exponent nor zeros behind the point."""
    assert read_number(write_number(Decimal(number))) == number
    assert write_number(Decimal("2.50")) == "2.5"
    assert write_number(Decimal("1E+4")) == "10000"
