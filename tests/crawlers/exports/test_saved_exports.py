"""Every saved export gives the records beside it, and every row of it is told or stored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawlers.exports.presets import shipped, shipped_names
from crawlers.items import from_record, to_record
from tests.crawlers.exports.cases import SAVED, saved_items

CASES = sorted(SAVED.iterdir())


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_saved_export_gives_the_expected_records(folder: Path) -> None:
    """A reader reads a file as it did when somebody looked at the result."""
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert [to_record(item) for item in saved_items(folder)] == expected
    assert [to_record(from_record(record)) for record in expected] == expected


@pytest.mark.parametrize("name", shipped_names())
def test_every_preset_has_a_saved_export(name: str) -> None:
    """A preset that is shipped is read in a test, and says where its columns are known from."""
    assert any(folder.name == name or folder.name.startswith(f"{name}-") for folder in CASES)
    assert shipped(name).name == name
    assert shipped(name).source
