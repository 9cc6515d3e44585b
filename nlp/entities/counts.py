"""How many people a text speaks of: 两大一小, 一家三口, 我们5个人, 百来人."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from nlp.entities.entity import Entity, without_overlaps
from nlp.entities.numerals import DIGITS, read_number, read_span, write_number

_ONE = "一二两俩三仨四五六七八九"
_SMALL = rf"(?:[0-9]{{1,2}}|[{_ONE}])"
_NUMBER = rf"(?:[0-9]{{1,3}}|[{_ONE}]?十[一二三四五六七八九]?|[{_ONE}])"
_BEFORE = r"(?<![0-9.:/第另同某哪这那每任钱块元k百千万%])"
_AFTER = (
    r"(?!民|间|口|类|次|看|赞|收|想|点|评|买|参|报名|加购|份|气|物|才|员|均|都|以上|以下|"
    r"座|床|房|寝|轿|餐|帐|之|[0-9])"
)
_PAUSE = r"(?=$|[\s,.。!?、;~)+和跟带拼])"
_ALONE = r"(?=价|多少|费|去|出[发游行]|游|成团|入住|报团|行程|$|[\s,.。!?])"
_WHO = r"(?:人|大人|成年人|女生|男生|朋友|小伙伴|姐妹|同学|同事|老人|小孩|孩子)"
_ADULT, _CHILD = r"(?:大人?|成人|成年人)", r"(?:小孩?|孩子|儿童|娃|宝宝)"
_MOST = 999


class _Rule(NamedTuple):
    name: str
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], str | None]


def _plain(number: str) -> str:
    return number.replace("俩", "二").replace("仨", "三")


def _count(match: re.Match[str]) -> str | None:
    span = read_span(_plain(match["n"]))
    if span is None or not 1 <= span[0] <= _MOST:
        return None
    least, greatest = map(write_number, span)
    return least if least == greatest else f"{least}-{greatest}"


def _from_to(match: re.Match[str]) -> str | None:
    least, greatest = read_number(_plain(match["n"])), read_number(_plain(match["m"]))
    if least is None or greatest is None or not 0 < least < greatest:
        return None
    return f"{write_number(least)}-{write_number(greatest)}"


def _digit(text: str) -> int:
    return DIGITS[text] if text in DIGITS else int(text)


def _family(match: re.Match[str]) -> str:
    return f"{_digit(match['n'])}大{_digit(match['m'])}小"


def _household(match: re.Match[str]) -> str | None:
    number = _digit(match["n"] or match["m"])
    return str(number) if number else None


def _about(match: re.Match[str]) -> str | None:
    number = read_number(match["n"])
    return f"~{write_number(number)}" if number else None


def _couple(match: re.Match[str]) -> str:
    return "3" if "仨" in match[0] else "2"


_RULES = (
    _Rule(
        "people:family",
        re.compile(rf"(?<![0-9.])(?P<n>{_SMALL})个?{_ADULT}[\s,+加和带]?(?P<m>{_SMALL})个?{_CHILD}"),
        _family,
    ),
    _Rule(
        "people:household",
        re.compile(rf"(?:一家|我家|全家)子?(?P<n>{_SMALL})口|(?<![0-9])(?P<m>{_SMALL})口之家"),
        _household,
    ),
    _Rule(
        "people:about",
        re.compile(rf"(?<![0-9第])(?P<n>[0-9]{{1,3}}|[一二两三四五六七八九]?[十百])[来几多把]个?{_WHO}{_AFTER}"),
        _about,
    ),
    _Rule(
        "people:range",
        re.compile(rf"{_BEFORE}(?P<n>{_SMALL})\s?[-~到至或]\s?(?P<m>{_SMALL})\s?[个位名]?{_WHO}{_AFTER}"),
        _from_to,
    ),
    _Rule(
        "people:range",
        re.compile(rf"{_BEFORE}(?P<n>[二两三四五六七八][三四五六七八九])[个位名]?{_WHO}{_AFTER}"),
        _count,
    ),
    _Rule(
        "people:count",
        re.compile(rf"{_BEFORE}(?P<n>{_NUMBER})\s?(?:[个位名]{_WHO}|(?<!一)(?<!一\s)人)(?!行动){_AFTER}"),
        _count,
    ),
    _Rule("people:count", re.compile(rf"{_BEFORE}(?P<n>一)人{_ALONE}"), _count),
    _Rule(
        "people:ours",
        re.compile(rf"(?:我们|咱们?|一共|总共|一行|共)(?:大概|大约|有|就)?(?P<n>{_NUMBER})[个位名]{_PAUSE}"),
        _count,
    ),
    _Rule(
        "people:ours",
        re.compile(r"(?:我们?|咱们?|他们|你们|夫妻|情侣|姐妹|母[子女]|父[子女])[俩仨]|[小老]两口|两口子"),
        _couple,
    ),
    _Rule(
        "people:count",
        re.compile(rf"(?:(?<=情侣)|(?<=我们)|{_BEFORE})(?P<n>{_NUMBER})位(?:成人|{_PAUSE})"),
        _count,
    ),
)


def find_people(text: str) -> tuple[Entity, ...]:
    """How many people the text speaks of; ``text`` as :func:`nlp.normal.comparable` gives it. The value is 3, 2大1小,
    2-3 or ~100. A number of viewers, rooms or prices is none."""
    return without_overlaps(_found(text))


def _found(text: str) -> Iterator[Entity]:
    for rule in _RULES:
        for match in rule.pattern.finditer(text):
            value = rule.read(match)
            if value is not None:
                yield Entity("people", value, match.start(), match.end(), rule.name)
