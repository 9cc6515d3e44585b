"""Characters as they are meant, one for one: every offset in a view is an offset in the original text.

A view has ASCII letters and digits for whatever stands for one (full width, circled, mathematical, Roman, keycaps),
:data:`UNSEEN` for what only changes its neighbour, and :data:`PICTURE` for emoji that mean nothing here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

UNSEEN = "\x01"
"""Joiners, variation selectors, strokes through a letter, control characters."""
PICTURE = "\x02"
"""Emoji and other symbols."""
RINGED_V = "\x03"
"""A ``v`` in a ring, which alone already says WeChat."""
PICTURES = PICTURE + "❤☎✉💚🐧🛰→"
"""Emoji that may stand between two digits, also those that mean something elsewhere."""
_REMEMBERED = 70_000


def _each(table: dict[str, str]) -> dict[str, str]:
    return {char: meant for meant, chars in table.items() for char in chars}


_NUMERALS = _each(
    {
        "0": "零〇洞",
        "1": "一壹弌幺",
        "2": "二贰弍两",
        "3": "三叁弎",
        "4": "四肆",
        "5": "五伍",
        "6": "六陆",
        "7": "七柒拐",
        "8": "八捌",
        "9": "九玖勾",
    }
)
_SOUNDS = _each(
    {
        "0": "灵林另令玲铃",
        "1": "妖衣依腰夭邀伊医",
        "2": "儿尔耳",
        "3": "伞散山删参",
        "4": "似寺思死",
        "5": "舞午武呜吴吾无",
        "6": "溜刘柳流留",
        "7": "妻期漆企奇",
        "8": "吧巴爸芭扒叭",
        "9": "酒久旧救",
    }
)
_MEANT = {
    **_each(
        {"+": "➕✚✛", "❤": "♥♡❣💗💕💖💓💘💝🧡💛💙💜🖤🤍🤎🩷", "💚": "🟢🟩📗", "☎": "☎📞📱☏✆📲", "✉": "✉📧📩📮📨💌"}
    ),
    **_each(
        {
            "→": "👉👇👈➡⬇⇒➜➔☞▶⏩",
            "❤": "❤",
            "🐧": "🐧",
            "🛰": "🛰📡",
            "💚": "💚",
            "☎": "☎",
            "✉": "✉",
            "o": "⭕",
            "-": "‐‑−",
        }
    ),
    **_each(
        {"号": "號", "电": "電", "话": "話", "机": "機", "联": "聯", "系": "繫係", "讯": "訊伩", "鹅": "鵝", "扣": "釦"}
    ),
    **_each(
        {"群": "羣", "绿": "綠", "维": "維", "卫": "衛", "贰": "貳", "叁": "參叄", "陆": "陸", "两": "兩", "吴": "吳"}
    ),
    **_each(
        {"伟": "偉", "围": "圍", "铃": "鈴", "灵": "靈", "伞": "傘", "爱": "愛", "点": "點", "单": "單", "订": "訂"}
    ),
    **_each(
        {"编": "編", "码": "碼", "为": "為", "账": "賬帳", "们": "們", "线": "線", "划": "劃", "横": "橫", "减": "減"}
    ),
    **{chr(0x2160 + place): str(place + 1) for place in range(9)},
    **{chr(first + place): chr(65 + place) for first in (0x1F150, 0x1F170) for place in range(26)},
    "Ⓥ": RINGED_V,
    "ⓥ": RINGED_V,
    "🆅": RINGED_V,
    "\n": "\n",
    "\r": "\n",
    "\t": " ",
}
_KINDS = {"Mn": UNSEEN, "Me": UNSEEN, "Cf": UNSEEN, "Cc": UNSEEN, "Zs": " ", "Zl": "\n", "Zp": "\n"}
_KINDS |= {"So": PICTURE, "Sk": PICTURE, "Co": PICTURE, "Cn": PICTURE, "Cs": PICTURE}


class _View(dict[int, str]):
    """A table for ``str.translate`` that fills itself."""

    def __init__(self, meant: Callable[[str], str]) -> None:
        super().__init__()
        self._meant = meant

    def __missing__(self, code: int) -> str:
        seen = self._meant(chr(code))
        if len(self) < _REMEMBERED:
            self[code] = seen
        return seen


def _kept(char: str) -> str:
    """What a character stands for, its case kept."""
    if char in _MEANT:
        return _MEANT[char]
    if " " <= char <= "~":
        return char
    digit = unicodedata.digit(char, None)
    return str(digit) if digit is not None else _folded(char)


def _folded(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char)
    if len(folded) == len("(a)") and folded[0] == "(":
        folded = folded[1]
    plain = folded if len(folded) == 1 else char
    return _MEANT.get(plain, _KINDS.get(unicodedata.category(plain), plain))


def _lower(char: str) -> str:
    small = _kept(char).lower()
    return small if len(small) == 1 else "i"


def _as_digit(char: str) -> str:
    return _NUMERALS.get(char, char)


def _as_sound(char: str) -> str:
    return _NUMERALS.get(char) or _SOUNDS.get(char, char)


_KEPT_VIEW, _PLAIN_VIEW = _View(_kept), _View(_lower)
_DIGIT_VIEW, _SOUND_VIEW = _View(_as_digit), _View(_as_sound)


def kept(text: str) -> str:
    """The text as meant, upper case kept; as long as ``text``."""
    return text.translate(_KEPT_VIEW)


def plain(text: str) -> str:
    """The text as meant, in lower case; as long as ``text``."""
    return text.translate(_PLAIN_VIEW)


def digits(view: str) -> str:
    """A plain view with Chinese numerals (一 壹 幺 …) as digits."""
    return view.translate(_DIGIT_VIEW)


def sounds(view: str) -> str:
    """A plain view with numerals, and what sounds like one (吧 酒 …), as digits."""
    return view.translate(_SOUND_VIEW)


NUMERALS = "".join(_NUMERALS)
"""Every Chinese numeral that :func:`digits` reads."""
EVERY = "".join({*_MEANT, *_NUMERALS, *_SOUNDS})
"""Characters that no property of Unicode explains."""
