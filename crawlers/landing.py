"""The landing file of one crawl: JSON lines, written beside its name and moved there whole, or not at all.

First line ``{"kind": "run", …}``, then an item a line (:mod:`crawlers.items`), last ``{"kind": "end", …}`` with the
number of lines, the requests it took, the posts it was to visit, and the next cursor.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crawlers.items import Item, to_record

FORMAT = 1


class LandingFile:
    """A landing file while it is written; nothing is seen under ``path`` before :meth:`finish`."""

    def __init__(self, path: Path, *, header: dict[str, Any]) -> None:
        self.path = path
        self.counts: dict[str, int] = {}
        self._header = header
        self._part = path.with_name(f".{path.name}.part")
        path.parent.mkdir(parents=True, exist_ok=True)

    def begin(self) -> None:
        """Begin with an empty file."""
        self._file = self._part.open("wb", buffering=0)
        self._size = 0
        self._write(_line({"kind": "run", "format": FORMAT, **self._header}))

    def continue_at(self, size: int, *, counts: dict[str, int]) -> bool:
        """Go on with what a killed crawl wrote up to ``size`` bytes; False when that much is not there."""
        if not size or not self._part.exists() or self._part.stat().st_size < size:
            return False
        os.truncate(self._part, size)
        self._file = self._part.open("ab", buffering=0)
        self._size, self.counts = size, dict(counts)
        return True

    def add(self, items: Sequence[Item]) -> int:
        """Write items in one go; gives the size of the file, in bytes."""
        for item in items:
            self.counts[item.kind] = self.counts.get(item.kind, 0) + 1
        if items:
            self._write(b"".join(_line(to_record(item)) for item in items))
        return self._size

    def finish(self, *, cursor: dict[str, Any] | None, requests: int = 0, visits: Sequence[str] = ()) -> None:
        """Close the file and move it to its name; ``cursor`` None keeps the source's old one."""
        end: dict[str, Any] = {"kind": "end", "lines": sum(self.counts.values()), "requests": requests}
        end |= {"visits": list(visits), "cursor": cursor}
        self._write(_line(end))
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self.path)
        _sync_folder(self.path.parent)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:  # a raw file may take less than it is given
            view = view[self._file.write(view) :]
        self._size += len(data)


def _line(record: dict[str, Any]) -> bytes:
    # Lone surrogates are legal in JSON escapes but not in UTF-8: they are escaped again, and cleaned by the loader.
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
