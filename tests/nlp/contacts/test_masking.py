"""No way around the mask: as written, disguised, or said again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.contacts import find_contacts, mask, mask_text
from tests.nlp.contacts.cases import DISGUISED, WRITTEN

LETTERS = "abcdefghijklmnopqrstuvwxyz"
PLANTED = st.one_of(
    st.builds("1{}{}".format, st.integers(3, 9), st.text("0123456789", min_size=9, max_size=9)).map(
        lambda value: (value, value)
    ),
    st.builds(
        "{}{}_{}".format, st.sampled_from(LETTERS), st.text(LETTERS, min_size=3, max_size=8), st.integers(10, 999)
    ).map(lambda value: (f"微信：{value}", value)),
    st.integers(10000, 99999999999).map(lambda value: (f"QQ：{value}", str(value))),
    st.builds(
        "{}@{}.com".format, st.text(LETTERS, min_size=2, max_size=9), st.text(LETTERS, min_size=2, max_size=9)
    ).map(lambda value: (value, value)),
)
AROUND = st.text(st.sampled_from("我想买天幕，。！ \n😀（）：微信加q号码"), max_size=20)


@pytest.mark.parametrize(("text", "kind", "value"), WRITTEN + DISGUISED)
def test_a_masked_text_does_not_tell(text: str, kind: str, value: str) -> None:
    """Neither as written nor tidied, and nothing is left to be found."""
    (one,) = find_contacts(text)
    masked = mask_text(text)
    assert value not in masked
    assert text[one.start : one.end] not in masked
    assert mask(kind, value) in masked


@pytest.mark.parametrize(("text", "kind", "value"), DISGUISED)
def test_a_disguised_one_said_again_is_masked(text: str, kind: str, value: str) -> None:
    """Also without its cue, plain or spelled."""
    masked = mask_text(f"{text}，再说一遍：{value}，{' '.join(value)}。")
    assert value.lower() not in masked.lower()
    assert " ".join(value).lower() not in masked.lower()


@given(AROUND, PLANTED, AROUND)
def test_a_planted_contact_never_comes_through_the_mask(before: str, planted: tuple[str, str], after: str) -> None:
    """Whatever people write around it."""
    written, value = planted
    assert value not in mask_text(f"{before}，{written}，{after}")


@given(PLANTED)
def test_a_contact_repeated_without_a_cue_is_masked_too(planted: tuple[str, str]) -> None:
    """Somebody who says it twice is not given away by the second time."""
    written, value = planted
    assert value not in mask_text(f"{written}，再说一遍：{value}，别忘了（{value}）")


@given(st.text(st.characters(exclude_categories=[]), max_size=80))
def test_any_text_is_masked(text: str) -> None:
    """Whatever it holds."""
    assert isinstance(mask_text(text), str)


def test_other_long_numbers_are_masked() -> None:
    """A number that is no contact detail may still be somebody's."""
    assert mask_text("账号6222021234567890123") == "账号62***23"


def test_what_is_no_contact_stays_as_written() -> None:
    """Full width, emoji and traditional characters come back unchanged."""
    text = "５.３落地，聯繫客服👍🏻 ＯＫ①②③"
    assert mask_text(text) == text
