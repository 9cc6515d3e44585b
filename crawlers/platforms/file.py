"""Files in a folder: exports of creator back-offices and of other crawlers, each content loaded once.

Nothing is asked over the network. A file is known by the digest of its content, whatever its name: a copy is passed
over, a changed file is read again (the loader takes a row it knows as an update). A file that cannot be read or that no
preset knows is told once, and tried again when the presets change. docs/files.md tells which exports are known.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from crawlers.exports.folder import content_digest, export_files, last_change
from crawlers.exports.presets import AUTO, FIELDS, SUFFIXES, load_sheets, sheets_digest, shipped_names
from crawlers.exports.reading import Desk, Verdict, read_file
from crawlers.items import Item, ProblemItem
from crawlers.options import MEBIBYTE, SourceOptions
from crawlers.problems import CrawlProblem
from crawlers.spider import Cursor, PlatformSpider, Yield

REMEMBERED = 20_000
"""Contents that are remembered, the latest ones: 60 bytes each."""

READER = 2
"""Counts what an item says more than before: files that an earlier one read are read once more (2: their platform)."""

_METRIC_MOST = 40
_PATIENCE = 15.0
"""Seconds that a crawl waits for files that are being written; others are left to the next crawl."""


def _preset(value: str) -> str:
    if value != AUTO and not value.endswith(SUFFIXES) and value not in shipped_names():
        known = ", ".join((AUTO, *shipped_names()))
        raise PydanticCustomError("preset", "must be a .yaml file or one of {known}", {"known": known})
    return value


def _columns(value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    for name in value:
        bare = name.replace("_", "")
        if name not in FIELDS and not (bare.isascii() and bare.islower() and len(name) <= _METRIC_MOST):
            known = ", ".join(sorted(FIELDS))
            raise PydanticCustomError("column", "must be one of {known}, or the name of a counter", {"known": known})
    return value


def _pattern(value: str) -> str:
    if not value or value.startswith("/") or ".." in Path(value).parts:
        raise PydanticCustomError("pattern", "must be a pattern below the folder, like *.xlsx")
    return value


class FileOptions(SourceOptions):
    """A folder of exports. ``preset`` is a shipped one, a team's own file, or ``auto``: each file is recognised.

    ``columns`` adds names of columns to the preset's, by field or counter. A file that was written in the last
    ``settle_seconds`` is left to the next crawl.
    """

    platform: Literal["file"]
    url: str = ""
    folder: Path
    pattern: Annotated[str, AfterValidator(_pattern)] = "*"
    preset: Annotated[str, AfterValidator(_preset)] = AUTO
    columns: Annotated[dict[str, tuple[str, ...]], AfterValidator(_columns)] = {}
    settle_seconds: float = Field(default=10, ge=0, le=86400)
    max_file_mib: float = Field(default=512, gt=0, le=16384)
    max_workbook_mib: float = Field(default=64, gt=0, le=512)

    revisits: ClassVar[bool] = False

    def located(self, folder: Path) -> Self:
        """Folder and preset file, where they are not absolute, below the workspace."""
        own = self.preset.endswith(SUFFIXES)
        preset = str(folder / self.preset) if own else self.preset
        return self.model_copy(update={"folder": folder / self.folder, "preset": preset})


class FileSpider(PlatformSpider):
    """Every file of the folder whose content was not loaded before.

    Cursor: ``files`` (digest -> name) were loaded by this ``reader``, ``refused`` (digest -> name) cannot be while
    ``presets`` (a digest) stay as they are.
    """

    name = "file"
    Options: ClassVar[type[SourceOptions]] = FileOptions
    options: FileOptions

    def first_requests(self) -> Yield:
        """The items of every new file; no request is made."""
        folder = Path(self.options.folder)
        if not folder.is_dir():
            yield self._wide(str(self.options.folder), "no such folder")
            return
        try:
            desk = self._desk()
        except CrawlProblem as problem:
            yield self._wide(self.options.preset, problem.detail)
            return
        paths = list(export_files(folder, pattern=self.options.pattern))
        self._wait(paths)
        for path in paths:
            yield from self._file(path, folder, desk)

    def _wait(self, paths: list[Path]) -> None:
        """Give files that have just been put there the seconds they need to be settled, if those are few."""
        with suppress(OSError):
            youngest = min((abs(time.time() - last_change(path)) for path in paths), default=_PATIENCE)
            time.sleep(min(_PATIENCE, max(0.0, self.options.settle_seconds - youngest)))
        self.now = datetime.now(UTC)

    def _wide(self, place: str, detail: str) -> ProblemItem:
        return ProblemItem(code="file_unreadable", url=place, detail=detail, scope="source")

    def _desk(self) -> Desk:
        sheets = load_sheets(self.options.preset, columns=self.options.columns)
        self.memory["presets"] = sheets_digest(sheets)
        return Desk(
            sheets=sheets,
            by_name=self.options.preset != AUTO,
            zone=self.zone,
            now=self.now,
            largest=int(self.options.max_file_mib * MEBIBYTE),
            largest_workbook=int(self.options.max_workbook_mib * MEBIBYTE),
        )

    def _file(self, path: Path, folder: Path, desk: Desk) -> Iterator[Item]:
        """One file; a fault of ours is told and the file tried again, the other files are read all the same."""
        place = path.relative_to(folder).as_posix()
        try:
            if not path.resolve().is_relative_to(folder.resolve()):
                yield ProblemItem(code="file_unreadable", url=place, detail="a link that leads out of the folder")
            elif self._is_settled(path):
                yield from self._content(path, place, desk)
        except OSError as error:
            yield ProblemItem(code="file_unreadable", url=place, detail=f"{type(error).__name__}: {error.strerror}")
        except Exception as error:
            traceback.print_exc()
            yield ProblemItem(code="unreadable", url=place, detail=f"{type(error).__name__}: {error}"[:200])

    def _is_settled(self, path: Path) -> bool:
        changed = last_change(path)
        age = abs(self.now.timestamp() - changed)  # copied from a machine whose clock is ahead: not being written
        return age >= self.options.settle_seconds and self._is_in_window(changed)

    def _is_in_window(self, changed: float) -> bool:
        return self.since is None or changed >= self.since.timestamp()

    def _content(self, path: Path, place: str, desk: Desk) -> Iterator[Item]:
        digest, changed = content_digest(path, largest=desk.largest), last_change(path)
        if any(digest in known for known in self._read_before):
            return
        verdict = yield from read_file(path, place=place, desk=desk)
        if last_change(path) == changed:
            self._remember(digest, place, verdict)

    @cached_property
    def _read_before(self) -> tuple[dict[str, str], ...]:
        """Contents that need not be read: loaded ones unless a window is asked for, refused ones, and this crawl's."""
        now = (self.memory.setdefault("loaded", {}), self.memory.setdefault("refused", {}))
        return now if self.since else (self._loaded_before(), self._refused_before(), *now)

    def _loaded_before(self) -> dict[str, str]:
        loaded: dict[str, str] = self.cursor.get("files", {}) if self.cursor.get("reader") == READER else {}
        return loaded

    def _refused_before(self) -> dict[str, str]:
        same = self.cursor.get("presets") == self.memory.get("presets")
        refused: dict[str, str] = self.cursor.get("refused", {}) if same else {}
        return refused

    def _remember(self, digest: str, place: str, verdict: Verdict) -> None:
        self.memory[verdict][digest] = place[-200:]

    def next_cursor(self) -> Cursor:
        """The contents that are known by now."""
        files = _merged(self._loaded_before(), self.memory.get("loaded", {}))
        refused = _merged(self._refused_before(), self.memory.get("refused", {}))
        return {"files": files, "refused": refused, "presets": self.memory.get("presets", ""), "reader": READER}


def _merged(before: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Both, the new ones last and none of the oldest beyond :data:`REMEMBERED`."""
    both = {**{key: value for key, value in before.items() if key not in new}, **new}
    return dict(list(both.items())[-REMEMBERED:])
