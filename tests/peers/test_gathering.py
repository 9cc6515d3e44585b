"""Real input, end to end: a WordPress and a site that is empty without JavaScript."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.peers.conftest import Gathered, peers_state
from tests.run.rows import business_rows, last_json

POSTS, COMMENTS, REPLIES, LEADS = 40, 480, 120, 40


def _rows(gathered: Gathered, query: str) -> list[Any]:
    with sqlite3.connect(gathered.workspace / "data" / "yinliu.db") as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("source", ["blog", "club"])
def test_everything_is_stored(gathered: Gathered, source: str) -> None:
    """Exactly 40 posts and 480 comments of each, 120 of them replies, every one tied to post and parent."""
    assert _rows(gathered, f"SELECT count(*) FROM post WHERE source = '{source}'") == [(POSTS,)]
    query = f"SELECT count(*), count(post_id), count(parent_id) FROM comment WHERE source = '{source}'"
    assert _rows(gathered, query) == [(COMMENTS, COMMENTS, REPLIES)]
    assert gathered.summary["load"]["quarantined"] == 0


@pytest.mark.parametrize("source", ["blog", "club"])
def test_texts_and_times_are_the_written_ones(gathered: Gathered, seed: dict[str, Any], source: str) -> None:
    """Every comment of the seed is there, to the character and the second, under its post."""
    query = f"""SELECT p.title, c.text, c.published_at FROM comment c JOIN post p ON p.id = c.post_id
                WHERE c.source = '{source}'"""
    found = Counter((title, _bare(text), at[:19]) for title, text, at in _rows(gathered, query))
    titles = {post["slug"]: post["title"] for post in seed["posts"]}
    wanted = Counter((titles[c["slug"]], _bare(c["text"]), _utc(c["created"])) for c in seed["comments"])
    assert found == wanted


def _bare(text: str) -> str:
    """The text without what WordPress's typographer and Isso's Markdown change: ASCII punctuation and spaces."""
    return "".join(char for char in text.replace("…", "") if char.isalnum())


def _utc(written: str) -> str:
    """A time of the seed (Asia/Shanghai) as the database keeps it."""
    return datetime.fromisoformat(f"{written}+08:00").astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def test_replies_answer_what_they_answered(gathered: Gathered, seed: dict[str, Any]) -> None:
    """On WordPress every reply's parent is the comment that the seed says."""
    texts = {comment["uid"]: comment["text"] for comment in seed["comments"]}
    wanted = Counter((_bare(c["text"]), _bare(texts[c["parent"]])) for c in seed["comments"] if c["parent"])
    query = "SELECT c.text, p.text FROM comment c JOIN comment p ON p.id = c.parent_id WHERE c.source = 'blog'"
    assert Counter((_bare(text), _bare(parent)) for text, parent in _rows(gathered, query)) == wanted


def test_every_planted_lead_qualifies(gathered: Gathered, seed: dict[str, Any]) -> None:
    """All 40 leads of WordPress qualify, with exactly the contact written; no contact is invented."""
    printed = gathered.yinliu("--workspace", str(gathered.workspace), "leads", "--reveal", "--json")
    leads = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    found = Counter(c["value"] for lead in leads for c in lead["contacts"] if c["comment"].startswith("blog:"))
    wanted = Counter(comment["contact"] for comment in seed["comments"] if comment["lead"])
    assert len(wanted) == LEADS
    assert found == wanted
    assert _rows(gathered, "SELECT count(*) FROM contact") == [(2 * LEADS,)]


def test_a_second_run_asks_only_for_news(gathered: Gathered) -> None:
    """It adds no post and no comment: WordPress is asked since when, and five resting posts are looked at."""
    log = peers_state() / "wordpress" / "php.log"
    before, size = business_rows(gathered.workspace), log.stat().st_size
    again = last_json(gathered.yinliu("--workspace", str(gathered.workspace), "run", "--json"))
    after = business_rows(gathered.workspace)
    assert {**after, "metric": []} == {**before, "metric": []}
    lately = 2  # posts of the last three days, which may have been scheduled
    assert again["crawl"]["blog"] == {"post": lately, "comment": 60, "metric": 5, "visit": 5}
    with log.open(encoding="utf-8", errors="replace") as file:
        file.seek(size)
        asked = [line for line in file if "/wp-json/wp/v2/" in line]
    visits = [line for line in asked if "include=" in line or "post=" in line]
    assert len(visits) == 6
    assert len(asked) == 9
    assert all("modified_after=" in line or "after=" in line for line in asked if line not in visits)
