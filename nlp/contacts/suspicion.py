"""Which texts may hold a contact detail at all: by counts of their characters, of one text or of a whole batch.

A detail needs five letters or digits and a sign of its kind, or as many digits as a phone number has.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.contacts import glyphs
from nlp.normal import comparable

_SIGNS = frozenset("微薇威徽维伪喂溦嶶巍葳魏卫🛰绿💚vw" + glyphs.RINGED_V + "q扣抠叩口蔻寇鹅🐧球秋群裙羊我联@特圈#*t")
"""Without one of these a text has neither a WeChat id nor a QQ number nor an address."""
_LETTERED = frozenset("0123456789abcdefghijklmnopqrstuvwxyz_-划杠减" + glyphs.RINGED_V)
_BITS, _MASK = 16, 0xFFFF
_COUNTABLE = 60_000
"""A longer text is not counted: its counts would not fit."""
_CODES = 0x30000
_VALUE, _PHONE, _SOUNDS, _SPELLED = 5, 10, 11, 22


class Counts(NamedTuple):
    """Letters and digits, digits (also ``o`` and ``l``), what sounds like a digit, and signs of a kind."""

    values: int
    digits: int
    sounds: int
    signs: int

    @property
    def name(self) -> bool:
        """Whether there may be an id, a QQ number or an address."""
        return self.values >= _VALUE and self.signs > 0

    @property
    def phone(self) -> bool:
        """Whether there may be a number in digits."""
        return self.digits >= _PHONE

    @property
    def sound(self) -> bool:
        """Whether there may be a number by its sound."""
        return self.sounds >= _SOUNDS

    @property
    def spelling(self) -> bool:
        """Whether there may be a number in pinyin."""
        return self.values >= _SPELLED


def _weight(char: str) -> int:
    """One for each count to which a character adds, side by side in one number."""
    plain = glyphs.plain(char)
    digit = glyphs.digits(plain)
    traits = (
        plain in _LETTERED or digit.isdecimal(),
        digit.isdecimal() or plain in "oli",
        glyphs.sounds(plain).isdecimal(),
        plain in _SIGNS,
    )
    return sum(bool(trait) << place * _BITS for place, trait in enumerate(traits))


class _Weights(dict[str, int]):
    def __missing__(self, char: str) -> int:
        weight = _weight(char)
        if len(self) < _COUNTABLE:
            self[char] = weight
        return weight


_WEIGHTS = _Weights()
_EVERYTHING = Counts(_COUNTABLE, _COUNTABLE, _COUNTABLE, _COUNTABLE)


def count(text: str) -> Counts:
    """The counts of one text; every count high for one that is too long to be counted."""
    if len(text) > _COUNTABLE:
        return _EVERYTHING
    total = sum(map(_WEIGHTS.__getitem__, text))
    return Counts(total & _MASK, total >> _BITS & _MASK, total >> 2 * _BITS & _MASK, total >> 3 * _BITS)


@cache
def _table() -> NDArray[np.int64]:
    """The weight of every code point, also of what :func:`nlp.normal.comparable` makes of it."""
    table = np.zeros(_CODES, np.int64)
    for char in filter(_may_weigh, map(chr, sorted({*_EVERY_CODE, *(code for block in _FOLDED for code in block)}))):
        weight = _weight(char)
        for code in {ord(char), *map(ord, comparable(char))}:
            table[code] |= weight
    return table


def _may_weigh(char: str) -> bool:
    known = char.isascii() or char in _EVERY
    return known or bool(unicodedata.decomposition(char)) or unicodedata.digit(char, None) is not None


_EVERY = frozenset(glyphs.EVERY) | _SIGNS | _LETTERED
_EVERY_CODE = frozenset(map(ord, _EVERY))
_FOLDED = (
    range(0x3400),
    range(0xA000, 0xAC00),
    range(0xF900, 0x10000),
    range(0x10000, 0x20000),
    range(0x2F800, 0x2FA20),
)
"""Where characters decompose or are digits; the ideographs between them do neither."""


def suspects(codes: NDArray[np.integer], starts: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Which of n texts may hold a contact detail, shape (n,); True too often, never False for one that holds one.

    ``codes``: the code points of all texts, made :func:`nlp.normal.comparable` and joined by a line feed;
    ``starts``: where each text begins, shape (n,), ascending.
    """
    if not len(starts):
        return np.zeros(0, np.bool_)
    weights = np.zeros(len(codes) + 1, np.int64)
    np.take(_table(), codes, out=weights[:-1], mode="clip")
    totals = np.add.reduceat(weights, starts)
    values, digits, sounds, signs = (totals >> place * _BITS & _MASK for place in range(4))
    long = np.diff(starts, append=len(codes)) > _COUNTABLE
    named = (values >= _VALUE) & (signs > 0)
    found: NDArray[np.bool_] = named | (digits >= _PHONE) | (sounds >= _SOUNDS) | (values >= _SPELLED) | long
    return found
