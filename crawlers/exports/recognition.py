"""Which sheet of which preset a table is, and where its header stands: some exports put a title or notes above it.

Where several sheets fit, the name of the file or folder decides between those of platforms, then the number of fields
that the columns give. A team's own table (``fallback``) is taken where it gives more fields than any of the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from crawlers.exports.cells import as_text
from crawlers.exports.presets import SheetPreset
from crawlers.exports.tables import Line, column_key

_SEEN_MOST, _NAME_MOST = 30, 20


@dataclass(frozen=True, slots=True)
class Recognition:
    """A table that is known: its sheet, its columns' keys, and which of its first lines (from 0) is the header.

    ``weight`` is how many fields the columns give; ``hinted``: the name of the file or folder says that it is this.
    """

    sheet: SheetPreset
    header: tuple[str, ...]
    at: int
    weight: int
    hinted: bool


def recognise(
    head: Sequence[Line], sheets: Sequence[SheetPreset], *, grid: bool, place: str, by_name: bool
) -> Recognition | None:
    """The best reading of a table's first lines; None when no preset knows it."""
    found = [
        Recognition(sheet, header, at, weight, sheet.hinted(place))
        for at, header in _headers(head, grid=grid)
        for sheet, weight in _fitting(header, sheets, by_name=by_name)
    ]
    own = _best([one for one in found if one.sheet.fallback])
    others = [one for one in found if not one.sheet.fallback]
    most = max((one.weight for one in others), default=0)
    return own if own and own.weight > most else _best(others)


def _headers(head: Sequence[Line], *, grid: bool) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Every line that may be the header, with its number; -1 where each line names its columns."""
    if grid:
        yield from ((at, header_of(line.cells)) for at, line in enumerate(head) if isinstance(line.cells, list))
        return
    names = {column_key(str(name)): None for line in head if isinstance(line.cells, dict) for name in line.cells}
    yield -1, tuple(names)


def _fitting(
    header: tuple[str, ...], sheets: Sequence[SheetPreset], *, by_name: bool
) -> Iterator[tuple[SheetPreset, int]]:
    known = frozenset(header)
    for sheet in sheets:
        weight = sheet.weight(known, by_name=by_name)
        if weight:
            yield sheet, weight


def _best(found: Sequence[Recognition]) -> Recognition | None:
    """The hinted one, then the one with most fields; of equals the first line's and the first preset's."""
    return max(found, key=lambda one: (one.hinted, one.weight, -one.at), default=None)


def header_of(cells: list[Any]) -> tuple[str, ...]:
    """The keys of a header's cells; of two columns with one name the second gets another, so that the first counts."""
    keys: dict[str, None] = {}
    for at, cell in enumerate(cells):
        key = column_key(as_text(cell))
        keys[key if key and key not in keys else f"{key}#{at}"] = None
    return tuple(keys)


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
