"""Saved answers of four APIs give the records beside them, by the options of ``docs/json.md``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawlers.items import from_record, to_record
from crawlers.problems import CrawlProblem
from tests.crawlers.jsonapi.examples import FIXTURES, example
from tests.crawlers.jsonapi.reader import read_case

CASES = sorted(FIXTURES.iterdir())


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_saved_answer_gives_the_expected_records(folder: Path) -> None:
    """Rows are read as they were when somebody looked at the result."""
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    try:
        found = [to_record(item) for item in read_case(folder, (folder / "page.json").read_text(encoding="utf-8"))]
    except CrawlProblem as problem:
        found = [{"kind": "refused", "code": problem.code}]
    assert found == expected
    for record in expected:
        assert record["kind"] == "refused" or to_record(from_record(record)) == record


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_the_options_of_a_case_are_those_of_the_document(folder: Path) -> None:
    """The examples that users copy are the ones that are tested."""
    options = json.loads((folder / "options.json").read_text(encoding="utf-8"))
    assert options == example(options["name"])
