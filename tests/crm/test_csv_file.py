"""The CSV file: what a spreadsheet shows, it never runs."""

from __future__ import annotations

import csv
import io
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinliu.crm.csv_file import HEADER, CsvFolder, render, safe_cell

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


@given(st.text(max_size=40))
def test_no_cell_begins_like_a_formula(value: str) -> None:
    """Whatever spaces, tabs or line breaks stand before it."""
    assert not safe_cell(value).startswith(FORMULA)


@given(st.text(max_size=40))
def test_a_cell_keeps_what_people_wrote(value: str) -> None:
    """But for white space and one apostrophe."""
    assert "".join(safe_cell(value).removeprefix("'").split()) == "".join(value.split()).removeprefix(
        "" if not value.split() or not value.split(maxsplit=1)[0].startswith("'") else "'"
    )


@given(st.lists(st.dictionaries(st.sampled_from(HEADER), st.text(max_size=20)), max_size=5))
def test_a_file_is_read_as_it_was_written(rows: list[dict[str, str]]) -> None:
    """No quote, comma or line break moves a cell."""
    read = list(csv.reader(io.StringIO(render(rows), newline="")))
    assert read[0] == list(HEADER)
    assert len(read) == len(rows) + 1
    assert all(len(cells) == len(HEADER) for cells in read)


@pytest.mark.parametrize("column", ["手机", "微信", "QQ"])
def test_numbers_that_are_names_stay_texts(column: str) -> None:
    """A spreadsheet would round or shorten them."""
    cells = list(csv.DictReader(io.StringIO(render([{column: "013912345678"}]), newline="")))
    assert cells[0][column] == "\t013912345678"


def test_an_empty_contact_is_empty() -> None:
    """Not a lone tab."""
    cells = list(csv.DictReader(io.StringIO(render([{"手机": ""}]), newline="")))
    assert cells[0]["手机"] == ""


def test_a_batch_is_there_when_it_was_sent(tmp_path: Path) -> None:
    """Not before; with the rights of its owner alone, and nothing beside it."""
    folder = CsvFolder(tmp_path / "exports")
    assert not folder.has("b1")
    place = folder.send("b1", [{"昵称": "小王"}])
    assert folder.has("b1")
    assert stat.S_IMODE(Path(place).stat().st_mode) == 0o600
    assert [path.name for path in folder.folder.iterdir()] == ["leads-b1.csv"]


def test_a_half_written_batch_was_not_sent(tmp_path: Path) -> None:
    """What a killed export left is written over."""
    folder = CsvFolder(tmp_path)
    (tmp_path / ".leads-b1.part").write_text("half", encoding="utf-8")
    assert not folder.has("b1")
    folder.send("b1", [])
    assert folder.path("b1").read_text(encoding="utf-8-sig").splitlines()[0].startswith('"线索编号"')
