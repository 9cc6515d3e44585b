"""Names that sound alike: what is left of them, and which persons they suggest to be one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinliu.leads.names import MOST, RARE, NamedAccount, key_of, short_key_of, suggestions


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("山野小林", "山野小琳"),
        ("山野小林🏕️", "山野小林"),
        ("山野小林[害羞R]", "山野小林"),
        ("ＬｉｌｙＷａｎｇ", "lily_wang"),
        ("咖啡阿明官方", "咖啡阿明"),
        ("Shan Ye Xiao Lin", "山野小林"),
        ("【露营】山野小林", "山野小林"),
        ("山野小林official", "山野-小林"),
    ],
)
def test_names_that_sound_the_same_have_one_key(one: str, other: str) -> None:
    """Emoji, width, case, signs and suffixes say nothing."""
    assert key_of(one) == key_of(other) is not None


@pytest.mark.parametrize(("one", "other"), [("山野小林", "山野大林"), ("阿明咖啡", "咖啡阿明"), ("lily01", "lily02")])
def test_other_names_have_other_keys(one: str, other: str) -> None:
    """Another syllable, another order, another number."""
    assert key_of(one) != key_of(other)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "😀",
        "小",
        "12345678",
        "用户88213",
        "momo",
        "匿名用户",
        "[微笑]",
        "李",
        "\ud83d",
        "..",
        "小明",
        "路人甲",
        "用户",
    ],
)
def test_some_names_say_nothing(name: str) -> None:
    """Too short, a number, what a platform calls everybody, or what everybody calls themselves."""
    assert key_of(name) is None
    assert short_key_of(name) is None


@pytest.mark.parametrize(
    ("name", "key"), [("阿泽", "阿泽"), ("阿泽🏕", "阿泽"), ("阿", None), ("abc", None), ("李八", None), ("阿a", None)]
)
def test_a_short_name_is_known_by_how_it_is_written(name: str, key: str | None) -> None:
    """Two Chinese characters that sound too short; a name that is long enough has its sound alone."""
    assert short_key_of(name) == key


@pytest.mark.parametrize(("name", "key"), [("阿禾", None), ("abc", None), ("李八", "liba"), ("abcd", "abcd")])
def test_four_letters_are_a_name(name: str, key: str | None) -> None:
    """Three sound like many."""
    assert key_of(name) == key


@given(st.text(st.characters(exclude_categories=[]), max_size=80))
def test_any_name_has_a_key_or_none(name: str) -> None:
    """Whatever is written; asked again it is the same."""
    key = key_of(name)
    assert key == key_of(name)
    assert key is None or key == key.lower()
    assert key is None or short_key_of(name) is None


def account(person: int, source: str, name: str) -> NamedAccount:
    """One account of a person's."""
    return NamedAccount(person, person * 10, source, name)


def test_a_suggestion_says_why() -> None:
    """Names and sources, in both languages; the earlier person first."""
    (found,) = suggestions([account(7, "b站", "山野小琳"), account(3, "微博", "山野小林")])
    assert (found.first, found.second) == (3, 7)
    assert found.reason.zh == "昵称读音相同：山野小林（微博）、山野小琳（b站）"
    assert "sound the same" in found.reason.en


def test_the_same_source_suggests_nothing() -> None:
    """There two accounts are two accounts."""
    assert not list(suggestions([account(1, "微博", "山野小林"), account(2, "微博", "山野小林")]))


def test_one_person_is_not_suggested_to_themselves() -> None:
    """Their accounts are theirs already."""
    assert not list(suggestions([account(1, "微博", "山野小林"), NamedAccount(1, 11, "b站", "山野小林")]))


def test_a_name_of_many_says_nothing() -> None:
    """More persons than could be one."""
    crowd = [account(number, f"s{number}", "山野小林") for number in range(1, MOST + 2)]
    assert not list(suggestions(crowd))
    assert len(list(suggestions(crowd[:MOST]))) == MOST * (MOST - 1) // 2


def test_a_short_name_says_something_where_few_have_it() -> None:
    """The same two characters; of more persons than a few it says nothing, and another spelling is another name."""
    crowd = [account(number, f"s{number}", "阿泽") for number in range(1, RARE + 2)]
    assert len(list(suggestions(crowd[:RARE]))) == RARE * (RARE - 1) // 2
    assert not list(suggestions(crowd))
    assert not list(suggestions([account(1, "微博", "阿泽"), account(2, "b站", "啊则")]))
