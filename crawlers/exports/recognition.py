"""Which sheet of which preset a table is, and where its header stands: some exports put a title or notes above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crawlers.exports.cells import as_text
from crawlers.exports.presets import SheetPreset
from crawlers.exports.tables import Line, column_key

_SEEN_MOST, _NAME_MOST = 30, 20


@dataclass(frozen=True, slots=True)
class Recognition:
    """A table that is known: its sheet, its columns' keys, and which of its first lines (from 0) is the header."""

    sheet: SheetPreset
    header: tuple[str, ...]
    at: int
    weight: tuple[bool, bool, int]


def recognise(
    head: Sequence[Line], sheets: Sequence[SheetPreset], *, grid: bool, place: str, by_name: bool
) -> Recognition | None:
    """The best reading of a table's first lines; None when no preset knows it."""
    if not grid:
        names = {column_key(str(name)) for line in head if isinstance(line.cells, dict) for name in line.cells}
        return _best(tuple(names), sheets, at=-1, place=place, by_name=by_name)
    found = (
        _best(header_of(line.cells), sheets, at=at, place=place, by_name=by_name)
        for at, line in enumerate(head)
        if isinstance(line.cells, list)
    )
    return max((one for one in found if one), key=lambda one: (one.weight, -one.at), default=None)


def header_of(cells: list[Any]) -> tuple[str, ...]:
    """The keys of a header's cells; of two columns with one name the second gets another, so that the first counts."""
    keys: dict[str, None] = {}
    for at, cell in enumerate(cells):
        key = column_key(as_text(cell))
        keys[key if key and key not in keys else f"{key}#{at}"] = None
    return tuple(keys)


def _best(
    header: tuple[str, ...], sheets: Sequence[SheetPreset], *, at: int, place: str, by_name: bool
) -> Recognition | None:
    known = frozenset(header)
    best: Recognition | None = None
    for sheet in sheets:
        weight = sheet.weight(known, by_name=by_name)
        full = (not sheet.fallback, sheet.hinted(place), weight)
        if weight and (best is None or full > best.weight):
            best = Recognition(sheet, header, at, full)
    return best


def seen_columns(head: Sequence[Line], *, grid: bool) -> str:
    """What looks like the columns of a table that nobody knows, without what may be somebody's data."""
    if grid:
        rows = [[as_text(cell).strip() for cell in line.cells] for line in head]
        names = max(rows, key=lambda row: sum(map(bool, row)), default=[])
    else:
        names = [str(name) for line in head[:1] for name in line.cells]
    shown = [_bare(name) for name in names if name][:_SEEN_MOST]
    return ", ".join(shown) + (", …" if len(names) > _SEEN_MOST else "")


def _bare(name: str) -> str:
    private = sum(char.isdigit() for char in name) > 3 or "@" in name  # noqa: PLR2004
    return "…" if private or len(name) > _NAME_MOST else name
