"""How many people: families, groups, rough numbers, and no rooms, viewers or prices."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.entities import find_people
from nlp.normal import comparable

FOUND = [
    ("两大一小", ["2大1小"]),
    ("2大1小", ["2大1小"]),
    ("２大２小", ["2大2小"]),
    ("两个大人一个小孩", ["2大1小"]),
    ("2成人1儿童", ["2大1小"]),
    ("一家三口", ["3"]),
    ("一家五口人", ["5"]),
    ("三口之家", ["3"]),
    ("我们5个人", ["5"]),
    ("2人", ["2"]),
    ("2 人", ["2"]),
    ("三个人拼", ["3"]),
    ("情侣两位", ["2"]),
    ("一行八人", ["8"]),
    ("我们一共6个", ["6"]),
    ("十二个人", ["12"]),
    ("一个人", ["1"]),
    ("五一一个人多少", ["1"]),
    ("一人多少", ["1"]),
    ("我们俩", ["2"]),
    ("夫妻俩", ["2"]),
    ("我们仨", ["3"]),
    ("小两口", ["2"]),
    ("百来人", ["~100"]),
    ("十几个人", ["~10"]),
    ("二十多人", ["~20"]),
    ("30多个人", ["~30"]),
    ("4-6人", ["4-6"]),
    ("4到6个人", ["4-6"]),
    ("两三个人", ["2-3"]),
    ("三四个朋友", ["3-4"]),
    ("4个女生", ["4"]),
    ("5月 2人", ["2"]),
    ("今年6月2人价格", ["2"]),
    ("请问3位，多少钱", ["3"]),
]
NOTHING = [
    "",
    "第二个人",
    "第一人",
    "个人",
    "人均500",
    "2000人看过",
    "20人看过",
    "3人点赞",
    "四人间",
    "四人座",
    "15人民币",
    "1200一个人",
    "900元一个人",
    "多少钱一位",
    "一位难求",
    "一人之下",
    "一人一台",
    "每人",
    "另一个人",
    "那两个人",
    "2.5人",
    "1050/人",
    "0人",
    "喝了两口水",
    "几个人",
    "好多人",
    "三大运营商",
]


@pytest.mark.parametrize(("text", "values"), FOUND)
def test_people_are_counted(text: str, values: list[str]) -> None:
    """A family keeps its two numbers, a rough number its ~, and a span its ends."""
    assert [one.value for one in find_people(comparable(text))] == values


@pytest.mark.parametrize("text", NOTHING)
def test_no_people(text: str) -> None:
    """Ordinals, rooms, viewers, prices by the head and idioms count nobody."""
    assert find_people(comparable(text)) == ()


def test_span_is_the_phrase() -> None:
    """The offsets hold the phrase alone."""
    (one,) = find_people("请问两大一小多少")
    assert (one.start, one.end, one.rule) == (2, 6, "people:family")


@given(st.text(alphabet="一二两三十百来几多大小个人位口家我们俩仨0123456789-~ .", max_size=30))
def test_any_row_of_such_words(text: str) -> None:
    """No row of the words that are looked for breaks the reading; every value has a number above zero."""
    assert all(re.search("[1-9]", one.value) and 0 <= one.start < one.end <= len(text) for one in find_people(text))
