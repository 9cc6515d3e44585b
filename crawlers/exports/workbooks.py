"""Excel workbooks (xlsx, xlsm, xls) by calamine, after looking how large they become in memory."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from crawlers.exports.tables import Line, Table
from crawlers.options import MEBIBYTE
from crawlers.problems import CrawlProblem

UNPACKED_MOST = 256 * MEBIBYTE
"""Bytes a workbook may have when it is unpacked; real exports unpack to ten times their size."""

CELLS_MOST = 8_000_000
"""Cells from the first to the last of one sheet, empty ones too: all of them take memory."""

_REFERENCE = re.compile(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_CHUNK = 1 << 20
_OVERLAP = 24
_LETTERS = 26


def workbook_tables(path: Path) -> Iterator[Table]:
    """The sheets of a workbook; ``file_unreadable`` names what is wrong with it, a password above all."""
    with path.open("rb") as file:
        if file.read(4) == b"PK\x03\x04":
            _check_size(path)
        file.seek(0)
        workbook = _open(file)
    for name in workbook.sheet_names:
        sheet = _sheet(workbook, name)
        if sheet is not None:
            yield Table(name, _lines(sheet), grid=True)


def _open(file: IO[bytes]) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(file)
    except PasswordError as error:
        raise CrawlProblem("file_unreadable", "the workbook has a password: save it without one") from error
    except CalamineError as error:
        raise CrawlProblem("file_unreadable", f"no workbook, or one with a password: {str(error)[:120]}") from error
    except BaseException as error:
        raise _broken(error) from error


def _sheet(workbook: CalamineWorkbook, name: str) -> CalamineSheet | None:
    """The sheet; None for one without cells, such as a chart."""
    try:
        return workbook.get_sheet_by_name(name)
    except CalamineError as error:
        raise CrawlProblem("file_unreadable", f"sheet {name!r}: {str(error)[:120]}") from error
    except BaseException as error:
        raise _broken(error) from error


def _broken(error: BaseException) -> BaseException:
    """A panic of the library below is no exception to Python; anything else that ends a process still does."""
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        return CrawlProblem("file_unreadable", f"the workbook is damaged: {str(error)[:120]}")
    return error


def _lines(sheet: CalamineSheet) -> Iterator[Line]:
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield Line(number, cells)


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
            if size > UNPACKED_MOST:
                detail = f"unpacks to {size / MEBIBYTE:.0f} MiB, more than {UNPACKED_MOST // MEBIBYTE} MiB"
                raise CrawlProblem("decompressed_too_large", detail)
            if not any(name.startswith("xl/") for name in archive.namelist()):
                raise CrawlProblem("file_not_recognised", "a zip archive, no workbook: unpack it into the folder")
            for name in archive.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    _check_extent(archive, name)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise CrawlProblem("file_unreadable", f"the workbook is damaged: {str(error)[:120]}") from error
    except Exception as error:
        raise _broken(error) if not isinstance(error, CrawlProblem) else error from error


def _check_extent(archive: zipfile.ZipFile, name: str) -> None:
    """One cell far out makes all cells before it."""
    columns, rows, rest = 0, 0, b""
    with archive.open(name) as part:
        while chunk := part.read(_CHUNK):
            found: list[Any] = _REFERENCE.findall(rest + chunk)
            rows = max(rows, max(map(int, {row for _, row in found}), default=0))
            columns = max(columns, max(map(_column, {letters for letters, _ in found}), default=0))
            rest = chunk[-_OVERLAP:]
    if rows * columns > CELLS_MOST:
        detail = f"{name}: {rows} rows x {columns} columns, more than {CELLS_MOST} cells"
        raise CrawlProblem("decompressed_too_large", detail)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * _LETTERS + letter - 64
    return number
