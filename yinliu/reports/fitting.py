"""Cutting a text to the room there is, without a browser to measure it.

Vega can cut too, but cuts an emoji in half, and then its own measuring fails.
"""

from __future__ import annotations

from unicodedata import combining, east_asian_width

_WIDE = {"W", "F"}
# These belong to the character before them: joiner, variation selectors, skin tones.
_JOINER = "\u200d"
_MODIFIERS = {"\ufe0e", "\ufe0f", *map(chr, range(0x1F3FB, 0x1F400))}


def fit(text: str, *, ems: float) -> str:
    """The text, or as much of its beginning as fits with an ellipsis into this many ems."""
    clusters = _clusters(text)
    if sum(map(_width, clusters)) <= ems:
        return text
    room, kept = ems - 1, ""
    for cluster in clusters:
        room -= _width(cluster)
        if room < 0:
            break
        kept += cluster
    return kept.rstrip() + "…"


def _clusters(text: str) -> list[str]:
    """What a reader takes for one character each."""
    clusters: list[str] = []
    for character in text:
        belongs = character in _MODIFIERS or character == _JOINER or combining(character)
        if clusters and (belongs or clusters[-1].endswith(_JOINER)):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _width(cluster: str) -> float:
    first = cluster[0]
    if east_asian_width(first) in _WIDE or len(cluster) > 1:
        return 1.0
    return 0.9 if first in "MWmw@%" else 0.7 if first.isupper() or not first.isascii() else 0.58
