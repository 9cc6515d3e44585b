"""Saved exports: each folder of ``fixtures/file`` holds a file as it came and the records expected from it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from crawlers.exports.presets import load_sheets
from crawlers.exports.reading import Desk, Verdict, read_file
from crawlers.items import Item

SAVED = Path(__file__).parents[1] / "fixtures" / "file"
NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
WRITTEN = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""When every saved export is made to have been written: a checkout has other times."""


def desk(preset: str = "auto", *, columns: dict[str, tuple[str, ...]] | None = None, **limits: int) -> Desk:
    """What exports are read with."""
    sheets = load_sheets(preset, columns=columns or {})
    return Desk(sheets=sheets, by_name=preset != "auto", zone=ZoneInfo("Asia/Shanghai"), now=NOW, **limits)


def read(path: Path, *, place: str | None = None, using: Desk | None = None) -> tuple[list[Item], Verdict]:
    """The items of a file, and whether it was read."""
    items: list[Item] = []
    reading = read_file(path, place=place or path.name, desk=using or desk())
    while True:
        try:
            items.append(next(reading))
        except StopIteration as end:
            return items, end.value


def written(path: Path, data: bytes | str) -> Path:
    """A file with these contents, written when every saved export was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    os.utime(path, (WRITTEN.timestamp(), WRITTEN.timestamp()))
    return path


def saved_items(folder: Path) -> Iterator[Item]:
    """The items of a saved export, read under the name of its case."""
    saved = next(folder.glob("page.*"))
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / f"{folder.name}{saved.suffix}"
        shutil.copyfile(saved, copy)
        os.utime(copy, (WRITTEN.timestamp(), WRITTEN.timestamp()))
        yield from read(copy)[0]
