"""How long ``qualify`` and ``route`` take: 100,000 new persons in one run, and 1,000 new comments over much history.

people: 100,000 persons with one or two tagged comments each, qualified and routed in a process of its own. history:
databases with 10,000, 100,000 and 1,000,000 stored signals; the median run over 1,000 comments that are new in each.
"""

from __future__ import annotations

import gc
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from models.database import open_engine, upgrade
from models.repositories.bulk import Bulk
from models.unit_of_work import UnitOfWork
from yinliu.stages.qualify import qualify
from yinliu.stages.read import Reading
from yinliu.workspace.communities import Communities
from yinliu.workspace.policies import Scoring

PERSONS, SECONDS, MIB = 100_000, 60, 500
SIZES, FRESH, ROUNDS, GROWTH = (10_000, 100_000, 1_000_000), 1_000, 5, 1.5
NOW = datetime.now(UTC)
POSTS = 500
TOPICS = ("camping", "coffee", "hiking", "water", "family")
VERSION = "bench"
SIGNALS_EACH = 3
"""Signals that a comment of the history gives: a visit, a wish, a topic."""


@dataclass
class Team:
    """A database with posts, and whoever comments on them."""

    engine: Engine
    accounts: int = 0
    comments: int = 0

    def begin(self) -> UnitOfWork:
        """A unit of work."""
        return UnitOfWork(self.engine)

    def open(self) -> None:
        """Tables and posts with a topic each."""
        upgrade(self.engine)
        with self.begin() as work:
            bulk = Bulk(work._session)
            at = bulk.stamp(NOW - timedelta(days=30))
            posts = [
                (n, "bench", "feed", f"p{n}", f"https://bench.test/{n}", "t", "b", "[]", "[]", "", at, at, VERSION)
                for n in range(1, POSTS + 1)
            ]
            columns = "id, source, platform, external_id, url, title, body, labels, flaws, content_hash, first_seen_at"
            bulk.insert("post", f"{columns}, changed_at, tagged_version", posts)
            tags = [(n, None, "topic", TOPICS[n % len(TOPICS)], 1.0, VERSION, "[]") for n in range(1, POSTS + 1)]
            bulk.insert("tag", _TAG, tags)
            work.commit()

    def comment(self, whose: Iterator[int], *, qualified: str | None = None) -> list[int]:
        """A comment of each of these accounts, tagged with a wish and now and then a contact; gives their ids."""
        rows = list(whose)
        with self.begin() as work:
            bulk = Bulk(work._session)
            fresh = sorted({one for one in rows if one > self.accounts})
            bulk.insert("account", "id, source, platform, external_id, name", [_account(one) for one in fresh])
            self.accounts = max(self.accounts, *rows)
            ids = list(range(self.comments + 1, self.comments + len(rows) + 1))
            bulk.insert(
                "comment", _COMMENT, [_comment(bulk, n, one, qualified) for n, one in zip(ids, rows, strict=True)]
            )
            bulk.insert("tag", _TAG, [(None, n, "intent", _intent(n), 1.0, VERSION, "[]") for n in ids])
            wishes = [(n, one) for n, one in zip(ids, rows, strict=True) if one % 2]
            bulk.insert(
                "contact", _CONTACT, [(n, "phone", b"x", f"hmac-{one}", "138****", 0, 11, "phone") for n, one in wishes]
            )
            self.comments += len(rows)
            work.commit()
        return ids

    def qualify(self) -> dict[str, int]:
        """The stage."""
        return qualify(self.begin, version=VERSION, policy=SCORING, served_topics=TOPICS, colleagues=())

    def route(self) -> dict[str, int]:
        """The stage."""
        from yinliu.stages.route import route

        return route(self.begin, policy=_communities(), zone=ZoneInfo("Asia/Shanghai"))


_TAG = "post_id, comment_id, kind, label, weight, version, evidence"
_CONTACT = 'comment_id, kind, value_cipher, value_hmac, masked, start, "end", rule'
_COMMENT = (
    "id, source, platform, external_id, post_external_id, post_id, account_id, text, published_at, flaws, content_hash,"
    " first_seen_at, changed_at, tagged_version, qualified_version"
)
SCORING = Scoring.model_validate(
    {
        "signals": {
            "contact_left": {"points": 55, "half_life_days": 0},
            "purchase_intent": {"points": 30},
            "price_inquiry": {"points": 25},
            "topic_fit": {"points": 5},
            "engagement": {"points": 3, "most": 2},
            "repeat": {"points": 5, "most": 2},
        },
        "half_life_days": 45,
        "hysteresis": 3,
        "grades": {"A": 80, "B": 60, "C": 30},
        "qualified": ["A", "B"],
    }
)


def _account(number: int) -> tuple[Any, ...]:
    return number, "bench", "feed", f"u{number}", f"用户{number}"


def _intent(number: int) -> str:
    return ("purchase_intent", "price_inquiry")[number % 2]


def _comment(bulk: Bulk, number: int, account: int, qualified: str | None) -> tuple[Any, ...]:
    post, at = number % POSTS + 1, bulk.stamp(NOW - timedelta(minutes=number % 40_000))
    first = (number, "bench", "feed", f"c{number}", f"p{post}", post, account, "想买，多少钱？", at, "[]", "")
    return (*first, at, at, VERSION, qualified)


def _communities() -> Communities:
    rules = [
        {"name": topic, "title": topic, "topics": [topic], "capacity": PERSONS, "operators": ["小李", "小张"]}
        for topic in TOPICS
    ]
    return Communities.model_validate({"communities": rules})


def people(url: str) -> bool:
    """100,000 persons in one run, in a process of its own."""
    team = Team(open_engine(url))
    team.open()
    for start in range(1, PERSONS + 1, 10_000):
        team.comment(iter(range(start, start + 10_000)))
    team.comment(iter(range(1, PERSONS // 2)))
    team.engine.dispose()
    command = [sys.executable, "-m", "benchmarks.qualifying", "people-here", url]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(run.stdout)
    kind = url.partition(":")[0].partition("+")[0]
    print(
        f"people {kind:10} {PERSONS:,} persons: qualify {found['qualify']:.1f} s, route {found['route']:.1f} s"
        f" (both at most {SECONDS}), {found['mib']} MiB (at most {MIB}); {found['leads']:,} leads,"
        f" {found['tickets']:,} tickets"
    )
    return bool(found["qualify"] + found["route"] <= SECONDS and found["mib"] <= MIB)


def people_here(url: str) -> None:
    """What :func:`people` measures."""
    team = Team(open_engine(url))
    began = time.perf_counter()
    counts = team.qualify()
    middle = time.perf_counter()
    routed = team.route()
    took = {"qualify": middle - began, "route": time.perf_counter() - middle}
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({**took, "mib": mib, "leads": counts["leads"], "tickets": routed["tickets"]}))


def history(folder: Path) -> bool:
    """1,000 new comments over histories of three sizes, by turns: a disk that is slow for a while is slow for all."""
    teams = {size: _with_history(open_engine(f"sqlite:///{folder}/{size}.db"), size) for size in SIZES}
    rounds = [{size: _news(team) for size, team in teams.items()} for _ in range(ROUNDS)]
    took = {size: statistics.median(each[size] for each in rounds) for size in SIZES}
    least = took[SIZES[0]]
    for size, seconds in took.items():
        print(
            f"history sqlite {size:9,} stored signals: {FRESH:,} new comments in {seconds:.2f} s,"
            f" {seconds / least:.2f} times the smallest (at most {GROWTH})"
        )
    return max(took.values()) <= GROWTH * least


def _with_history(engine: Engine, size: int) -> Team:
    team = Team(engine)
    team.open()
    _grow(team, size // SIGNALS_EACH)
    team.qualify()
    return team


def _news(team: Team) -> float:
    known, new = range(1, FRESH // 2 + 1), range(team.accounts + 1, team.accounts + FRESH // 2 + 1)
    team.comment(iter([*known, *new]))
    gc.collect()
    began = time.perf_counter()
    counts = team.qualify()
    took = time.perf_counter() - began
    assert counts["comments"] == FRESH
    return took


def _grow(team: Team, comments: int) -> None:
    """Comments that were qualified before: their persons, signals and leads."""
    reading = Reading(TOPICS, ()).version
    for _ in range(0, comments, 10_000):
        part = min(comments, 10_000)
        first = team.accounts + 1
        ids = team.comment(iter(range(first, first + part)), qualified=reading)
        with team.begin() as work:
            _store(Bulk(work._session), ids, range(first, first + part), reading)
            work.commit()


def _store(bulk: Bulk, ids: list[int], accounts: range, reading: str) -> None:
    at, stamp = bulk.stamp(NOW - timedelta(days=3)), f"{reading}.{SCORING.version}"
    bulk.insert("person", "id, name, first_seen_at", [(one, "x", at) for one in accounts])
    bulk.insert("identity", "account_id, person_id, how, confidence", [(one, one, "new", 1.0) for one in accounts])
    signals = [
        (one, kind, evidence, reading, label, n, at, at)
        for n, one in zip(ids, accounts, strict=True)
        for kind, evidence, label in (
            ("repeat", f"bench:c{n}", ""),
            (_intent(n), f"bench:c{n}", _intent(n)),
            ("topic_fit", f"topic:{TOPICS[0]}@bench:c{n}", TOPICS[0]),
        )
    ]
    columns = "account_id, kind, evidence, version, label, comment_id, happened_at, recorded_at"
    bulk.insert("signal", columns, signals)
    later = bulk.stamp(NOW + timedelta(days=30))
    leads = [(one, 35, "C", 0, "[]", stamp, n, at, at, later) for n, one in zip(ids, accounts, strict=True)]
    columns = "person_id, score, grade, qualified, breakdown, scoring_version, comment_id, changed_at, scored_at"
    bulk.insert("lead", f"{columns}, rescore_at", leads)


def main() -> bool:
    """Print the figures; False where one is not what it must be."""
    with tempfile.TemporaryDirectory() as folder:
        return all([people(f"sqlite:///{folder}/people.db"), history(Path(folder))])


if __name__ == "__main__":
    if sys.argv[1:2] == ["people-here"]:
        people_here(sys.argv[2])
        sys.exit(0)
    sys.exit(0 if main() else 1)
