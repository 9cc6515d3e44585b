"""What a crawl costs: requests grow with what is new, not with history."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawlers.pages.ledger import Ledger
from crawlers.pages.options import PageOptions
from tests.hostile.conftest import Gather, comment, list_page, post_page
from tests.hostile.server import Exchange, Site

PAGE, NEWS = 20, 3
NOW = datetime.now(UTC)
HISTORIES = (20, 200, 2_000, 20_000)
"""Posts that are known already: the first, and 10, 100 and 1,000 times as many."""


def published(number: int, history: int) -> datetime:
    """Old posts are older than a month; the last of the known ones is of yesterday, the news of just now."""
    if number > history:
        return NOW - timedelta(minutes=number - history)
    return NOW - timedelta(days=1) if number == history else NOW - timedelta(days=40, minutes=history - number)


def known(identity: Callable[[int], str], history: int) -> list[dict[str, Any]]:
    """The landing lines of what is known: posts with two comments each."""
    rows: list[dict[str, Any]] = []
    for number in range(1, history + 1):
        key, moment = identity(number), published(number, history).isoformat()
        rows.append({"kind": "post", "external_id": key, "url": key, "title": "题", "body": "文", "published": moment})
        for one in range(2):
            said = {"external_id": f"{number}-{one}", "post_id": key, "text": "评", "published": moment}
            rows.append({"kind": "comment", **said})
    return rows


def land(gather: Gather, platform: str, rows: list[dict[str, Any]]) -> None:
    """Put what is known into the database, as an earlier crawl would have."""
    began = (NOW - timedelta(hours=20)).isoformat()
    first = {"kind": "run", "source": "hostile", "platform": platform, "started_at": began}
    end = {"kind": "end", "cursor": CURSORS[platform](gather, rows)}
    file = gather.landing / "hostile" / "20260101T000000000000Z.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text("\n".join(json.dumps(row) for row in (first, *rows, end)) + "\n")
    assert gather.load()["stored"] == len(rows)


def met_pages(gather: Gather, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What a complete crawl of pages leaves: which addresses it met."""
    options = gather.options("page")
    assert isinstance(options, PageOptions)
    ledger = Ledger({}, {}, reading=options.reading, now=NOW)
    for row in rows:
        if row["kind"] == "post":
            ledger.note(row["url"])
    return {**ledger.cursor(), "of": options.identity}


def met_wordpress(gather: Gather, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What a complete crawl of a WordPress leaves: until when it asked."""
    return {
        "posts": (NOW - timedelta(hours=20)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "comments": {"after": "2026-01-01T00:00:00Z", "newest": "2026-01-01T00:00:00Z", "seen": {}},
    }


CURSORS: dict[str, Callable[[Gather, list[dict[str, Any]]], dict[str, Any]]] = {
    "page": met_pages,
    "wordpress": met_wordpress,
}


def as_pages(site: Site, history: int) -> None:
    """A site of pages, newest first, twenty to a list page."""
    total = history + NEWS

    def answer(exchange: Exchange) -> None:
        kind, _, number = exchange.path.strip("/").partition("/")
        if kind == "post":
            moment = published(int(number), history).isoformat()
            exchange.say(post_page(time=moment, comments=comment("想买", time=NOW.isoformat())))
            return
        page = int(number or 0)
        numbers = range(total - page * PAGE, max(0, total - (page + 1) * PAGE), -1)
        following = f"/list/{page + 1}" if total > (page + 1) * PAGE else None
        exchange.say(list_page(*(f"/post/{one}" for one in numbers), following=following))

    site.otherwise = answer


def as_wordpress(site: Site, history: int) -> None:
    """A WordPress that honours what it is asked: what changed, what is new, or the comments of one post."""

    def post_row(number: int) -> dict[str, Any]:
        moment = published(number, history).strftime("%Y-%m-%dT%H:%M:%S")
        return {"id": number, "title": {"rendered": "题"}, "date_gmt": moment, "modified_gmt": moment}

    def posts(exchange: Exchange) -> None:
        if "include" in exchange.query:
            exchange.rows([{"id": int(one)} for one in exchange.query["include"].split(",")])
        else:
            assert {"modified_after", "after"} & exchange.query.keys()
            exchange.rows([post_row(history + one) for one in range(1, NEWS + 1)], headers={"X-WP-TotalPages": "1"})

    def comments(exchange: Exchange) -> None:
        stamp = NOW.strftime("%Y-%m-%dT%H:%M:%S")
        said = {"id": 10**6, "post": history, "content": {"rendered": "想买"}, "date_gmt": stamp}
        mine = exchange.query.get("post") in (None, str(history))
        exchange.rows([said] if mine else [], headers={"X-WP-TotalPages": "1"})

    site.on("/wp-json/wp/v2/posts", posts)
    site.on("/wp-json/wp/v2/comments", comments)


SITES: dict[str, tuple[Callable[[Site, int], None], Callable[[Site], Callable[[int], str]]]] = {
    "page": (as_pages, lambda site: lambda number: f"{site.base}/post/{number}"),
    "wordpress": (as_wordpress, lambda site: str),
}


@pytest.mark.parametrize("platform", SITES)
def test_requests_do_not_grow_with_history(gather: Gather, site: Site, platform: str, tmp_path: Any) -> None:
    """10, 100 and 1,000 times the history and the same news: less than 1.3 times the requests."""
    from models.database import open_engine, upgrade

    arrange, identity = SITES[platform]
    asked = []
    for history in HISTORIES:
        engine = open_engine(f"sqlite:///{tmp_path}/{history}.db")
        upgrade(engine)
        team = Gather(engine, tmp_path / str(history), site)
        land(team, platform, known(identity(site), history))
        arrange(site, history)
        before = sum(site.asked.values())
        outcome = team(platform)
        asked.append(sum(site.asked.values()) - before)
        assert outcome.counts["new"] >= NEWS
        assert outcome.exit_code == 0
        engine.dispose()
    assert max(asked) < 1.3 * asked[0], asked
