"""JSON values become what items hold, or are unknown."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.jsonapi.values import as_body, as_count, as_key, as_labels, as_line, as_other_key, as_text, as_time
from tests.crawlers.jsonapi.reader import NOW
from tests.crawlers.jsonapi.test_expressions import JSON

MOMENT = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((5, "5"), (5.0, "5"), (0.5, "0.5"), (True, "true"), (" a ", "a"), (0, "0"), (-3, "-3")),
        *(("", None), ("  ", None), (None, None), ([], None), ({}, None), (["a"], None), (float("nan"), None)),
    ],
)
def test_texts(value: Any, text: str | None) -> None:
    """Numbers and booleans are written out; lists, objects and nothing are no text."""
    assert as_text(value) == text


@pytest.mark.parametrize("value", [0, "0", "", False, None, 0.0, "false", True])
def test_nobody_is_no_account_and_no_parent(value: Any) -> None:
    """How APIs write that there is none."""
    assert as_other_key(value) is None


def test_zero_is_an_id_like_any_other() -> None:
    """Only where it refers to something else does 0 mean nothing."""
    assert (as_key(0), as_key("\x00a"), as_key(True), as_key("\x00")) == ("0", "a", None, None)


@pytest.mark.parametrize(
    "value", [1793606400, "1793606400", 1793606400.0, 1793606400000, "2026-11-02T08:00:00Z", "2026-11-02 16:00:00"]
)
def test_times_in_every_way_apis_write_them(value: Any) -> None:
    """Seconds, milliseconds, fractions, ISO 8601; without a zone in the source's own."""
    assert as_time(value, zone=ZoneInfo("Asia/Shanghai"), now=NOW)[0] == MOMENT


@pytest.mark.parametrize("value", [None, "", 0, "soon", [], True, 1e300, "2126-01-01"])
def test_a_time_that_is_none_is_a_flaw(value: Any) -> None:
    """Unknown, and said to be."""
    assert as_time(value, zone=ZoneInfo("UTC"), now=NOW)[::2] == (None, ("bad_timestamp",))


@pytest.mark.parametrize(
    ("value", "count", "raw"),
    [
        *(
            (0, 0, "0"),
            (12.0, 12, "12.0"),
            ("3,456", 3456, "3,456"),
            ("1.2万", 12000, "1.2万"),
            ("很多", None, "很多"),
            (None, None, "null"),
        ),
        *((True, None, "true"), (1.5, None, "1.5"), (2**63, None, str(2**63)), ([1], None, "[1]"), ("", None, "")),
    ],
)
def test_counters(value: Any, count: int | None, raw: str) -> None:
    """Null is unknown, never 0; what was written is kept."""
    assert as_count(value) == (count, raw)


def test_labels_are_a_list_or_one() -> None:
    """Each once, without what is no text."""
    assert as_labels(["护肤", None, " 护肤 ", 5, {"a": 1}, "a &amp; b"]) == ("护肤", "5", "a & b")
    assert (as_labels("护肤"), as_labels(None)) == (("护肤",), ())


def test_texts_are_read_as_html_unless_they_are_plain() -> None:
    """A plain text may hold what would be markup."""
    assert as_body("<p>1 &lt; 2</p>", written="html") == ("1 < 2", ())
    assert as_body("a<b>c &lt;", written="text") == ("a<b>c &lt;", ())
    assert as_body(["<p>一</p>", None, "二\x00"], written="html") == ("一\n二", ("invalid_text",))


@given(JSON | st.text())
def test_no_value_makes_reading_fail(value: Any) -> None:
    """Whatever JSON holds, each reader answers; counts fit into a database, raw texts are short."""
    as_line(value), as_labels(value), as_body(value, written="html"), as_time(value, zone=ZoneInfo("UTC"), now=NOW)
    count, raw = as_count(value)
    assert (count is None or abs(count) < 2**63) and len(raw) <= 100


@given(st.integers(10**15, 10**4000))
def test_huge_numbers_are_unknown_counts(number: int) -> None:
    """A counter beyond what a database keeps is unknown, and shown in part."""
    count, raw = as_count(json.loads(str(number)))
    assert count is None or count == number
    assert len(raw) <= 100
