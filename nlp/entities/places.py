"""Chinese places named in a text: provinces, cities, and districts with their city."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from nlp.entities.automaton import Automaton
from nlp.entities.entity import Entity, without_overlaps
from nlp.entities.gazetteer import Place, known_places, short_districts
from nlp.entities.place_words import NOT_PLACES

_ROAD = re.compile(r"[东西南北中]?(?:路(?![上线过况程费边途人口由])|大道|大街|街(?![道上头拍边舞区])|高速)")
_SIGHT = re.compile(r"[寺祠山湖河江塔园公庙宫门岛路街桥]")
_LEADS_IN = re.compile(r"(?:[去到在从飞回离住往抵达]|来自|坐标|老家|人在|目的地)\Z")
_LEADS_OUT = re.compile(r"人(?!民)|玩|旅游|旅行|站|机场|出发|这边|那边|本地|当地|周边|古城|高铁|有没有|落地|市区")
_JOINTS = frozenset(("", "市", "的", " ", "·", "-", "/", "省"))
_SUFFIXES = "人市省州县区"


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    place: Place
    value: str


@cache
def _register() -> tuple[Automaton, tuple[Place | None, ...]]:
    places = known_places()
    words = list(dict.fromkeys((*sorted(NOT_PLACES), *places)))
    return Automaton(words), tuple(None if word in NOT_PLACES else places[word] for word in words)


def find_places(text: str, *, boundaries: frozenset[int] | None = None) -> tuple[Entity, ...]:
    """The places named in ``text``, which stand in it as written; with ``boundaries`` (the offsets at which its words
    begin and end) only those that are words. The value is 杭州, 杭州/西湖区, or 鼓楼区 where the text does not say
    whose; the rule is ``place:`` and province, city or district."""
    mentions = _mentions(text)
    if not mentions:
        return ()
    named = frozenset(one.value for one in mentions if one.place.level == "city")
    found = (_entity(one, named) for one in _joined(text, mentions))
    return without_overlaps(one for one in found if boundaries is None or _stands(one, text, boundaries))


def may_hold_places(text: str) -> bool:
    """Whether a name of the register stands in ``text`` at all."""
    return bool(_register()[0].find(text))


def _mentions(text: str) -> list[_Mention]:
    automaton, places = _register()
    found = []
    for number, start, end in automaton.find(text):
        place = places[number]
        if place is not None and not _ROAD.match(text, end):
            found.append(_Mention(start, end, place, place.value))
    return found


def _joined(text: str, mentions: list[_Mention]) -> Iterator[_Mention]:
    """The mentions, each city joined with its district right behind it; names that need a neighbour and have none are
    left out."""
    before: _Mention | None = None
    for one in mentions:
        near = before is not None and text[before.end : one.start] in _JOINTS
        if near and before is not None and before.value in one.place.cities:
            before = _Mention(before.start, one.end, one.place, f"{before.value}/{one.place.name}")
            continue
        if before is not None:
            yield before
        before = _lengthened(text, one) if near or _is_sure(text, one) else None
    if before is not None:
        yield before


def _is_sure(text: str, one: _Mention) -> bool:
    if one.place.loose:
        return False
    cued = not one.place.cautious or _LEADS_IN.search(text, max(0, one.start - 3), one.start)
    return bool(cued or _LEADS_OUT.match(text, one.end))


def _lengthened(text: str, one: _Mention) -> _Mention:
    """杭州余杭 is 杭州/余杭区, but 北京朝阳公园 is no more than 北京."""
    districts = short_districts().get(one.value, {}) if one.place.level == "city" else {}
    for length in (3, 2):
        name = districts.get(text[one.end : one.end + length])
        if name and not _SIGHT.match(text, one.end + length):
            place = Place("district", name, frozenset((one.value,)))
            return _Mention(one.start, one.end + length, place, f"{one.value}/{name}")
    return one


def _entity(one: _Mention, named: frozenset[str]) -> Entity:
    owners = one.place.cities & named
    ours = len(one.place.cities) > 1 and len(owners) == 1 and "/" not in one.value
    value = f"{next(iter(owners))}/{one.place.name}" if ours else one.value
    return Entity("place", value, one.start, one.end, f"place:{one.place.level}")


def _stands(one: Entity, text: str, boundaries: frozenset[int]) -> bool:
    begins = one.start == 0 or one.start in boundaries
    ends = one.end == len(text) or one.end in boundaries
    grown = one.end + 1
    return begins and (ends or (text[one.end] in _SUFFIXES and (grown == len(text) or grown in boundaries)))
