"""Numbers and names that can exist."""

from __future__ import annotations

import pytest

from nlp.contacts.numbering import is_landline, is_mobile, is_number, is_service, is_wechat_id


@pytest.mark.parametrize("prefix", ["130", "145", "149", "159", "162", "165", "167", "170", "171", "178", "192", "199"])
def test_assigned_ranges_are_mobile(prefix: str) -> None:
    """Virtual operators and data cards too."""
    assert is_mobile(prefix + "12345678")


@pytest.mark.parametrize("prefix", ["100", "120", "140", "144", "154", "160", "163", "168", "179", "194", "230"])
def test_other_ranges_are_not(prefix: str) -> None:
    """Nobody has such a number."""
    assert not is_mobile(prefix + "12345678")


@pytest.mark.parametrize("number", ["1380013800", "138001380000", "1380013800a", "", "１３８００１３８０００"])
def test_a_mobile_number_has_eleven_digits(number: str) -> None:
    """ASCII digits, no more, no fewer."""
    assert not is_mobile(number)


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("01087654321", True),
        ("0108765432", False),
        ("02687654321", False),
        ("057187654321", True),
        ("03107654321", True),
        ("033387654321", False),
        ("057117654321", False),
    ],
)
def test_a_landline_has_an_area_code_that_exists(number: str, valid: bool) -> None:
    """And eight digits in the large cities, 2-8 first."""
    assert is_landline(number) == valid


def test_service_numbers_have_ten_digits() -> None:
    """400 and 800."""
    assert is_service("4008001234") and is_service("8008201234")
    assert not is_service("400800123") and not is_service("5008001234")


def test_qq_numbers_have_five_to_eleven_digits() -> None:
    """No leading 0."""
    assert is_number("10000") and is_number("12345678901")
    assert not is_number("1234") and not is_number("01234567") and not is_number("123456789012")


def test_a_wechat_id_begins_with_a_letter() -> None:
    """6-20 letters, digits, underscores and dashes."""
    assert is_wechat_id("abc_-1") and is_wechat_id("a" * 20)
    assert not any(map(is_wechat_id, ["abc12", "a" * 21, "1abcde", "_abcde", "abc.12", "微信abcdef", ""]))
