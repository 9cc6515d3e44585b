"""Every saved response gives the records beside it, and every platform has saved responses."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.items import from_record, to_record
from crawlers.problems import REMEDIES
from crawlers.settings import platforms
from tests.crawlers.cases import FIXTURES, expected, records
from yinliu.problems import known_codes

CASES = sorted(FIXTURES.glob("*/*"))
FOUND_BY_THE_STAGES = {"bad_record", "crawl_failed"}


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_a_saved_response_gives_the_expected_records(folder: Path) -> None:
    """A parser reads a page as it did when somebody looked at the result."""
    assert records(folder) == expected(folder)


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_expected_records_are_readable_landing_lines(folder: Path) -> None:
    """What a parser gives is what the loader can read, unchanged."""
    kinds = ("post", "comment", "metric", "problem")
    for record in (record for record in expected(folder) if record["kind"] in kinds):
        assert to_record(from_record(record)) == record


def test_every_platform_has_saved_responses() -> None:
    """A platform without a fixture folder is not finished, a folder without a platform is left over."""
    assert {folder.name for folder in FIXTURES.iterdir()} == set(platforms())


def test_every_problem_code_is_explained() -> None:
    """Each code that a crawl can give has words for people, and no words are left over."""
    assert known_codes() - FOUND_BY_THE_STAGES == set(REMEDIES)
