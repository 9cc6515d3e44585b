"""What every file is read into: tables of numbered lines, as they come, before anything is known of their columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

_SPACES = re.compile(r"[\s_\u200b\ufeff]+")
_UNIT = re.compile(r"\((?:次|个|人|条|篇|元|秒|s)\)$")


class Line(NamedTuple):
    """One line of a table: its number as a reader of the file counts, and its cells (a list, or a mapping by column).

    ``fault`` says why the line could not be read; its cells are then what was there.
    """

    number: int
    cells: list[Any] | dict[str, Any]
    fault: str = ""


@dataclass(slots=True)
class Table:
    """One sheet of a workbook, one table of a database, or a whole text file (``name`` is empty then).

    A ``grid`` has lists as lines, its header somewhere at the top; otherwise each line names its columns.
    """

    name: str
    lines: Iterator[Line]
    grid: bool


@lru_cache(maxsize=8192)
def column_key(name: str) -> str:
    """A column's name without what changes between two exports of the same thing: case, width, spaces, its unit."""
    return _UNIT.sub("", _SPACES.sub("", unicodedata.normalize("NFKC", name)).casefold())
