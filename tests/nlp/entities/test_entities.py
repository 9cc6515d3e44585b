"""All kinds together: in order, apart, fast, for any text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.entities import (
    READ,
    Entity,
    Lexicon,
    LexiconEntry,
    dates,
    find_budgets,
    find_dates,
    find_entities,
    find_people,
    may_hold_entities,
)
from nlp.entities.entity import without_overlaps
from tests.patience import check_growth, within

LEXICON = Lexicon([LexiconEntry("brand", "山海小院"), LexiconEntry("competitor", "OtherInn", ("o",))])
TODAY = date(2026, 4, 15)
MILLION = 1_000_000
WORDS = "五一两俩三十百千万国庆下个这周月年号日初中底今明后天假节口家人大小我们预算均不超过块元左右内0123456789./- "


def test_one_comment_holds_all() -> None:
    """A comment's place, date, people, budget and brand are found in their order."""
    text = "杭州出发，五一两大一小去山海小院，预算3000左右"
    found = find_entities(text, lexicon=LEXICON, today=TODAY)
    assert [(one.kind, one.value) for one in found] == [
        ("place", "杭州"),
        ("date", "2026-05-01/2026-05-05"),
        ("people", "2大1小"),
        ("brand", "山海小院"),
        ("budget", "~3000"),
    ]
    assert [text[one.start : one.end] for one in found] == ["杭州", "五一", "两大一小", "山海小院", "预算3000左右"]


def test_overlaps_of_one_kind_are_settled() -> None:
    """Of two of a kind the leftmost and then the longest stays; two kinds may share a span."""
    one, longer, later = (Entity("date", "x", *span, "r") for span in ((0, 2), (0, 3), (2, 5)))
    other = Entity("brand", "x", 1, 4, "r")
    assert without_overlaps([later, other, one, longer]) == (longer, other)


def test_boundaries_are_passed_on() -> None:
    """The offsets of the words decide about places alone."""
    assert find_entities("他太原谅我了5个人", boundaries=frozenset({0, 1, 2, 4}))[0].kind == "people"


@pytest.mark.parametrize(
    "text", ["杭州", "预算3000", "一家三口", "下周", "五一", "６１８", "我们俩", "山海小院", "暑假", "双十一", "周末"]
)
def test_prefilter_lets_pass(text: str) -> None:
    """The quick look lets everything pass that may hold an entity."""
    assert may_hold_entities(text, lexicon=LEXICON)


@pytest.mark.parametrize("text", ["", "求推荐", "好看！", "hello", "😀", "多少钱", "\ud800"])
def test_prefilter_holds_back(text: str) -> None:
    """The quick look holds back the common short comments."""
    assert not may_hold_entities(text, lexicon=LEXICON)


PIECES = st.sampled_from(
    ["杭州", "余杭区", "五一", "预算3000", "两大一小", "oppo", "5.3-5.8", "下周", "山海小院", "人均5k", "２人", "　"]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=8).map("".join), st.one_of(st.none(), st.dates()))
def test_any_text(text: str, today: date | None) -> None:
    """Offsets lie in the text and in order, two of a kind are apart, and the quick look never holds one back."""
    found = find_entities(text, lexicon=LEXICON, today=today)
    ends: dict[str, int] = {}
    for one in found:
        assert ends.get(one.kind, 0) <= one.start < one.end <= len(text)
        assert one.value
        ends[one.kind] = one.end
    assert list(found) == sorted(found, key=lambda one: one.start)
    assert may_hold_entities(text, lexicon=LEXICON) or not found


@given(st.text(alphabet=WORDS, max_size=14))
def test_quick_looks_agree_with_the_full_ones(text: str) -> None:
    """What the quick look holds back holds neither people, budgets nor dates."""
    if not may_hold_entities(text):
        assert (find_people(text), find_budgets(text), find_dates(text, today=TODAY)) == ((), (), ())
    if not dates._HINT.search(text):
        assert list(dates._found(text, TODAY)) == []


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "一",
        "五一",
        "1",
        "1.",
        "1-",
        "5月",
        "1号到",
        "4月29-",
        "千",
        "杭州",
        "朝阳区",
        "人均1",
        "下个月",
        "上半年",
        "预算 ",
        "o ",
        "😀",
        "\ud800",
        "\x00",
    ],
)
def test_million_characters_take_no_time(unit: str) -> None:
    """A text of a million characters, whatever it repeats, costs no more than its head does: half a second."""
    text = (unit * MILLION)[:MILLION]
    with within(5):
        found = find_entities(text, lexicon=LEXICON, today=TODAY)
    assert all(one.end <= READ for one in found)


@pytest.mark.parametrize("unit", ["一", "五一", "5月", "4月29-", "千", "1号到", "1-"])
def test_time_grows_with_the_length(unit: str) -> None:
    """Four times the text takes no more than about four times the time."""
    check_growth(lambda length: find_entities((unit * length)[:length], today=TODAY), size=READ)
