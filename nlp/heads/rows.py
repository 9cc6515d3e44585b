"""Labelled rows from a table of two columns: what is usable, what is not and why, and which rows contradict each other.

Forms: ``label<TAB>text`` without a header, or any columns under a header that names ``label`` and ``text``. A row whose
``second_label`` is filled in has no one answer and is left out. UTF-8, with or without a byte order mark.
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from nlp.contacts import mask_text
from nlp.normal import comparable

LABEL_LIMIT = 60
"""Characters of a label."""
TEXT_LIMIT = 100_000
"""Characters of a text."""
FILE_LIMIT = 1 << 28
"""Bytes of a file."""

NO_TAB, NO_LABEL, NO_TEXT, NOT_UTF8 = "no_tab", "no_label", "no_text", "not_utf8"
LONG_LABEL, LONG_TEXT, ODD_LABEL = "long_label", "long_text", "odd_label"
_LIMITS = {LONG_LABEL: LABEL_LIMIT, LONG_TEXT: TEXT_LIMIT}
_TOLD = 20
_SHOWN, _MASKED = 60, 400
_LABEL, _TEXT, _SECOND = "label", "text", "second_label"


class Row(NamedTuple):
    """A text and its label."""

    text: str
    label: str


@dataclass(frozen=True)
class Complaint:
    """A line that cannot be used: its code, its number from 1, what stands there (masked, cut), the limit it breaks."""

    file: str
    line: int
    code: str
    value: str
    limit: int | None = None


@dataclass
class Table:
    """The rows of a file in order; ``left_out`` counts the others by code, the first of them are ``complaints``.

    ``undecided`` are lines with a second label, as a row under each of the two.
    """

    rows: list[Row] = field(default_factory=list)
    undecided: list[Row] = field(default_factory=list)
    second_labels: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    complaints: list[Complaint] = field(default_factory=list)


@dataclass(frozen=True)
class Settled:
    """Rows each once; ``duplicates`` were dropped, ``disputed`` rows left out: the same text under several labels."""

    rows: list[Row]
    duplicates: int
    disputed: int


def read_table(file: Path) -> Table:
    """A file's rows; :class:`OSError` where it cannot be read, :class:`ValueError` for more than :data:`FILE_LIMIT`."""
    if file.stat().st_size > FILE_LIMIT:
        raise ValueError(f"{file}: more than {FILE_LIMIT} bytes")
    table, columns = Table(), None
    for number, line in _lines(file):
        if number == 1 and (columns := _header(line)):
            continue
        _take(table, file.name, number, line, columns)
    return table


def settle(rows: Iterable[Row]) -> Settled:
    """Rows without repetitions and contradictions; texts that read alike (width, case, script) are one text."""
    labels: dict[str, dict[str, Row]] = {}
    total: Counter[str] = Counter()
    for row in rows:
        key = comparable(row.text).strip()
        labels.setdefault(key, {}).setdefault(row.label, row)
        total[key] += 1
    kept = [next(iter(found.values())) for found in labels.values() if len(found) == 1]
    disputed = sum(total[key] for key, found in labels.items() if len(found) > 1)
    return Settled(kept, total.total() - len(kept) - disputed, disputed)


def shown(text: str) -> str:
    """A text as a message may show it: contacts masked, on one line, cut."""
    masked = " ".join(mask_text(text[:_MASKED]).split())
    return masked if len(masked) <= _SHOWN else f"{masked[:_SHOWN]}…"


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    with file.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            yield number, (line.removeprefix(codecs.BOM_UTF8) if number == 1 else line).rstrip(b"\r\n")


def _header(line: bytes) -> list[str] | None:
    """The columns that a first line names; None where it is a row."""
    names = [name.strip().lower() for name in line.decode("utf-8", "replace").split("\t")]
    return names if _LABEL in names and _TEXT in names else None


def _take(table: Table, file: str, number: int, line: bytes, columns: Sequence[str] | None) -> None:
    if not line.strip():
        return
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        _complain(table, file, number, NOT_UTF8, line[:_MASKED].decode("utf-8", "replace"))
        return
    cells = _cells(text, columns)
    row = Row(cells.get(_TEXT, "").strip(), cells.get(_LABEL, "").strip())
    code = NO_TAB if "\t" not in text else _wrong(row)
    if code:
        _complain(table, file, number, code, row.label if code in (LONG_LABEL, ODD_LABEL) else text)
    elif cells.get(_SECOND, "").strip():
        table.second_labels += 1
        table.undecided += [row, row._replace(label=cells[_SECOND].strip())]
    else:
        table.rows.append(row)


def _cells(line: str, columns: Sequence[str] | None) -> dict[str, str]:
    """A line's cells by column; the last one keeps its tabs."""
    names = columns or (_LABEL, _TEXT)
    return dict(zip(names, line.split("\t", len(names) - 1), strict=False))


def _wrong(row: Row) -> str | None:
    checks = {
        NO_LABEL: not row.label,
        NO_TEXT: not row.text,
        LONG_LABEL: len(row.label) > LABEL_LIMIT,
        LONG_TEXT: len(row.text) > TEXT_LIMIT,
        ODD_LABEL: not row.label.isprintable(),
    }
    return next((code for code, holds in checks.items() if holds), None)


def _complain(table: Table, file: str, number: int, code: str, value: str) -> None:
    table.left_out[code] += 1
    if len(table.complaints) < _TOLD:
        table.complaints.append(Complaint(file, number, code, shown(value), _LIMITS.get(code)))
