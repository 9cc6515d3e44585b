"""Text made comparable without moving a character: every offset in it is an offset in the original."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=65536)
def _narrow(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char


@lru_cache(maxsize=65536)
def _lower(char: str) -> str:
    folded = char.lower()
    return folded if len(folded) == 1 else char


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as half-width ones; the same length as ``text``."""
    return text if text.isascii() else "".join(map(_narrow, text))


def comparable(text: str) -> str:
    """Half width and lower case; the same length as ``text``."""
    return "".join(map(_lower, half_width(text)))
