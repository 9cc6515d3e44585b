"""Numbers as people write them: 3000, 1.5w, 2k5, 两万五, 五六千, 百来.

cn2an was tried: it raises KeyError on 三573, does not know 五六千, takes 150 ms to import and 17 µs a number."""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "仨": 3, "四": 4, "五": 5}
DIGITS |= {"六": 6, "七": 7, "八": 8, "九": 9}
UNITS = {"十": 10, "百": 100, "千": 1000, "k": 1000, "万": 10000, "w": 10000}

CHINESE = "零〇一二两三四五六七八九十百千万"
_WRITTEN = r"[0-9]{1,9}(?:,[0-9]{3}){0,2}(?:\.[0-9]{1,2})?(?:[kw百千万](?:[0-9](?![0-9])千?)?)?"
AMOUNT = rf"(?:{_WRITTEN}|[{CHINESE}]{{1,9}})"
"""An expression for one number (over ``comparable`` text); read it with :func:`read_number` or :func:`read_span`."""

_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,2})?|[零〇一二两俩三仨四五六七八九])|([十百千kw万])")
_NEIGHBOURS = re.compile(r"([一二两三四五六七八])([二三四五六七八九])(?=[十百千万]|$)")


def read_number(text: str) -> Decimal | None:
    """The number that ``text`` writes, or None where it writes none. 两万五 is 25000: a last digit alone counts in
    tenths of the unit before it."""
    plain = text.replace(",", "")
    parts = list(_PART.finditer(plain))
    if not parts or sum(len(part[0]) for part in parts) != len(plain):
        return None
    return _add_up([(part[1], part[2]) for part in parts])


def _add_up(parts: list[tuple[str | None, str | None]]) -> Decimal | None:
    total = section = Decimal(0)
    number: Decimal | None = None
    last_unit = Decimal(0)
    for digits, unit in parts:
        if digits is not None:
            if number is not None and number != 0:
                return None
            number, last_unit = _digit(digits), last_unit if number is None else Decimal(0)
            continue
        step = Decimal(UNITS[unit or ""])
        if step == UNITS["万"]:
            total, section = total + (section + (number or 0) if section or number else 1) * step, Decimal(0)
        else:
            section += (1 if number is None else number) * step
        number, last_unit = None, step
    return total + section + (number or 0) * (last_unit / 10 if last_unit > UNITS["十"] else 1)


def _digit(text: str) -> Decimal:
    return Decimal(DIGITS[text]) if text in DIGITS else Decimal(text)


def read_span(text: str) -> tuple[Decimal, Decimal] | None:
    """The least and the greatest number that ``text`` may mean: 五六千 is 5000 to 6000, 3000 is itself."""
    low, high = _NEIGHBOURS.sub(r"\1", text, count=1), _NEIGHBOURS.sub(r"\2", text, count=1)
    least, greatest = read_number(low), read_number(high)
    if least is None or greatest is None or least > greatest:
        return None
    return least, greatest


def write_number(number: Decimal) -> str:
    """Plain digits, with neither exponent nor trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
