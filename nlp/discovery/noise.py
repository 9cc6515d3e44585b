"""What no term is made of: addresses, emotes, mentions, numbers; and what kind of character each code point is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

GAP, HAN, LETTER = 0, 1, 2
"""Kinds of characters: what separates, a character that is a unit, and a letter or digit of a longer word."""

_MENTION = r"@[^\s@,.:;!?。、\[\]()]{1,20}"
_NOISE = re.compile(rf"(?:https?://|www\.)[!-~]{{1,2000}}|\[[^\[\]\n]{{1,12}}\]|(?:回复 ?)?{_MENTION}")
_NAMED = re.compile(_MENTION)
_IDEOGRAPHS = (slice(0x3400, 0x4DC0), slice(0x4E00, 0xA000), slice(0xF900, 0xFB00), slice(0x20000, 0x32000))
_AMOUNT = re.compile(r"[0-9]+(?:k|w|m|cm|mm|km|kg|ml|l|h|s|p|min|rmb)")
_LONGEST_WORD = 20
_MOST_DIGITS = 3


def noise(text: str) -> Iterator[tuple[int, int]]:
    """Where addresses, platform emotes (``[捂脸R]``) and mentions (``@name``) stand in comparable text."""
    return (found.span() for found in _NOISE.finditer(text))


def without_names(text: str) -> str:
    """A text in which nobody is mentioned by name."""
    return _NAMED.sub("@…", text)


def is_word(run: str) -> bool:
    """Whether a run of letters and digits may be part of a term: no number or amount, no id, not endless."""
    if len(run) > _LONGEST_WORD:
        return False
    digits = sum(map(str.isdigit, run))
    return digits <= _MOST_DIGITS and digits < len(run) and not _AMOUNT.fullmatch(run)


@lru_cache(maxsize=1)
def kinds() -> NDArray[np.uint8]:
    """The kind of every code point."""
    table = np.zeros(0x110000, np.uint8)
    table[[code for code in range(0x10000) if chr(code).isalnum()]] = LETTER
    for block in _IDEOGRAPHS:
        table[block] = HAN
    return table
