"""People who qualified and are to be routed, written straight into a database: what ``qualify`` would leave there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from models.repositories.bulk import Bulk
from models.unit_of_work import UnitOfWork
from yinliu.workspace.communities import Communities

TOPICS = ("camping", "coffee", "water", "other")
SINCE = datetime(2026, 11, 16, 1, tzinfo=UTC)
POSTS = 1000

POLICY = Communities.model_validate(
    {
        "communities": [
            {"name": "last", "title": "one seat", "topics": ["nobody"], "capacity": 1, "operators": ["z"]},
            {
                "name": "camping",
                "title": "camping",
                "topics": ["camping"],
                "groups": [{"name": f"g{n}", "capacity": 500} for n in range(100)],
                "operators": [f"o{n}" for n in range(10)],
            },
            {"name": "coffee", "title": "coffee", "topics": ["coffee"], "capacity": 100_000, "operators": ["a", "b"]},
            {
                "name": "buyers",
                "title": "buyers",
                "intents": ["purchase_intent"],
                "capacity": 5_000,
                "operators": ["c"],
            },
            {"name": "all", "title": "everybody", "capacity": 1_000_000, "operators": ["a", "b", "c", "d"]},
        ],
        "operators": [
            {"name": name, "shifts": [{"days": "workdays", "from": "09:00", "to": "18:00"}], "daily_quota": 10_000}
            for name in ("a", "b", "c", "d", "z", *(f"o{n}" for n in range(10)))
        ],
    }
)


def ask(engine: Engine, people: int) -> None:
    """So many people, each with an account, a comment with an intent on a post with a topic, and a qualified lead."""
    with UnitOfWork(engine) as work:
        bulk = Bulk(work._session)
        for table, columns, rows in _tables(bulk, people):
            bulk.insert(table, columns, rows)
        work.commit()


def _tables(bulk: Bulk, people: int) -> list[tuple[str, str, list[tuple[Any, ...]]]]:
    then = bulk.stamp(SINCE)
    all_of = range(1, people + 1)
    posts, keys = range(1, POSTS + 1), [(n % POSTS) + 1 for n in all_of]
    text = "flaws, content_hash, first_seen_at, changed_at"
    tag = "kind, label, weight, version, evidence"
    lead = "person_id, score, grade, qualified, breakdown, scoring_version, comment_id, post_id, qualified_at"
    asked = [bulk.stamp(SINCE + timedelta(seconds=n)) for n in all_of]
    return [
        (
            "post",
            f"id, source, platform, external_id, url, title, body, labels, {text}",
            [(n, "s", "feed", f"p{n}", "u", "t", "b", "[]", "[]", "h", then, then) for n in posts],
        ),
        ("tag", f"post_id, {tag}", [(n, "topic", TOPICS[n % 4], 1.0, "v", "[]") for n in posts]),
        ("account", "id, source, platform, external_id", [(n, "s", "feed", f"a{n}") for n in all_of]),
        ("person", "id, name, first_seen_at", [(n, f"用户{n}", then) for n in all_of]),
        ("identity", "account_id, person_id, how, confidence", [(n, n, "account", 1.0) for n in all_of]),
        (
            "comment",
            f"id, source, platform, external_id, post_external_id, post_id, account_id, text, {text}",
            [
                (n, "s", "feed", f"c{n}", f"p{post}", post, n, "t", "[]", "h", then, then)
                for n, post in zip(all_of, keys, strict=True)
            ],
        ),
        ("tag", f"comment_id, {tag}", [(n, "intent", "purchase_intent", 1.0, "v", "[]") for n in all_of]),
        (
            "lead",
            f"id, {lead}, changed_at, scored_at, route_at",
            [
                (n, n, 80, "A", True, "[]", "v", n, post, then, then, then, when)
                for n, post, when in zip(all_of, keys, asked, strict=True)
            ],
        ),
    ]
