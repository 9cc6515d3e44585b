"""Landing lines read fast are what they are read slowly: clean, in UTC, or refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawlers.items import (
    LONGEST_KEY,
    CommentItem,
    Item,
    MetricItem,
    PostItem,
    VisitItem,
    from_line,
    from_record,
    plain_record,
    to_record,
)

SHANGHAI = timezone(timedelta(hours=8))
POST = {"kind": "post", "external_id": "1", "url": "u", "title": "t", "body": "b"}
TEXT = st.text(st.characters(codec=None, exclude_categories=[]), max_size=12) | st.sampled_from(
    [
        " a",
        "a ",
        "\u3000露营",
        "露营\u00a0",
        "a\nb",
        "a\u200db",
        "\ud83d\ude00",
        '" ',
        ' "',
        "\\",
        "\u2028",
        "\x85",
        "长" * 400,
    ]
)
KEY = TEXT | st.just("c1")
MOMENT = st.none() | st.sampled_from(
    ["2026-11-01T00:00:00+00:00", "2026-11-01T08:00:00.123456+08:00", "2026-11-01T00:00:00Z", "2026-11-01T00:00:00"]
)
POSTS = st.fixed_dictionaries(
    {"kind": st.just("post"), "external_id": KEY, "url": TEXT, "title": TEXT, "body": TEXT, "published": MOMENT},
    optional={"author": st.none() | TEXT, "labels": st.lists(TEXT, max_size=2), "flaws": st.lists(TEXT, max_size=2)},
)
COMMENTS = st.fixed_dictionaries(
    {"kind": st.just("comment"), "external_id": KEY, "post_id": KEY, "text": TEXT},
    optional={"parent_id": st.none() | KEY, "author_id": st.none() | KEY, "published_raw": TEXT, "other": TEXT},
)
OTHERS = st.sampled_from(
    [
        {"kind": "metric", "post_id": " p ", "name": "likes", "value": 3, "raw": "3 "},
        {
            "kind": "metric",
            "post_id": "p",
            "name": "likes",
            "value": None,
            "raw": "",
            "taken": "2026-11-01T00:00:00+08:00",
        },
        {"kind": "visit", "post_id": "p", "ids": ["a ", "\u3000b"], "oldest": "2026-11-01T00:00:00+08:00"},
        {"kind": "problem", "code": "not_html", "url": "x" * 5000, "detail": "\x00"},
        {"kind": "run", "platform": "feed"},
        [1],
    ]
)


def outcome(read: Any, line: bytes) -> Item | str:
    """The item, or that it was refused."""
    try:
        found: Item = read(line)
    except (ValueError, OverflowError):
        return "refused"
    return found


def slowly(line: bytes) -> Item:
    """Every text cleaned, every field checked."""
    return from_record(plain_record(line))


@given(POSTS | COMMENTS | OTHERS, st.booleans(), st.booleans())
@example({**POST, "title": "露营 \u3000"}, False, True)
@example({**POST, "title": "a", "labels": [" a", "b "]}, True, False)
def test_a_line_read_fast_is_what_it_is_read_slowly(record: Any, ascii_only: bool, compact: bool) -> None:
    """However it was written: escaped or not, with spaces between or not."""
    text = json.dumps(record, ensure_ascii=ascii_only, separators=(",", ":") if compact else None)
    line = text.encode("utf-8", "backslashreplace") + b"\n"
    assert outcome(from_line, line) == outcome(slowly, line)


@given(st.sampled_from([PostItem, CommentItem]), TEXT, MOMENT)
def test_what_was_written_is_read_back_as_it_was_written(kind: Any, text: str, moment: str | None) -> None:
    """A second reading changes nothing."""
    base = {"external_id": "1", "url": text} | ({"title": text, "body": text} if kind is PostItem else {})
    base |= {} if kind is PostItem else {"post_id": "1", "text": text}
    published = None if moment is None else datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
    record = to_record(kind(**base, published=published))
    line = json.dumps(record, ensure_ascii=False).encode()
    assert to_record(from_line(line)) == record


def test_times_are_given_in_utc() -> None:
    """Of every kind that has one."""
    when = datetime(2026, 11, 1, 8, tzinfo=SHANGHAI)
    items = (
        PostItem(external_id="1", url="u", title="t", body="b", published=when),
        MetricItem(post_id="1", name="likes", value=1, raw="1", taken=when),
        VisitItem(post_id="1", oldest=when),
    )
    for item, name in zip(items, ("published", "taken", "oldest"), strict=True):
        line = json.dumps(to_record(item) | {name: when.isoformat()}).encode()
        found = getattr(from_line(line), name)
        assert (found, found.tzinfo) == (when, UTC)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_beyond_all_times_is_refused(moment: str) -> None:
    """No UTC is that early or that late."""
    with pytest.raises(OverflowError):
        from_line(json.dumps(POST | {"published": moment}).encode())


@pytest.mark.parametrize("field", ["external_id", "post_id", "parent_id", "author_id"])
@pytest.mark.parametrize("key", ["", "x" * (LONGEST_KEY + 1), "长" * (LONGEST_KEY // 3 + 1)])
def test_a_key_that_no_index_keeps_is_refused(field: str, key: str) -> None:
    """Empty, too many characters, or too many bytes; the message names the field."""
    line = {"kind": "comment", "external_id": "c", "post_id": "p", "text": "t"} | {field: key}
    with pytest.raises(ValueError, match=field):
        from_line(json.dumps(line, ensure_ascii=False).encode())


@pytest.mark.parametrize("line", [b"", b"{", b"[1]", b"7", b"\xff", b"[" * 100_000, b'{"kind":"run"}', b'{"a":NaN}'])
def test_what_is_no_item_is_refused(line: bytes) -> None:
    """By an error that the loader expects."""
    with pytest.raises((ValueError, RecursionError)):
        from_line(line)
