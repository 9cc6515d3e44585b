"""Numbers as sites write them below a post: ``3,456``, ``赞 12``, ``1.2万``, ``10w+``, ``999+``."""

from __future__ import annotations

import re
from decimal import Decimal
from unicodedata import normalize

_LONGEST = 100
_LARGEST = 2**63 - 1
_HUNDRED, _THOUSAND, _MYRIAD, _MILLION, _YI, _BILLION = 10**2, 10**3, 10**4, 10**6, 10**8, 10**9
_UNITS = {
    **{"k": _THOUSAND, "千": _THOUSAND, "w": _MYRIAD, "万": _MYRIAD, "萬": _MYRIAD, "m": _MILLION, "b": _BILLION},
    **{"百万": _MILLION, "千万": _THOUSAND * _MYRIAD, "亿": _YI, "億": _YI, "万亿": _MYRIAD * _YI, "百": _HUNDRED},
}
_NUMBER = re.compile(
    r"(?P<digits>\d(?:[\d.,]*\d)?)(?:\s*(?P<unit>万亿|百万|千万|[百千万萬亿億])|(?P<letter>[kwmb])(?![a-z]))?\+?",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
_NO_COUNT = re.compile(
    r"[-\u2010-\u2015\u2212]\s*\d"  # negative, a range
    r"|\d\s*[-\u2010-\u2015\u2212:/\u2044~+*x×]\s*\d"  # 12:30, 3/5, 12~30
    r"|(?<!\d)\.\d|[¥$€£]\s*\d|\d\s*[-%\u2030]"  # .5, money, shares
)
_ROUNDED_BEHIND = re.compile(r"[余多几来数]?\s*[百千]|\D*[万萬亿億]|[.,]\d|\s[kwmb](?![a-z])", re.IGNORECASE)


def parse_count(raw: str) -> int | None:
    """The count written in ``raw``: a rounded number as what it says (1.2万 is 12,000), ``10w+`` as its lower bound.

    None, never 0, where no number stands (赞, --, 暂无) or it is no single count: a share, a time, a range, money, a
    negative or broken number, two different numbers, more than 100 characters, more than a database keeps (2**63-1).
    """
    if len(raw) > _LONGEST:
        return None
    text = normalize("NFKC", raw).strip()
    if _NO_COUNT.search(text):
        return None
    found = list(_NUMBER.finditer(text))
    values = {_value(number, behind=text[number.end() :]) for number in found}
    return values.pop() if len(values) == 1 else None


def _value(found: re.Match[str], *, behind: str) -> int | None:
    digits, unit = found["digits"], (found["unit"] or found["letter"] or "").lower()
    if not _WHOLE.fullmatch(digits) or _ROUNDED_BEHIND.match(behind):
        return None
    exact = Decimal(digits.replace(",", "")) * _UNITS.get(unit, 1)
    return (
        int(exact) if exact == exact.to_integral_value() and exact <= _LARGEST and (unit or "." not in digits) else None
    )
