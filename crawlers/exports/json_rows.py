"""JSON Lines and JSON lists, object by object: neither is ever in memory whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from crawlers.exports.delimited import encoding_of
from crawlers.exports.tables import Line, Table
from crawlers.options import MEBIBYTE
from crawlers.problems import CrawlProblem

LONGEST = 16 * MEBIBYTE
"""Characters of one object."""

_CHUNK = 1 << 18
_GAP = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


def json_table(path: Path) -> Table:
    """The file as a table: a list of objects, or an object a line."""
    encoding = encoding_of(path)
    with path.open(encoding=encoding, errors="replace") as file:
        start = file.read(4096).lstrip("\ufeff \t\r\n")
    if start.startswith("["):
        return Table("", _list_lines(path, encoding), grid=False)
    return Table("", _lines(path, encoding), grid=False)


def _lines(path: Path, encoding: str) -> Iterator[Line]:
    with path.open(encoding=encoding, errors="replace", newline="\n") as file:
        number = 0
        while text := file.readline(LONGEST):
            number += 1
            if len(text) == LONGEST:
                _skip_line(file)
                yield Line(number, {}, f"a line of more than {LONGEST} characters")
            elif text.strip("\ufeff \t\r\n"):
                yield _line(number, text.strip("\ufeff \t\r\n"))


def _skip_line(file: IO[str]) -> None:
    while (text := file.readline(_CHUNK)) and not text.endswith("\n"):
        pass


def _line(number: int, text: str) -> Line:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Line(number, {"": text[:2000]}, f"no JSON: {str(error)[:120]}")
    return _object(number, value)


def _object(number: int, value: Any) -> Line:
    if isinstance(value, dict):
        return Line(number, value)
    return Line(number, {"": value}, f"a JSON {type(value).__name__}, an object was expected")


def _list_lines(path: Path, encoding: str) -> Iterator[Line]:
    with path.open(encoding=encoding, errors="replace") as file:
        window = _Window(file)
        window.open_list()
        while window.at_value():
            line = window.line
            yield _object(line, window.value())


class _Window:
    """The part of a JSON list that is in memory, and the line on which it begins."""

    def __init__(self, file: IO[str]) -> None:
        self.line = 1
        self._file = file
        self._text = ""
        self._at = 0
        self._ended = False

    def open_list(self) -> None:
        """Pass the bracket that opens the list."""
        self._more(_CHUNK)
        self._pass(self._text.index("[") + 1)

    def at_value(self) -> bool:
        """Pass what is between two values; False at the end of the list."""
        while True:
            self._pass(_GAP.match(self._text, self._at).end())  # type: ignore[union-attr]
            if self._at < len(self._text):
                return self._text[self._at] != "]"
            self._grow(_CHUNK)

    def value(self) -> Any:
        """The next value of the list."""
        size = _CHUNK
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
                if end < len(self._text) or self._ended:
                    self._pass(end)
                    return value
            except RecursionError as error:
                raise self._refused("nested too deeply") from error
            except ValueError as error:
                if len(self._text) - self._at > LONGEST or self._ended:
                    raise self._refused(str(error)[:80]) from error
            self._grow(size)
            size *= 2

    def _pass(self, end: int) -> None:
        self.line += self._text.count("\n", self._at, end)
        self._at = end

    def _grow(self, size: int) -> None:
        if self._ended:
            raise self._refused("the list has no end: the file is cut off")
        self._more(size)

    def _more(self, size: int) -> None:
        piece = self._file.read(size)
        self._ended = not piece
        self._text, self._at = self._text[self._at :] + piece, 0

    def _refused(self, why: str) -> CrawlProblem:
        return CrawlProblem("file_unreadable", f"JSON, line {self.line}: {why}; the rows before it were read")
