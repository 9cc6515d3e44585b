"""Which characters an expression cannot be found without: what lets an automaton decide where expressions are tried.

Cox 2012 ("Regular Expression Matching with a Trigram Index") calls these an expression's required strings.
"""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from typing import Any

_MOST, _MOST_TOGETHER = 64, 512
"""Alternatives that are worth looking for: of one part of an expression, and of all its branches."""
_TOO_COMMON = 0.8
"""From this on a further set hardly narrows where an expression is tried."""
_COMMON = frozenset(
    "的一是了我不在人有他这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能好吗想没还都看么"
)
"""Characters that stand in most texts: finding one tells little."""

_NOWHERE = re.compile("[\n\ud800-\udfff]")
"""What no comparable text holds; a batch has breaks between its texts."""

Literals = frozenset[str]


def required(expression: str) -> tuple[Literals, ...]:
    """Sets of strings, the most telling first: of each set one stands in every match. Empty where none can be told.

    Raises ``re.error`` as ``re`` does.
    """
    parsed = parser.parse(expression)
    if parsed.state.flags & op.SRE_FLAG_IGNORECASE:
        return ()
    try:
        sets = sorted(_usable(_runs(parsed)), key=_commonness)
    except RecursionError:  # groups in groups, deeper than anyone writes
        return ()
    return (*sets[:1], *(one for one in sets[1:] if _commonness(one) < _TOO_COMMON))


def _runs(parsed: Any) -> list[Literals | None]:
    """What is required of a sequence: of each item, and of items that follow each other exactly."""
    found: list[Literals | None] = []
    exact: Literals | None = None
    for item in parsed:
        texts = _exact(item)
        joined = None if texts is None or exact is None else frozenset(one + two for one in exact for two in texts)
        if joined is not None and len(joined) <= _MOST:
            exact, found[-1] = joined, joined
        else:
            exact = texts
            found.append(texts if texts is not None else _inside(item))
    return found


def _usable(found: list[Literals | None]) -> list[Literals]:
    return [_shortest(one) for one in found if one and all(one) and not any(map(_NOWHERE.search, one))]


def _shortest(texts: Literals) -> Literals:
    """Without those that hold another: 我 stands wherever 一下我 does."""
    return frozenset(text for text in texts if not any(other != text and other in text for other in texts))


def _best(found: list[Literals | None]) -> Literals | None:
    return min(_usable(found), key=_commonness, default=None)


def _commonness(texts: Literals) -> float:
    """About how often one of these stands in a text."""
    return sum(min(1.0 if char in _COMMON else 0.1 for char in text) * 0.3 ** (len(text) - 1) for text in texts)


def _exact(item: Any) -> Literals | None:
    """All texts that an item matches, where they are few."""
    code, value = item
    if code is op.LITERAL:
        return frozenset((chr(value),))
    if code is op.IN:
        return _of_set(value)
    if code is op.SUBPATTERN:
        return None if _any_case(value) else _of_sequence(value[-1])
    if code is op.BRANCH:
        return _union([_of_sequence(branch) for branch in value[1]])
    if code is op.MAX_REPEAT and value[:2] == (0, 1):
        inside = _of_sequence(value[2])
        return None if inside is None else inside | {""}
    return None


def _any_case(group: Any) -> bool:
    """Whether it is a group like ``(?i:...)``."""
    return bool(group[1] & op.SRE_FLAG_IGNORECASE)


def _of_set(members: Any) -> Literals | None:
    if len(members) <= _MOST and all(code is op.LITERAL for code, _ in members):
        return frozenset(chr(value) for _, value in members)
    return None


def _of_sequence(parsed: Any) -> Literals | None:
    texts: Literals | None = frozenset(("",))
    for item in parsed:
        if item[0] is op.AT:
            continue
        more = _exact(item)
        texts = None if texts is None or more is None else frozenset(one + two for one in texts for two in more)
        if texts is None or len(texts) > _MOST:
            return None
    return texts


def _inside(item: Any) -> Literals | None:
    """Required strings of an item that matches more than a few texts."""
    code, value = item
    if code is op.SUBPATTERN:
        return None if _any_case(value) else _best(_runs(value[-1]))
    if code is op.BRANCH:
        return _union([_best(_runs(branch)) for branch in value[1]])
    if code in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] > 0:
        return _best(_runs(value[2]))
    return None


def _union(choices: list[Literals | None]) -> Literals | None:
    if any(choice is None for choice in choices):
        return None
    united = frozenset(text for choice in choices if choice is not None for text in choice)
    return united if len(united) <= _MOST_TOGETHER else None
