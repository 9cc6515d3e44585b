"""CSV as spreadsheets and scripts write it: three delimiters, UTF-8 or what Excel in China saves, line by line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from crawlers.exports.tables import Line, Table
from crawlers.text import decode

HEAD = 20
"""So many lines at the top may hold a title, notes and the header."""

_DELIMITERS = (",", "\t", ";")
_ENCODINGS = ("utf-8", "gb18030", "big5", "cp950", "cp1252")
_SAMPLE = 1 << 18
_LONGEST_LINE = 1 << 22
_RUNAWAY = 50
"""Line breaks in one cell: more of them come from a quotation mark that is never closed."""

Weigh = Callable[[list[Line]], int]
"""How well the first lines of a table are recognised."""


def csv_table(path: Path, *, weigh: Weigh) -> Table:
    """The file as a table, by the delimiter under which its first lines are recognised best."""
    encoding = encoding_of(path)

    def weight(delimiter: str) -> tuple[int, int]:
        head = list(islice(_lines(path, encoding, delimiter), HEAD))
        return weigh(head), max((len(line.cells) for line in head), default=0)

    return Table("", _lines(path, encoding, max(_DELIMITERS, key=weight)), grid=True)


def encoding_of(path: Path) -> str:
    """The encoding of a text file, judged by its first lines that are not plain ASCII."""
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        sample = _foreign_lines(file.readline(_LONGEST_LINE) for _ in iter(int, 1))
    if start.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    text, _ = decode(sample, declared=None)
    read = {name: sample.decode(name, "replace") for name in _ENCODINGS}
    return min(read, key=lambda name: (read[name].strip() != text.strip(), read[name].count("\ufffd")))


def _foreign_lines(lines: Iterator[bytes]) -> bytes:
    sample = b""
    for line in lines:
        if not line or len(sample) > _SAMPLE:
            break
        if not line.isascii():
            sample += line if len(line) < _SAMPLE else line[:_SAMPLE]
    return sample


def _lines(path: Path, encoding: str, delimiter: str) -> Iterator[Line]:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        reader = csv.reader(_bounded(file.readline), delimiter=delimiter)
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Line(number, [], f"lines {number}-{reader.line_num}: {error} (a quotation mark never closed?)")
                continue
            yield Line(number, cells, _runaway(number, reader.line_num))


def _bounded(readline: Callable[[int], str]) -> Iterator[str]:
    """Lines of a bounded length: a file may have no line break at all."""
    while line := readline(_LONGEST_LINE):
        yield line


def _runaway(first: int, last: int) -> str:
    return f"lines {first}-{last}: a quotation mark is never closed" if last - first > _RUNAWAY else ""
