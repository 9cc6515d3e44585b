"""The landing file of one crawl: JSON lines, written beside its name and moved there whole, or not at all.

First line ``{"kind": "run", …}``, then an item a line (:mod:`crawlers.items`), last ``{"kind": "end", …}`` with the
number of lines and the next cursor.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import IO, Any

from crawlers.items import Item, to_record

FORMAT = 1


class LandingFile:
    """A landing file while it is written; nothing is seen under ``path`` before :meth:`finish`."""

    def __init__(self, path: Path, *, header: dict[str, Any]) -> None:
        self.path = path
        self.counts: dict[str, int] = {}
        self._part = path.with_name(f".{path.name}.part")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: IO[str] = self._part.open("w", encoding="utf-8")
        self._write({"kind": "run", "format": FORMAT, **header})

    def add(self, item: Item) -> None:
        """Write one item."""
        self.counts[item.kind] = self.counts.get(item.kind, 0) + 1
        self._write(to_record(item))

    def finish(self, *, cursor: dict[str, Any] | None) -> None:
        """Close the file and move it to its name; ``cursor`` None keeps the source's old one."""
        self._write({"kind": "end", "lines": sum(self.counts.values()), "cursor": cursor})
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self.path)
        _sync_folder(self.path.parent)

    def _write(self, record: dict[str, Any]) -> None:
        # Lone surrogates are legal in JSON escapes but not in UTF-8: they are escaped again, and cleaned by the loader.
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        self._file.write(line.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
