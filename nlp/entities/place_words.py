"""What no register says: which place names are also words, and which are said without 区 or 县."""

from __future__ import annotations

from collections import defaultdict
from importlib.resources import files

NICKNAMES = {"魔都": "上海", "帝都": "北京", "羊城": "广州", "鹏城": "深圳", "蓉城": "成都", "鹭岛": "厦门"}
NICKNAMES |= {"版纳": "西双版纳", "呼市": "呼和浩特", "乌市": "乌鲁木齐", "内蒙": "内蒙古"}

FORMER = (("重庆", "渝北区"), ("重庆", "江北区"), ("杭州", "下城区"), ("杭州", "江干区"), ("上海", "闸北区"))
"""Districts that the register has dropped since 2011 and people still name: (city, district)."""

TAIWAN = (
    "台北",
    "新北",
    "桃园",
    "台中",
    "台南",
    "高雄",
    "基隆",
    "新竹",
    "嘉义",
    "花莲",
    "台东",
    "宜兰",
    "屏东",
    "澎湖",
)
"""The register has no data for Taiwan."""


def _read() -> dict[str, frozenset[str]]:
    lists: dict[str, set[str]] = defaultdict(set)
    for line in files("nlp.entities").joinpath("place_words.txt").read_text("utf-8").splitlines():
        name, colon, words = line.partition(": ")
        if colon and not line.startswith("#"):
            lists[name].update(words.split())
    return {name: frozenset(words) for name, words in lists.items()}


_LISTS = _read()
CAUTIOUS, WELL_KNOWN, COMMON = _LISTS["cautious"], _LISTS["well_known"], _LISTS["common"]
LOOSE, SCENERY, NOT_PLACES = _LISTS["loose"], _LISTS["scenery"], _LISTS["not_places"]
"""The lists of ``place_words.txt``, each explained there."""
