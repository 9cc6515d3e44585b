"""Validity: what says nothing is told why, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given

from nlp.bundle import Bundle
from nlp.normal import comparable
from nlp.validity import emptiness
from tests.nlp.teams import ANY_TEXT, tags
from tests.patience import within


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n\t\u3000\u00a0", "empty"),
        ("\x00\x07", "empty"),
        ("@小明", "mention_only"),
        ("＠小明 @小红 ", "mention_only"),
        ("@user_1", "mention_only"),
        ("@小明 😀", "emoji_only"),
        ("😀🏕️👨‍👩‍👧", "emoji_only"),
        ("[微笑][赞]", "emoji_only"),
        ("[doge]", "emoji_only"),
        ("【流泪】", "emoji_only"),
        ("。。。", "emoji_only"),
        ("？？？", "emoji_only"),
        ("\ud83d", "emoji_only"),
        ("要", None),
        ("1", None),
        ("@小明 看这个", None),
        ("@小明，多少钱", None),
        ("[赞]好看", None),
        ("[这个方括号里的话太长了所以不是表情]", None),
        ("hello", None),
        ("ok👌", None),
        ("안녕", None),
        ("@", "emoji_only"),
        ("a@b.com", None),
    ],
)
def test_why_a_text_says_nothing(text: str, reason: str | None) -> None:
    """Mentions, emoji and emotes aside."""
    assert emptiness(comparable(text)) == reason


@given(ANY_TEXT)
def test_a_letter_at_the_start_says_something(text: str) -> None:
    """A text that begins with a word is never empty, whatever follows it."""
    assert emptiness(comparable("好，" + text)) is None


@given(ANY_TEXT)
def test_spaces_around_a_text_change_nothing(text: str) -> None:
    """The reason stays as it is."""
    assert emptiness(comparable(f" {text} ")) == emptiness(comparable(text))


@pytest.mark.parametrize("piece", ["@", "[", "【", "@a", "[a]", "😀", " ", "。", "[aaaaaaaaaaaaaaa"], ids=ascii)
def test_a_megabyte_takes_no_time(piece: str) -> None:
    """No expression goes back and forth."""
    with within(3):
        emptiness(piece * (1_000_000 // len(piece)))


def test_an_advert_is_not_valid(team: Bundle) -> None:
    """Spam is told by its intent; a text that says nothing tells that instead."""
    assert set(tags(team, "专业代运营，刷粉引流", "validity")) == {"spam"}
    assert set(tags(team, "😀", "validity")) == {"emoji_only"}
    assert not tags(team, "多少钱", "validity")
