"""One file as items: told by its content what it is, its tables recognised, every row an item or a named problem."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from crawlers.exports.cells import as_text, last_day
from crawlers.exports.databases import database_tables
from crawlers.exports.delimited import HEAD, csv_table
from crawlers.exports.json_rows import json_table
from crawlers.exports.presets import SheetPreset, hinted_platform
from crawlers.exports.recognition import Recognition, header_of, recognise, seen_columns
from crawlers.exports.rows import Scene, counters_moment, rejection, row_items
from crawlers.exports.tables import Line, Table, column_key
from crawlers.exports.workbooks import workbook_tables
from crawlers.items import Item, ProblemItem
from crawlers.options import MEBIBYTE
from crawlers.problems import CrawlProblem

Verdict = Literal["loaded", "refused"]
"""Whether a file was read, or cannot be: either way its content need not be read again."""

_DATED = ("数据截止", "截止", "截至", "统计时间", "统计周期", "导出时间", "更新时间", "数据时间", "时间范围")
_WORKBOOK_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_DATABASE_MAGIC = b"SQLite format 3\x00"
_CONTROLS = frozenset(range(9)) | frozenset(range(14, 27))
_LONGEST_NAME = 100
_FEWEST = 10
"""One control character in so many bytes: this is no text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What all files of a source are read with. Sizes in bytes; ``by_name``: the team chose the preset itself."""

    sheets: tuple[SheetPreset, ...]
    by_name: bool
    zone: ZoneInfo
    now: datetime
    largest: int = 512 * MEBIBYTE
    largest_workbook: int = 64 * MEBIBYTE


def read_file(path: Path, *, place: str, desk: Desk) -> Generator[Item, None, Verdict]:
    """The items of a file, ``place`` being what it is called; at last, whether it was read.

    A file that is damaged or that no preset knows is one problem; a row that cannot be stored is one with its line.
    """
    tally = _Tally()
    try:
        for table in _tables(path, place, desk):
            yield from _table_items(table, path=path, place=place, desk=desk, tally=tally)
    except (CrawlProblem, OSError) as error:
        code, detail = (error.code, error.detail) if isinstance(error, CrawlProblem) else _unreadable(error)
        yield ProblemItem(code=code, url=place, detail=detail)
        return "refused"
    if tally.unknown and not tally.known:
        seen = "; ".join(f"{name}: {columns}" if name else columns for name, columns in tally.unknown[:5])
        yield ProblemItem(code="file_not_recognised", url=place, detail=f"no preset knows these columns: {seen}"[:1000])
        return "refused"
    if not (tally.known or tally.unknown):
        yield ProblemItem(code="file_not_used", url=place, detail="no rows in it")
    for name, why in (*tally.unused, *((name, f"no preset knows it: {seen}") for name, seen in tally.unknown)):
        yield ProblemItem(code="file_not_used", url=_at(place, name), detail=why[:500])
    return "loaded"


class _Tally:
    """What became of the tables of a file."""

    def __init__(self) -> None:
        self.known = 0
        self.unknown: list[tuple[str, str]] = []
        self.unused: list[tuple[str, str]] = []


def _unreadable(error: OSError) -> tuple[str, str]:
    return "file_unreadable", f"{type(error).__name__}: {error.strerror or ''}".removesuffix(": ")


def _at(place: str, table: str, number: int | None = None) -> str:
    """Where something stands: ``作品.xlsx:作品列表!17``, ``comments.jsonl:17``."""
    parts = [part for part in (table, "" if number is None else str(number)) if part]
    return f"{place}:{'!'.join(parts)}" if parts else place


def _tables(path: Path, place: str, desk: Desk) -> Iterator[Table]:
    """The tables of a file, by what its first bytes say rather than its name."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(4096)
    if not start.strip():
        raise CrawlProblem("file_unreadable", f"empty: {size} bytes")
    workbook = start.startswith(_WORKBOOK_MAGIC)
    limit, name = (desk.largest_workbook, "max_workbook_mib") if workbook else (desk.largest, "max_file_mib")
    if size > limit:
        raise CrawlProblem("body_too_large", f"{size / MEBIBYTE:.1f} MiB > {name} {limit / MEBIBYTE:g}")
    if workbook:
        return workbook_tables(path)
    if start.startswith(_DATABASE_MAGIC):
        return database_tables(path)
    return iter((_text_table(path, start, place, desk),))


def _text_table(path: Path, start: bytes, place: str, desk: Desk) -> Table:
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    wide = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not wide and (b"\x00" in start or sum(byte in _CONTROLS for byte in start) * _FEWEST > len(start)):
        raise CrawlProblem("file_not_recognised", f"neither text, workbook nor SQLite: begins with {start[:8].hex()}")
    if bare[:1] == b"<":
        raise CrawlProblem("file_unreadable", "a web page or XML, whatever its name: open it in Excel, save as xlsx")
    if bare[:1] in (b"{", b"[") and path.suffix.lower() not in (".csv", ".tsv"):
        return json_table(path)

    def weigh(head: list[Line]) -> int:
        found = recognise(head, desk.sheets, grid=True, place=place, by_name=desk.by_name)
        return found.weight if found else 0

    return csv_table(path, weigh=weigh)


def _table_items(table: Table, *, path: Path, place: str, desk: Desk, tally: _Tally) -> Iterator[Item]:
    head, failure = _head(table.lines)
    filled = [line for line in head if _is_filled(line) or line.fault]
    if not filled:
        return _raise(failure)
    hinted = f"{place}/{table.name}"
    found = recognise(head, desk.sheets, grid=table.grid, place=hinted, by_name=desk.by_name)
    if found is None:
        _raise(failure)
        tally.unknown.append((table.name, seen_columns([line for line in filled if not line.fault], grid=table.grid)))
        return None
    tally.known += 1
    if found.sheet.kind == "account":
        tally.unused.append((table.name, "accounts: only posts and comments are stored"))
        return None
    taken = _taken(path, place, head[: max(found.at, 0)], desk)
    platform = (hinted_platform(hinted) if found.sheet.fallback else None) or found.sheet.platform
    scene = Scene(zone=desk.zone, now=desk.now, taken=taken, platform=platform)
    for line in chain(head[found.at + 1 :], table.lines):
        yield from _line_items(line, found, place=_at(place, table.name, line.number), scene=scene)
    return _raise(failure)


def _head(lines: Iterator[Line]) -> tuple[list[Line], CrawlProblem | None]:
    """The first lines, and what ended them early: the lines before a damage are read all the same."""
    head: list[Line] = []
    try:
        head.extend(islice(lines, HEAD))
    except CrawlProblem as problem:
        return head, problem
    return head, None


def _raise(failure: CrawlProblem | None) -> None:
    if failure:
        raise failure


def _line_items(line: Line, found: Recognition, *, place: str, scene: Scene) -> Iterator[Item]:
    """The items of one line; an empty one has none."""
    fault = line.fault or _misfit(line, found)
    if fault:
        yield rejection(line.cells, place=place, code="item_incomplete", detail=fault)
    elif _is_filled(line):
        yield from row_items(_by_column(line, found), found.sheet, place=place, scene=scene)


def _is_filled(line: Line) -> bool:
    cells = line.cells.values() if isinstance(line.cells, dict) else line.cells
    return any(cell not in (None, "") and as_text(cell).strip() for cell in cells)


def _misfit(line: Line, found: Recognition) -> str:
    """Why a line cannot belong to its header."""
    if isinstance(line.cells, dict):
        return ""
    width, extra = len(found.header), line.cells[len(found.header) :]
    if any(as_text(cell).strip() for cell in extra):
        return f"{len(line.cells)} cells under a header of {width}: a delimiter or a quotation mark inside a cell?"
    first = as_text(line.cells[0]) if line.cells else ""
    again = column_key(first[:_LONGEST_NAME]) == found.header[0] and header_of(line.cells) == found.header
    return "the header once more" if again else ""


def _by_column(line: Line, found: Recognition) -> dict[str, Any]:
    """The cells by column key."""
    if isinstance(line.cells, dict):
        return {column_key(str(name)): cell for name, cell in line.cells.items()}
    return dict(zip(found.header, line.cells, strict=False))


def _taken(path: Path, place: str, notes: Sequence[Line], desk: Desk) -> datetime:
    """When the counters were read: the day in a note above the header or in the file's name, else its last change."""
    changed = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    texts = [as_text(cell) for line in notes for cell in line.cells]
    dated = [text[:200] for text in texts if any(word in text for word in _DATED)]
    day = next((day for day in map(last_day, (*dated, Path(place).name)) if day), None)
    start = datetime(day.year, day.month, day.day, tzinfo=desk.zone) if day else None
    return counters_moment(start, changed, desk.now).astimezone(UTC)
