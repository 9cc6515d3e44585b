"""Budgets: with a cue, in yuan, and no price, distance or time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.entities import find_budgets
from nlp.normal import comparable

FOUND = [
    ("预算3000", "3000"),
    ("预算３０００", "3000"),
    ("预算3,000元", "3000"),
    ("预算：3000", "3000"),
    ("预算大概五千", "~5000"),
    ("预算两万五", "25000"),
    ("预算2k", "2000"),
    ("预算2K5", "2500"),
    ("预算在1w5以内", "≤15000"),
    ("预算3000-5000", "3000-5000"),
    ("预算3k~5k", "3000-5000"),
    ("预算三到五千", "3000-5000"),
    ("预算五六千", "5000-6000"),
    ("预算1000以上", "≥1000"),
    ("预算至少1000", "≥1000"),
    ("预算2个人3000", "3000"),
    ("3000-5000预算", "3000-5000"),
    ("两千多预算", "~2000"),
    ("想要2000价位的", "2000"),
    ("人均500以内", "≤500"),
    ("人均3k", "3000"),
    ("人均5k+", "≥5000"),
    ("三千左右", "~3000"),
    ("一千块左右", "~1000"),
    ("3000左右", "~3000"),
    ("1w出头", "~10000"),
    ("五六千左右", "5000-6000"),
    ("不超过800块", "≤800"),
    ("控制在三千以内", "≤3000"),
    ("控制在3000", "≤3000"),
    ("最多2000", "≤2000"),
    ("500元以内", "≤500"),
    ("50块以内", "≤50"),
]
NOTHING = [
    "",
    "3000",
    "五六千",
    "才500块",
    "机票4000左右",
    "花了三千左右",
    "价格1050/人",
    "7天3000不到",
    "海拔3000左右",
    "3000左右的粉丝",
    "3000左右粉丝",
    "2000人左右",
    "100左右",
    "10左右",
    "5公里以内",
    "30分钟左右",
    "三个月左右",
    "2025年左右",
    "最多3个人",
    "不超过3天",
    "预算3天",
    "预算多少",
    "预算不够",
    "人均多少",
    "1000以上",
    "千万别超过",
    "最高100%",
]


@pytest.mark.parametrize(("text", "value"), FOUND)
def test_budget_is_in_yuan(text: str, value: str) -> None:
    """A budget is a number of yuan, with ≤, ≥ or ~ as it was said, or a span."""
    assert [one.value for one in find_budgets(comparable(text))] == [value]


@pytest.mark.parametrize("text", NOTHING)
def test_without_a_cue_nothing_is_a_budget(text: str) -> None:
    """A bare sum, a price, and a number of other things are no budget."""
    assert find_budgets(comparable(text)) == ()


def test_span_and_rule() -> None:
    """The offsets hold the cue and the sum, without the space behind it."""
    (one,) = find_budgets("想拼团，预算9k 会拍照")
    assert (one.start, one.end, one.value, one.rule) == (4, 8, "9000", "budget:named")


@given(st.text(alphabet="预算人均不超过以内左右一两三五千万百wk块元0123456789-~.,到 ", max_size=30))
def test_any_row_of_such_words(text: str) -> None:
    """No row of the words that are looked for breaks the reading; every value has the written form."""
    for one in find_budgets(text):
        assert re.fullmatch(r"[≤≥~]?[0-9]+(\.[0-9]+)?|[0-9.]+-[0-9.]+", one.value)
        assert 0 <= one.start < one.end <= len(text)
