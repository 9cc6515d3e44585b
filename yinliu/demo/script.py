"""What is said on the demo site: the hand-written posts and comment lines of every brand, read from ``content/``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Any, Literal

from ruamel.yaml import YAML

Speaker = Literal["reader", "asker", "brand"]

_PEOPLE_FILE = "readers.yaml"
_SPEAKERS: Mapping[str, Speaker] = {"路人": "reader", "楼主": "asker", "品牌": "brand"}
_ANSWER = re.compile(r"(?P<depth>>+) (?P<who>路人|楼主|品牌)(?:/(?P<label>\w+))?：(?P<text>.+)")
_CONTACT = re.compile(r"\[\[(.+?)]]")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing somebody says, what it means, the contact it leaves, and the answers it gets."""

    text: str
    label: str
    speaker: Speaker = "reader"
    contact: str | None = None
    answers: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class PostScript:
    """One post as it was written, with the comments that belong under it and nowhere else."""

    slug: str
    section: str
    product: str
    title: str
    tags: tuple[str, ...]
    paragraphs: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class BrandScript:
    """One brand: who speaks for it, the words of its topic, its posts, and lines that fit under any of them."""

    name: str
    category: str
    operators: tuple[str, ...]
    editors: tuple[str, ...]
    words: tuple[str, ...]
    posts: tuple[PostScript, ...]
    pool: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class People:
    """The names of everybody who comments and is not a brand."""

    readers: tuple[str, ...]
    advertisers: tuple[str, ...]


def read_brands() -> tuple[BrandScript, ...]:
    """Every brand in ``content/``, ordered by file name."""
    found = [entry for entry in _content().iterdir() if entry.name.endswith(".yaml") and entry.name != _PEOPLE_FILE]
    return tuple(_brand(_load(entry)) for entry in sorted(found, key=lambda entry: entry.name))


def read_people() -> People:
    """The names in ``content/readers.yaml``."""
    raw = _load(_content() / _PEOPLE_FILE)
    return People(tuple(raw["readers"].split()), tuple(raw["advertisers"].split()))


def read_lines(pool: Mapping[str, str]) -> tuple[Line, ...]:
    """The comments of a ``label: block of lines`` mapping, answers tied to the line they answer."""
    return tuple(line for label, block in pool.items() for line in _threads(block.splitlines(), label))


def _content() -> Traversable:
    return files("yinliu.demo") / "content"


def _load(entry: Traversable) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(entry.read_text(encoding="utf-8"))
    return loaded


def _brand(raw: Mapping[str, Any]) -> BrandScript:
    return BrandScript(
        name=raw["brand"],
        category=raw["category"],
        operators=tuple(raw["operators"]),
        editors=tuple(raw["editors"]),
        words=tuple(raw["words"]),
        posts=tuple(_post(post) for post in raw["posts"]),
        pool=read_lines(raw["pool"]),
    )


def _post(raw: Mapping[str, Any]) -> PostScript:
    return PostScript(
        slug=raw["slug"],
        section=raw["section"],
        product=raw["product"],
        title=raw["title"],
        tags=tuple(raw["tags"]),
        paragraphs=tuple(raw["paragraphs"]),
        lines=read_lines(raw["comments"]),
    )


def _threads(rows: Sequence[str], label: str) -> Iterator[Line]:
    starts = [index for index, row in enumerate(rows) if not row.startswith(">")]
    for start, end in pairwise([*starts, len(rows)]):
        opening = _line(rows[start], label=label, speaker="reader")
        yield replace(opening, answers=_answers(rows[start + 1 : end], depth=1))


def _answers(rows: Sequence[str], *, depth: int) -> tuple[Line, ...]:
    parsed = [_parse_answer(row) for row in rows]
    starts = [index for index, (level, _) in enumerate(parsed) if level == depth]
    return tuple(
        replace(parsed[start][1], answers=_answers(rows[start + 1 : end], depth=depth + 1))
        for start, end in pairwise([*starts, len(rows)])
    )


def _parse_answer(row: str) -> tuple[int, Line]:
    match = _ANSWER.fullmatch(row)
    if match is None:
        raise ValueError(f"not an answer, expected '> 品牌：…': {row}")
    speaker = _SPEAKERS[match["who"]]
    return len(match["depth"]), _line(match["text"], label=match["label"] or "chat_other", speaker=speaker)


def _line(text: str, *, label: str, speaker: Speaker) -> Line:
    contact = _CONTACT.search(text)
    return Line(_CONTACT.sub(r"\1", text), label, speaker, contact[1] if contact else None)
