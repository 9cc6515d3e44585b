"""load: every line is stored or quarantined, each file whole or not at all, none twice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Self

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.content import Comment, MetricSnapshot, Post, Quarantine
from models.repositories.content import ContentRepository
from models.repositories.gathered import PostLike
from models.repositories.posts import StoredPosts
from models.unit_of_work import UnitOfWork
from tests.stages.team import MONDAY, Team, comment, metric, post
from yinliu.stages.load import CHUNK_BYTES, load

BAD = {
    "no JSON": b'{"kind": "post", ',
    "no object": b"[1, 2]",
    "a number": b"7",
    "an empty line": b"",
    "no UTF-8": b'{"kind": "post", "title": "\xff\xfe"}',
    "NaN": json.dumps(metric(1, "1")).replace(" 1,", " NaN,").encode(),
    "deep": b"[" * 100_000,
    "an unknown kind": {"kind": "video"},
    "a kind that is a list": {"kind": ["post"]},
    "no kind": {"title": "x"},
    "missing fields": {"kind": "post", "external_id": "p9"},
    "further fields": post("p9", surprise=1),
    "an empty id": post(""),
    "an id that is a number": post(7),  # type: ignore[arg-type]
    "a huge id": post("p" * 5000),
    "no title": post("p9", title=None),
    "a title that is a number": post("p9", title=5),
    "labels that are a text": post("p9", labels="a"),
    "a comment without text": comment("c9", None),  # type: ignore[arg-type]
    "a text that is a list": comment("c9", ["a"]),  # type: ignore[arg-type]
    "a time without a zone": post("p9", published="2026-11-16T09:00:00"),
    "a time that is none": post("p9", published="yesterday"),
    "a time before all times": post("p9", published="0001-01-01T00:00:00+14:00"),
    "a counter that is a text": metric("3", "3"),  # type: ignore[arg-type]
    "a counter that is true": metric(True, "true"),
    "a counter beyond all counting": metric(10**30, "1"),
    "a counter of an unknown post": metric(1, "1", post_id="p9"),
    "a problem": {"kind": "problem", "code": "not_html", "url": "https://x.cn/a.pdf", "detail": "pdf"},
    "a problem with a huge address": {"kind": "problem", "code": "not_html", "url": "x" * 9000, "detail": "pdf"},
}


def adds_up(counts: dict[str, int]) -> bool:
    """Inputs are stored or quarantined."""
    return counts["inputs"] == counts["stored"] + counts["quarantined"]


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_line_is_quarantined_and_the_good_ones_are_stored(team: Team, bad: dict[str, Any] | bytes) -> None:
    """Whatever a line says, the file is loaded."""
    team.land(post(), bad, comment("c1", "想买"), metric(3, "3"))
    counts = team.load()
    assert (counts["inputs"], counts["stored"], counts["quarantined"]) == (4, 3, 1)
    assert len(team.rows(Quarantine.code)) == 1


def test_all_bad_lines_together_add_up(team: Team) -> None:
    """And a second load adds nothing."""
    team.land(post(), *BAD.values())
    counts = team.load()
    assert adds_up(counts)
    assert (counts["inputs"], counts["stored"]) == (len(BAD) + 1, 1)
    assert set(team.load().values()) == {0}


@pytest.mark.parametrize("strange", ["a\x00b", "a\ud800b", "a\x07b", "a\ufffeb"], ids=ascii)
@pytest.mark.parametrize("where", ["title", "body", "author", "url", "published_raw", "labels", "flaws"])
def test_characters_that_no_database_keeps_are_left_out(team: Team, where: str, strange: str) -> None:
    """In whatever field of a post they stand."""
    team.land(post(**{where: [strange] if where in ("labels", "flaws") else strange}))
    assert team.load()["stored"] == 1


def test_strange_ids_still_tie_together(team: Team) -> None:
    """An id is cleaned the same wherever it stands."""
    key = "p\x001"
    team.land(
        post(key),
        comment("c\x001", "a", post_id=key),
        comment("c2", "b", parent_id="c\x001"),
        metric(1, "1\x00", post_id=key),
    )
    assert team.load()["stored"] == 4
    assert team.rows(Comment.post_id, Comment.parent_id) == [(1, None), (1, 1)]


def test_a_second_load_adds_nothing(team: Team) -> None:
    """A file is loaded once; the same content in another file is unchanged."""
    team.land(post(), comment("c1", "想买"), metric(3, "3"))
    assert team.load()["new"] == 3
    assert team.load()["files"] == 0
    team.land(post(), comment("c1", "想买"), metric(3, "3"))
    assert (counts := team.load())["same"] == 3
    assert counts["new"] == counts["changed"] == 0


def test_the_cursor_is_kept_from_whole_files_only(team: Team) -> None:
    """A truncated file is loaded, says so, and leaves the cursor as it was."""
    team.land(post())
    team.load()
    team.land(comment("c1", "想买"), whole=False)
    assert team.load()["stored"] == 1
    with team.begin() as work:
        assert work.runs.cursor("blog") == {"run": 1}
        (state,) = work.runs.states()
    assert state["problem"] == "truncated"
    team.land(post())
    team.load()
    with team.begin() as work:
        assert work.runs.cursor("blog") == {"run": 3}
        assert work.runs.states()[0]["problem"] is None


def test_a_truncated_first_file_leaves_no_cursor(team: Team) -> None:
    """There is none to keep."""
    team.land(post(), b'{"kind": "end", "cur', whole=False)
    assert adds_up(team.load())
    with team.begin() as work:
        assert work.runs.cursor("blog") == {}


@pytest.mark.parametrize("cursor", [None, [1], "text", 5])
def test_a_cursor_of_another_form_is_not_kept(team_sqlite: Team, cursor: Any) -> None:
    """The next crawl begins anew rather than breaking."""
    team_sqlite.land(post(), json.dumps({"kind": "end", "cursor": cursor}).encode(), whole=False)
    team_sqlite.load()
    with team_sqlite.begin() as work:
        assert work.runs.cursor("blog") == {}


@pytest.mark.parametrize(
    "first",
    [
        {"kind": "run"},
        {"kind": "run", "platform": "feed", "started_at": "2026-11-16T09:00:00"},
        {"kind": "run", "platform": "feed", "started_at": 5},
    ],
)
def test_a_bad_first_line_is_quarantined(team_sqlite: Team, first: dict[str, Any]) -> None:
    """Its content is loaded all the same."""
    path = team_sqlite.landing / "blog" / "0001.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(map(json.dumps, (first, post()))), encoding="utf-8")
    counts = team_sqlite.load()
    assert (counts["inputs"], counts["stored"], counts["quarantined"]) == (2, 1, 1)


class Broken(Exception):
    """What goes wrong in the middle of a file."""


class BreakingContent(ContentRepository):
    """Stores one piece of a file and no second."""

    _pieces = 0

    def store_posts(self, items: Sequence[PostLike], **where: Any) -> StoredPosts:
        """Break at the second call."""
        self._pieces += 1
        if self._pieces == 2:
            raise Broken
        return super().store_posts(items, **where)


class BreakingWork(UnitOfWork):
    """A unit of work over it."""

    def __enter__(self) -> Self:
        super().__enter__()
        self.content = BreakingContent(self._session)
        return self


def test_an_exception_in_the_middle_leaves_nothing_of_a_file(team: Team, engine: Engine) -> None:
    """Neither rows nor the mark that it was loaded; the next run loads all of it."""
    number = 2 * CHUNK_BYTES // len(json.dumps(post("p1000")))
    team.land(*(post(f"p{n}") for n in range(number)))
    with pytest.raises(Broken):
        load(lambda: BreakingWork(engine), landing=team.landing)
    assert team.rows(Post.id) == []
    assert team.load()["new"] == number


def test_two_loaders_at_once_load_a_file_once(team: Team, engine: Engine) -> None:
    """The second waits for the first and finds it done."""
    team.land(post(), b"bad", *(comment(f"c{n}", "想买") for n in range(200)))
    with ThreadPoolExecutor(max_workers=3) as pool:
        counts = list(pool.map(lambda _: load(lambda: UnitOfWork(engine), landing=team.landing), range(3)))
    assert sorted(one["inputs"] for one in counts) == [0, 0, 202]
    assert team.rows(Quarantine.seen) == [(1,)]


def test_files_are_loaded_in_the_order_of_their_runs(team_sqlite: Team) -> None:
    """The newest content wins."""
    team_sqlite.land(post(title="旧"))
    team_sqlite.land(post(title="新"))
    team_sqlite.load()
    assert team_sqlite.rows(Post.title) == [("新",)]


def test_unknown_counters_stay_unknown(team: Team) -> None:
    """A rounded number is kept as written, with no value."""
    team.land(post(), metric(None, "1.2万"))
    team.load()
    assert team.rows(MetricSnapshot.value, MetricSnapshot.raw) == [(None, "1.2万")]


def test_a_counter_stands_at_the_time_it_was_taken(team: Team) -> None:
    """A resumed crawl says when; without a time it is when the run began."""
    taken = MONDAY + timedelta(days=2)
    team.land(post(), metric(3, "3"), metric(4, "4", name="views", taken=taken.isoformat()))
    team.load()
    began = MONDAY + timedelta(hours=1)
    assert team.rows(MetricSnapshot.name, MetricSnapshot.taken_at) == [("likes", began), ("views", taken)]
    assert team.rows(Post.first_seen_at) == [(began,)]


def test_a_comment_without_an_account_is_its_own_person(team_sqlite: Team) -> None:
    """Two anonymous comments are not taken for one person."""
    team_sqlite.land(post(), comment("c1", "a", author_id=None), comment("c2", "b", author_id=None))
    team_sqlite.load()
    first, second = team_sqlite.rows(Comment.account_id)
    assert first != second


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[]), max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
RECORDS = st.builds(
    lambda base, field, value: base | {field: value},
    st.sampled_from([post(), comment("c1", "想买"), metric(1, "1")]),
    st.sampled_from(
        [
            "kind",
            "external_id",
            "post_id",
            "author_id",
            "title",
            "text",
            "labels",
            "published",
            "value",
            "raw",
            "name",
            "url",
        ]
    ),
    VALUES,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(RECORDS | VALUES.map(lambda value: json.dumps(value).encode()), max_size=6))
def test_no_line_breaks_the_load(team: Team, records: list[dict[str, Any] | bytes]) -> None:
    """Whatever value stands in whatever field, inputs are stored or quarantined."""
    team.land(*records)
    counts = team.load()
    assert counts["files"] == 1
    assert adds_up(counts)


@pytest.mark.parametrize("kind", ["post", "comment"])
def test_a_time_that_wanders_is_no_change(team: Team, kind: str) -> None:
    """3小时前 is read as another moment an hour later; nothing is stored or tagged anew for that."""
    post = {"kind": "post", "external_id": "1", "url": "u", "title": "题", "body": "文"}
    said = {"kind": "comment", "external_id": "c", "post_id": "1", "text": "想买"}
    row = {"post": post, "comment": said}[kind] | {"flaws": ["relative_time"]}
    team.land(row | {"published": "2026-11-16T00:00:00+00:00", "published_raw": "3小时前"})
    team.load()
    team.land(row | {"published": "2026-11-16T00:40:00+00:00", "published_raw": "4小时前"})
    assert team.load()["same"] == 1
    team.land(row | {"flaws": [], "published": "2026-11-16T00:13:00+00:00", "published_raw": "11-16 08:13"})
    assert team.load()["changed"] == 1


def test_how_a_time_is_written_is_no_change(team: Team) -> None:
    """昨天 08:13 and 11-15 08:13 are one moment."""
    said = {"kind": "comment", "external_id": "c", "post_id": "1", "text": "想买"}
    said |= {"published": "2026-11-15T00:13:00+00:00"}
    team.land(said | {"published_raw": "昨天 08:13"})
    team.load()
    team.land(said | {"published_raw": "11-15 08:13"})
    assert team.load()["same"] == 1
