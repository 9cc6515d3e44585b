"""A name for a new topic: the term in pinyin, as ``topics.yaml`` allows names."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from importlib import import_module

_LONGEST = 40
_NOT_PLAIN = re.compile(r"[^a-z0-9]")


def name_for(term: str, taken: Collection[str] = ()) -> str | None:
    """A name (帐篷 → ``zhangpeng``) that no topic has; None where the term has no letters that can be written so."""
    plain = "".join(_NOT_PLAIN.sub("", syllable.lower()) for syllable in _syllables(term)).lstrip("0123456789")
    plain = plain[: _LONGEST - 3]
    if not plain:
        return None
    return next(name for name in (plain, *(f"{plain}_{n}" for n in range(2, 100))) if name not in taken)


def _syllables(term: str) -> list[str]:
    reader = _reader()
    return list(term) if reader is None else reader(term)


@lru_cache(maxsize=1)
def _reader() -> Callable[[str], list[str]] | None:
    try:
        read: Callable[[str], list[str]] = import_module("pypinyin").lazy_pinyin
    except ImportError:  # names are proposals: without them a person writes one
        return None
    return read
