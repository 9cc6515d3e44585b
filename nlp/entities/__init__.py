"""Entities in Chinese comments: places, numbers of people, budgets, dates, and the names that a team gives."""

from __future__ import annotations

import re
from datetime import date

from nlp.entities.budgets import find_budgets
from nlp.entities.counts import find_people
from nlp.entities.dates import find_dates
from nlp.entities.entity import Entity, EntityKind, without_overlaps
from nlp.entities.lexicon import Lexicon, LexiconEntry
from nlp.entities.places import find_places, may_hold_places
from nlp.normal import comparable

__all__ = [
    "READ",
    "Entity",
    "EntityKind",
    "Lexicon",
    "LexiconEntry",
    "find_budgets",
    "find_dates",
    "find_entities",
    "find_people",
    "find_places",
    "may_hold_entities",
]

_HINT = re.compile(
    r"[0-9０-９一二两三四五六七八九十百千万][\s\S]|[俩仨]|两口|[今明后]天|[今明][晚早]|[周月年]|[节假]|星期|礼拜|"
    r"春节|除夕|元旦|元宵|清明|端午|七夕|中秋|国庆|重阳|跨年|平安夜|圣诞|高考"
)
READ = 50_000
"""How many characters of a text are read; the rest of a longer one holds nothing for us."""


def find_entities(
    text: str, *, lexicon: Lexicon | None = None, today: date | None = None, boundaries: frozenset[int] | None = None
) -> tuple[Entity, ...]:
    """Everything of :data:`EntityKind` in ``text`` (its first :data:`READ` characters), sorted by place; no two of a
    kind overlap. ``today`` is the day on which the text was written (see :func:`find_dates`), ``boundaries`` the
    offsets of its words (see :func:`find_places`)."""
    text = text[:READ]
    plain = comparable(text)
    names = lexicon.find(plain) if lexicon else ()
    places = find_places(text, boundaries=boundaries)
    if not _HINT.search(plain):
        return without_overlaps((*places, *names))
    numbers = (*find_people(plain), *find_budgets(plain), *find_dates(plain, today=today))
    return without_overlaps((*places, *names, *numbers))


def may_hold_entities(text: str, *, lexicon: Lexicon | None = None) -> bool:
    """Whether :func:`find_entities` may find anything; False is certain, True is not."""
    text = text[:READ]
    return bool(_HINT.search(text) or may_hold_places(text) or (lexicon and lexicon.stands_in(comparable(text))))
