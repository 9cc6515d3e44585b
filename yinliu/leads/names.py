"""Names that sound the same: a reason to look whether two persons are one, never to merge them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pypinyin import lazy_pinyin

from yinliu.language import Text

_EMOTE = re.compile(r"\[[^\[\]\s]{1,12}\]|【[^【】\s]{1,12}】")
_SUFFIX = re.compile(r"(?:官方旗舰店|官方账号|官方号|旗舰店|官方|本人|本尊|大号|小号|工作室|official|real)+$")
_LONGEST = 60
_SHORTEST = 4
"""Letters that a sound has: 阿泽 (aze) sounds like many, and says something only where it is written the same."""
_NOBODY = re.compile(r"(?:yonghu|user|wx|momo|nimingyonghu|niming|guest|shoujiyonghu|weixinyonghu|xiaohongshu)\d{0,20}")
"""What platforms call those who chose no name."""
_ANYBODY = frozenset(
    ("小明", "小红", "小王", "小李", "小张", "小刘", "小陈", "小白", "路人", "路人甲", "游客", "网友", "匿名", "无名")
)
"""Names that are everybody's."""
_HAN = re.compile("[\u3400-\u9fff]{2,}")
MOST = 5
"""Persons of one name: of more it says nothing."""
RARE = 3
"""The same of a name that is too short to be told by its sound."""


def key_of(name: str) -> str | None:
    """How a name sounds, without emoji, signs, case, tones and suffixes like 官方; None where that says nothing."""
    letters, sound = _heard(name)
    return sound if len(letters) > 1 and len(sound) >= _SHORTEST and _is_somebodys(letters, sound) else None


def short_key_of(name: str) -> str | None:
    """How a name of Chinese characters is written that is too short for :func:`key_of`; else None."""
    letters, sound = _heard(name)
    short = _HAN.fullmatch(letters) and len(sound) < _SHORTEST
    return letters if short and _is_somebodys(letters, sound) else None


def _heard(name: str) -> tuple[str, str]:
    """The letters of a name, and how they sound."""
    plain = _EMOTE.sub("", unicodedata.normalize("NFKC", name[:_LONGEST]))
    letters = "".join(char for char in plain if unicodedata.category(char)[0] in "LN").lower()
    return letters, "".join(lazy_pinyin(_SUFFIX.sub("", letters) or letters)).lower()


def _is_somebodys(letters: str, sound: str) -> bool:
    return letters not in _ANYBODY and not sound.isdecimal() and not _NOBODY.fullmatch(sound)


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """An account, whose it is, where, and its name."""

    person: int
    account: int
    source: str
    name: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two persons who may be one (``first`` is the earlier), their names, and why; ``barred``: nothing merges them."""

    first: int
    second: int
    names: tuple[str, str]
    reason: Text
    barred: bool = False


def suggestions(accounts: Iterable[NamedAccount]) -> Iterator[Suggestion]:
    """Pairs of persons on different sources whose names sound the same; each pair once, by the persons' numbers.

    Short names must be written the same, and be fewer.
    """
    alike: dict[tuple[int, str], list[NamedAccount]] = defaultdict(list)
    for one in accounts:
        key, short = key_of(one.name), short_key_of(one.name)
        if key or short:
            alike[(MOST, key) if key else (RARE, short or "")].append(one)
    found: dict[tuple[int, int], Suggestion] = {}
    for (most, _), group in alike.items():
        if len({one.person for one in group}) <= most:
            for pair in _pairs(sorted(group, key=lambda one: (one.person, one.account))):
                found.setdefault((pair.first, pair.second), pair)
    return iter([found[key] for key in sorted(found)])


def _pairs(group: list[NamedAccount]) -> Iterator[Suggestion]:
    for number, one in enumerate(group):
        for other in group[number + 1 :]:
            if one.person != other.person and one.source != other.source:
                yield Suggestion(one.person, other.person, (one.name, other.name), _reason(one, other))


def _reason(one: NamedAccount, other: NamedAccount) -> Text:
    same = one.name == other.name
    zh, en = ("昵称相同", "the same name") if same else ("昵称读音相同", "names that sound the same")
    told = f"{one.name}（{one.source}）、{other.name}（{other.source}）"
    return Text(f"{zh}：{told}", f"{en}: {one.name} ({one.source}), {other.name} ({other.source})")
