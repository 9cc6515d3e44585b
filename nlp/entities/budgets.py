"""What a writer means to spend, in yuan: 预算3000, 人均500以内, 五六千左右. A price without a cue is no budget."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from nlp.entities.entity import Entity, without_overlaps
from nlp.entities.numerals import AMOUNT, UNITS, read_number, read_span, write_number

_MONEY = r"(?:元|块钱?|圆|rmb|人民币|大洋|¥)"
_OTHER = (
    r"(?![人个天夜晚年月日号点米公里克斤次小时分钟字张只件条份本部家页集岁瓦毫升度步级楼层折倍名位粉赞套间台辆"
    r"座趟平寸英站章节题句词行]|[0-9a-z%十百千万零一二三四五六七八九]|\.[0-9])"
)
_SPAN = rf"¥?(?P<a>{AMOUNT})(?:{_MONEY}?\s?[-~—–至到]{{1,2}}\s?(?P<b>{AMOUNT}))?"
_CEILING, _ABOUT, _FLOOR = "以内|之内|以下|之下|内|封顶", "左右|上下|出头", r"以上|\+|起"
_SUM = (
    rf"(?<![0-9.])(?P<cash>{_SPAN}(?P<near>[多来几把]|出头)?(?:\s?(?P<unit>{_MONEY}))?)"
    rf"(?:\s?(?P<tail>{_CEILING}|{_ABOUT}|{_FLOOR}))?{_OTHER}"
)
_FILL = (
    r"(?:[是为有在就大概约差不多致控制每人均总共一到的也才只,~个:\s]|最多|不超过|至少|[1-9一二两三四五六]个?人){0,6}?"
)
_LIMIT = r"(?:不超过|不要超过|别超过|不能超过|控制在|压在|最多|顶多|最高|上限)"


class _Rule(NamedTuple):
    name: str
    pattern: re.Pattern[str]
    least: int


_RULES = (
    _Rule("budget:named", re.compile(rf"(?P<cue>(?:预算|经费|budget){_FILL}){_SUM}"), 10),
    _Rule("budget:each", re.compile(rf"(?P<cue>人均{_FILL}){_SUM}"), 10),
    _Rule("budget:limit", re.compile(rf"(?P<cue>{_LIMIT}(?:大概|也就|是|在|花|\s){{0,2}}){_SUM}"), 100),
    _Rule("budget:wanted", re.compile(rf"(?P<cue>){_SUM}的?(?:预算|价位|价格区间)"), 10),
    _Rule("budget:about", re.compile(rf"(?P<cue>){_SUM}(?<=[内下顶右头])(?!的[粉海播赞人距路浏阅评])"), 100),
)
_NOT_MONEY = re.compile(
    r"(?:海拔|高度|距离|浏览|粉丝|步数|里程|体重|身高|容量|温度|气温|播放|评论|数量|电量|人数|年|第)"
    r"[是在有约大概]{0,3}\Z"
)
_COSTS = re.compile(
    r"(?:[机车船门]票|花了?|价格?|报价|团费|卖|收费?|费用|[只仅]?需?要|才|酒店|住宿|路费)[是在有要约大概\s]{0,3}\Z"
)
_LOOK_BACK, _LEAST_BARE = 6, 500
_MOST = 100_000_000


def find_budgets(text: str) -> tuple[Entity, ...]:
    """The budgets named in ``text`` (as :func:`nlp.normal.comparable` gives it), with their cue. The value is in yuan:
    3000, ~3000, ≤800, ≥1000 or 3000-5000."""
    return without_overlaps(_found(text))


def _found(text: str) -> Iterator[Entity]:
    for rule in _RULES:
        for match in rule.pattern.finditer(text):
            value = _value(match, rule.least)
            if value is not None and not _is_price(rule, match, text):
                yield Entity("budget", value, match.start(), match.end(), rule.name)


def _is_price(rule: _Rule, match: re.Match[str], text: str) -> bool:
    """Whether the words before tell of another measure or, where nothing tells of a budget, of what something costs."""
    before = max(0, match.start() - _LOOK_BACK), match.start()
    return bool(_NOT_MONEY.search(text, *before) or (rule.name == "budget:about" and _COSTS.search(text, *before)))


def _value(match: re.Match[str], least: int) -> str | None:
    span = _span(match["a"], match["b"])
    if span is None or not (10 if match["unit"] else least) <= span[0] <= span[1] <= _MOST:
        return None
    low, high = span
    if _is_bare(match) and low < _LEAST_BARE:
        return None
    if low != high:
        return f"{write_number(low)}-{write_number(high)}"
    return _sign(match) + write_number(low)


def _is_bare(match: re.Match[str]) -> bool:
    """100左右 may be 100 of anything: neither a cue, nor money, nor a thousand."""
    number = not match["cue"] and not match["unit"] and match["a"].isdigit() and match["b"] is None
    return number and match["tail"] in _ABOUT.split("|")


def _span(first: str, second: str | None) -> tuple[Decimal, Decimal] | None:
    if second is None:
        return read_span(first)
    low, high = read_number(first), read_number(second)
    if low is None or high is None:
        return None
    if low < high and second[-1] in UNITS and first[-1] not in UNITS:
        low *= UNITS[second[-1]]
    return (low, high) if low <= high else None


def _sign(match: re.Match[str]) -> str:
    tail, cue = match["tail"] or "", match["cue"]
    if tail and tail in _CEILING.split("|"):
        return "≤"
    if match["near"] or tail in _ABOUT.split("|"):
        return "~"
    if re.search(_LIMIT, cue):
        return "≤"
    if tail or "至少" in cue:
        return "≥"
    return "~" if re.search("大概|大约|差不多|约|~", cue) else ""
