"""Whether the cities of communities are written as they are found in texts, and what was probably meant."""

from __future__ import annotations

import difflib
from functools import cache
from operator import eq

from nlp.entities.gazetteer import known_places
from yinliu.language import Text

_ALIKE = 0.75
"""How alike two names must sound to be taken for one another (0 to 1)."""


def doubt(city: str) -> Text | None:
    """Why hardly anybody would be found by a city; None for a name that texts are read to have."""
    if city in _values():
        return None
    place = known_places().get(city)
    if place is not None:
        return Text(
            f"只有原文照这样写的人才会匹配；系统记作“{place.value}”，请改写成它",
            f"only who writes it so is found; texts are read to have {place.value!r}: write that",
        )
    near = nearest_place(city)
    meant = Text(f"，是不是想写 {near}？", f", did you mean {near}?") if near else Text("；", ";")
    return Text(
        f"地名库里没有这个地名{meant.zh}不改的话，只有原文照这样写的人才会匹配",
        f"is no place that is known{meant.en} Left so, only who writes it so is found",
    )


def nearest_place(city: str) -> str | None:
    """The place that was probably meant: it has half of the characters and sounds the same, or is a city that sounds
    almost the same; None where there is none."""
    sound, found = _sound(city), []
    for name, other in _sounds().items():
        if len(name) != len(city) or 2 * sum(map(eq, name, city)) < len(city):
            continue
        is_city = known_places()[name].level == "city"
        alike = difflib.SequenceMatcher(None, sound, other, autojunk=False).ratio()
        if alike == 1 or (is_city and alike >= _ALIKE):
            found.append((alike, is_city, name))
    return known_places()[max(found)[2]].value if found else None


@cache
def _values() -> frozenset[str]:
    """Every way in which the reading of texts may name a place."""
    places = known_places().values()
    joined = (f"{city}/{place.name}" for place in places for city in place.cities)
    return frozenset((*(place.value for place in places), *joined))


@cache
def _sounds() -> dict[str, str]:
    return {name: _sound(name) for name in known_places()}


def _sound(name: str) -> str:
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(name))
