"""Which numbers and names can exist: the numbering plan of the MIIT, and Tencent's rules for WeChat and QQ.

Mobile ranges: 13x, 145-149, 15x but 154, 162 165 166 167, 170-178, 18x, 19x but 194; with the virtual
operators (162 165 167 170 171) and data cards. Area codes: two digits behind 0 for ten cities, three elsewhere.
"""

from __future__ import annotations

import re

_MOBILE = re.compile(r"1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])\d{8}", re.ASCII)
_AREAS = {
    "3": "10-19 35 49-59 70-79 91-96 98",
    "4": "11-19 21 27 29 31-40 51-59 64 67-79 82 83",
    "5": "10-19 23 27 30-39 43 46 50-66 70-80 91-99",
    "6": "31-35 60 62 63 68 91 92",
    "7": "01 10-19 22 24 28 30 31 34-39 43-46 50-60 62 63 66 68-79 90-99",
    "8": "12 13 16-18 25-27 30-39 51-59 70-79 83 86-88 91-99",
    "9": "01-03 06 08 09 10-19 30-39 41 43 51-55 70-79 90-99",
}
_CITIES = frozenset(["010", "020", "021", "022", "023", "024", "025", "027", "028", "029"])


def _spread(first: str, ranges: str) -> list[str]:
    ends = [(piece.split("-")[0], piece.split("-")[-1]) for piece in ranges.split()]
    return [f"0{first}{number:02}" for low, high in ends for number in range(int(low), int(high) + 1)]


_PLACES = frozenset(code for first, ranges in _AREAS.items() for code in _spread(first, ranges))
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d\d)([2-8]\d{6,7})", re.ASCII)
_SERVICE = re.compile(r"[48]00\d{7}", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{4,10}", re.ASCII)
_WECHAT = re.compile(r"[a-z][a-z0-9_-]{5,19}", re.ASCII | re.IGNORECASE)
_CITY_NUMBER = 8


def is_mobile(digits: str) -> bool:
    """Eleven digits of an assigned mobile range."""
    return bool(_MOBILE.fullmatch(digits))


def is_landline(digits: str) -> bool:
    """An area code that exists, then a local number: eight digits in the ten cities, seven or eight elsewhere."""
    found = _LANDLINE.fullmatch(digits)
    if not found:
        return False
    area, local = found.groups()
    return len(local) == _CITY_NUMBER if area in _CITIES else area in _PLACES


def is_service(digits: str) -> bool:
    """A 400 or 800 number: ten digits."""
    return bool(_SERVICE.fullmatch(digits))


def is_number(digits: str) -> bool:
    """A QQ number or that of a QQ group: 5-11 digits, no leading 0."""
    return bool(_NUMBER.fullmatch(digits))


def is_wechat_id(name: str) -> bool:
    """6-20 characters, a letter first, then letters, digits, ``_`` and ``-``."""
    return bool(_WECHAT.fullmatch(name))
