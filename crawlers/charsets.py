"""Bytes to text, whatever the label says: UTF-8 by its form, other encodings by how common their characters are.

GBK bytes read as Big5 (or the reverse) fail nowhere and mean nothing, so that a strict decoder notices no wrong label.
GB2312 and Big5 put the characters in daily use before the rare ones (level 1: 3,755 and 5,401): real text is made of
these by 98-100%, text in the wrong encoding by half or less.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_NO_CHARSETS = frozenset(("idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "utf-7"))
"""Python's codecs that no page is written in."""
_SUPERSETS = {
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("big5", "big5hkscs"), "cp950"),
    **dict.fromkeys(("ascii", "iso8859-1"), "cp1252"),
}
"""What browsers read these labels as (encoding.spec.whatwg.org)."""
_USUAL = ("gb18030", "cp950", "cp1252")
"""Tried beside the declared one, in this order where they are equally good."""
_HONG_KONG = "big5hkscs"
_SLASHES = {0x2215: "／", 0xFE68: "＼"}
"""Big5 writes each full-width slash in two ways; cp950 reads one of them as a mathematical sign."""
_SAMPLE = 1 << 17
_CERTAIN, _PREFERENCE = 0.9, 0.05
"""A declared Chinese encoding as good as this is believed at once; any declared one is given this lead over others."""
_WIDE = "\u0800"
"""From here on UTF-8 takes three bytes, which other encodings practically never form by chance."""
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_ASCII = re.compile(r"[\x00-\x7f]+")
_CHINESE_MARKS = re.compile("[\u2010-\u2027\u3000-\u3020\uff00-\uff60\uffe0-\uffe6]")
_OTHER_LETTERS = re.compile(
    "[\u0370-\u06ff\u0e00-\u0e7f\u3001-\u30ff\uac00-\ud7a3\uff00-\uff60]"
    "|(?<![\x80-\U0010ffff])[\x80-\u02ff\u2010-\u203a\u20ac\u2122](?![\x80-\U0010ffff])"
)
"""Greek, Cyrillic, Hebrew, Arabic, Thai, kana, Hangul; Latin letters with accents only where they stand alone."""
_KANA, _HAN = re.compile("[\u3041-\u30ff]"), re.compile("[\u4e00-\u9fff]")
_FEWEST_KANA = 0.2
"""Of what stands beyond ASCII in Japanese; from there on its Chinese characters are familiar too."""


def decode(body: bytes, *, declared: str | None) -> tuple[str, tuple[str, ...]]:
    """The text of a body and its flaws: ``charset_mismatch`` when the declared encoding was wrong, ``invalid_text``
    when some bytes fit no encoding (they become U+FFFD, the rest is kept).

    Valid multi-byte UTF-8 is believed over any label. Otherwise the declared encoding, GB18030, Big5 and windows-1252
    are compared by what they give; the declared one wins where it is about as good as the best.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _forgiving(body, name)
    label = _label(declared)
    text = _strict(body, "utf-8")
    if text is not None and _is_utf8(text, label):
        return text, () if label == "utf-8" or text.isascii() else ("charset_mismatch",)
    name = "utf-8" if text is None and _mostly_utf8(body) else _best(body, label)
    text, flaws = _forgiving(body, name)
    return text, flaws if name == label else ("charset_mismatch", *flaws)


def _label(declared: str | None) -> str:
    """The codec that browsers take for a label, UTF-8 without a usable one."""
    label = (declared or "utf-8").lower().replace("_", "-")
    try:
        "a".encode(label)
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return "utf-8"
    return "utf-8" if name in _NO_CHARSETS else _SUPERSETS.get(name, name)


def _strict(body: bytes, name: str) -> str | None:
    try:
        text = body.decode(name)
    except (ValueError, LookupError):
        return _strict(body, _HONG_KONG) if name == "cp950" else None
    return text.translate(_SLASHES) if name == "cp950" else text


def _forgiving(body: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    text = _strict(body, name)
    return (text, ()) if text is not None else (body.decode(name, errors="replace"), ("invalid_text",))


def _is_utf8(text: str, label: str) -> bool:
    """Whether what decodes as UTF-8 is: two short Chinese words in GBK can by chance, as two-byte letters (联通)."""
    return label not in _USUAL[:2] or text.isascii() or max(text) >= _WIDE


def _mostly_utf8(body: bytes) -> bool:
    """Broken here and there, but UTF-8: far more three-byte characters come out whole than broken."""
    text = _sample(body, "utf-8").decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return broken * 5 <= sum(char >= _WIDE for char in text) - broken


def _best(body: bytes, label: str) -> str:
    """The encoding that gives the most familiar text."""
    sample = _sample(body, label)
    declared = _familiarity(sample, label)
    if declared >= _CERTAIN and label in _USUAL[:2]:
        return label
    found = {name: _familiarity(sample, name) for name in _USUAL}
    found[label] = declared + _PREFERENCE
    return max(found, key=lambda name: found[name])


def _sample(body: bytes, label: str) -> bytes:
    """The lines that are not plain ASCII, from where they are not: a page may begin with a megabyte of script."""
    if label.startswith(("utf-16", "utf-32")):
        return body[:_SAMPLE]
    lines = b"\n".join(line for line in body.split(b"\n") if not line.isascii())
    begin = _BEYOND_ASCII.search(lines)
    return lines[begin.start() :][:_SAMPLE] if begin else b""


def _familiarity(sample: bytes, name: str) -> float:
    """How familiar the characters beyond ASCII are that an encoding gives: 1 all, 0 none, below 0 broken."""
    text = _forgiving(sample, name)[0]
    foreign = _ASCII.sub("", text)
    if not foreign:
        return 1.0
    if name.startswith(("utf-", "gb", "cp950", "hz")):
        good = sum(map(_common().__contains__, foreign)) + len(_CHINESE_MARKS.findall(foreign))
    else:
        good = len(_OTHER_LETTERS.findall(text)) + _japanese_han(foreign)
    return (good - foreign.count("\ufffd")) / len(foreign)


def _japanese_han(foreign: str) -> int:
    return len(_HAN.findall(foreign)) if len(_KANA.findall(foreign)) >= _FEWEST_KANA * len(foreign) else 0


@lru_cache
def _common() -> frozenset[str]:
    """The characters in daily use, simplified and traditional: the first levels of GB2312 and Big5."""
    simplified = (bytes((lead, trail)) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF))
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    traditional = [bytes((lead, trail)) for lead in range(0xA4, 0xC7) for trail in trails]
    last = traditional.index(b"\xc6\x7e") + 1
    return frozenset(b"".join(simplified).decode("gb2312", "ignore") + b"".join(traditional[:last]).decode("big5"))
