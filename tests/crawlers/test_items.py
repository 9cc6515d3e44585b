"""Items as landing lines, and the landing file."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.items import LONGEST_KEY, CommentItem, MetricItem, PostItem, ProblemItem, from_record, to_record
from crawlers.landing import LandingFile
from crawlers.text import clean

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=[]), max_size=60)
TEXT = st.text(max_size=60).map(lambda text: clean(text)[0])
KEY = TEXT.filter(bool)
MOMENT = st.none() | st.datetimes(datetime(1990, 1, 1), timezones=st.just(UTC))
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
ITEMS = (
    st.builds(PostItem, external_id=KEY, url=TEXT, title=TEXT, body=TEXT, published=MOMENT, labels=TEXTS, flaws=TEXTS)
    | st.builds(CommentItem, external_id=KEY, post_id=KEY, parent_id=st.none() | KEY, text=TEXT, published=MOMENT)
    | st.builds(MetricItem, post_id=KEY, name=TEXT, value=st.none() | st.integers(0, 10**15), raw=TEXT)
    | st.builds(ProblemItem, code=TEXT, url=TEXT, detail=TEXT, scope=st.sampled_from(["source", "item"]))
)
POST = {"kind": "post", "external_id": "1", "url": "u", "title": "t", "body": "b"}


@given(ITEMS)
def test_an_item_survives_its_landing_line(item: Any) -> None:
    """Written as JSON and read again, an item is the same."""
    assert from_record(json.loads(json.dumps(to_record(item)))) == item


@given(ANY_TEXT, ANY_TEXT)
def test_a_record_is_always_storable(title: str, label: str) -> None:
    """Whatever a platform forgot to clean, a landing line holds neither NUL nor half a character."""
    record = to_record(PostItem(external_id="1", url="u", title=title, body="b", labels=(label,)))
    for text in (record["title"], *record["labels"]):
        assert b"\x00" not in text.encode()


def test_a_time_is_written_in_utc() -> None:
    """A time of any zone is the same moment in UTC."""
    moment = datetime(2026, 11, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    record = to_record(PostItem(external_id="1", url="u", title="t", body="b", published=moment))
    assert record["published"] == "2026-11-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"kind": "person"}, "kind 'person' is none of"),
        ({"kind": None}, "kind None is none of"),
        ({"external_id": ""}, "external_id"),
        ({"external_id": 5}, "external_id '5': Expected `str`, got `int`"),
        ({"external_id": "长" * LONGEST_KEY}, "1 to 1000 are kept"),
        ({"kind": ["a"]}, r"kind \(list of 1\) is none of"),
        (
            {"author_id": "长" * LONGEST_KEY},
            r"author_id \(text of 1000 characters\) has 3000 bytes; 1 to 1000 are kept",
        ),
        ({"title": None}, "title 'None': Expected `str`, got `null`"),
        ({"body": ["x"]}, r"body \(list of 1\): Expected `str`, got `array`"),
        ({"published": "yesterday"}, r"published \(text of 9 characters\): Invalid RFC3339"),
        ({"published": "2026-11-01T00:00:00"}, "published"),
        ({"labels": "x"}, "labels"),
        ({"labels": [1]}, "labels"),
        ({"published_raw": 5}, "published_raw"),
        ({"nothing": 1}, "nothing"),
        ({"kind": "metric", "post_id": "1"}, "external_id"),
    ],
)
def test_a_wrong_record_is_refused(change: dict[str, Any], complaint: str) -> None:
    """What a database could not keep is refused with its name, so that the loader can put the line aside."""
    with pytest.raises(ValueError, match=complaint):
        from_record({**POST, **change})


PERSON = "张伟13800138000"


def complaint(record: dict[str, Any]) -> str | None:
    """What is wrong with a record; None where nothing is."""
    try:
        from_record(record)
    except ValueError as refused:
        return str(refused)
    return None


@pytest.mark.parametrize("value", [PERSON, 13800138000, 13800138000.0, [PERSON], [[PERSON]], {PERSON: PERSON}])
@pytest.mark.parametrize("field", ["title", "author", "author_id", "published", "published_raw", "labels", "flaws"])
def test_a_complaint_shows_no_text(field: str, value: Any) -> None:
    """What stands in a text's place may be a name or a phone number: its type and its length are told."""
    said = complaint({**POST, field: value})
    if said is not None:
        assert said.startswith(f"{field} (")
        assert re.search("张伟|138", said) is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"scope": PERSON}, "scope (text of 13 characters): none of source, item"),
        ({"code": PERSON * 20}, "code (text of 260 characters): Expected `str` of length <= 100"),
        ({"payload": {"nick": PERSON}}, "payload (dict of 1): Expected `str | null`, got `object`"),
        ({"kind": [PERSON]}, "kind (list of 1) is none of comment, metric, post, problem, visit"),
    ],
)
def test_a_complaint_about_a_problem_shows_no_text(wrong: dict[str, Any], said: str) -> None:
    """Whichever program wrote it."""
    assert complaint({"kind": "problem", "code": "a", "url": "u", "detail": "d"} | wrong) == said


@pytest.mark.parametrize("value", [2**63, -(2**63), 1.5, "3", True])
def test_a_counter_that_no_column_holds_is_refused(value: object) -> None:
    """A counter is a whole number that fits, or unknown."""
    with pytest.raises(ValueError, match="value"):
        from_record({"kind": "metric", "post_id": "1", "name": "likes", "value": value, "raw": "x"})


def test_a_landing_file_appears_whole(tmp_path: Path) -> None:
    """Nothing is seen under its name before it is finished; then it counts its own lines."""
    path = tmp_path / "source" / "run.jsonl"
    landing = LandingFile(path, header={"source": "source"})
    landing.begin()
    problem = ProblemItem(code="not_found", url="u", detail="d")
    landing.add([PostItem(external_id="1", url="u", title="题\ud800", body="b"), problem])
    assert not path.exists()
    landing.finish(cursor={"posts": "x"}, requests=3, visits=("7",))
    first, post, _, end = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert (first["kind"], first["format"], post["title"]) == ("run", 1, "题?")
    assert end == {"kind": "end", "lines": 2, "requests": 3, "visits": ["7"], "cursor": {"posts": "x"}}
    assert [file.name for file in path.parent.iterdir()] == ["run.jsonl"]


def test_an_unfinished_landing_file_is_not_there(tmp_path: Path) -> None:
    """A crawl that ends early leaves only a part that nobody reads."""
    path = tmp_path / "run.jsonl"
    landing = LandingFile(path, header={})
    landing.begin()
    landing.add([ProblemItem(code="not_found", url="u", detail="d")])
    assert not list(tmp_path.glob("*.jsonl"))
