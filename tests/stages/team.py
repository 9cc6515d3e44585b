"""A team in one object: people comment, the stages run, and questions are asked of the database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import (
    UTC,
    datetime,
    timedelta,
)
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from models.unit_of_work import UnitOfWork
from models.vault import Vault, new_key
from nlp.contacts import find_contacts
from nlp.tagger import Said
from nlp.tags import Evidence, Tag, Tagging, TagKind
from yinliu import wording
from yinliu.crm.csv_file import CsvFolder
from yinliu.stages.counts import Counts
from yinliu.stages.export import Target, Wording, export
from yinliu.stages.load import load
from yinliu.stages.move import move_ticket
from yinliu.stages.qualify import qualify
from yinliu.stages.route import route
from yinliu.stages.tag import tag
from yinliu.stages.upkeep import upkeep
from yinliu.workspace.communities import Communities
from yinliu.workspace.policies import Scoring

ZONE = ZoneInfo("Asia/Shanghai")

MONDAY = datetime(2026, 11, 16, 1, tzinfo=UTC)
SCORING = Scoring.model_validate(
    {
        "signals": {
            "contact_left": {"points": 55},
            "purchase_intent": {"points": 30},
            "price_inquiry": {"points": 25},
            "topic_fit": {"points": 5},
            "repeat": {"points": 5, "most": 2},
            "praise": {"points": 5},
            "spam_ad": {"points": -200},
            "colleague": {"points": -200},
        },
        "grades": {"A": 80, "B": 60, "C": 30},
        "qualified": ["A", "B"],
    }
)


@dataclass(frozen=True)
class KeywordTagger:
    """A tagger that one can read: a word gives a tag. Contacts are found by the real rules."""

    version: str = "v1"
    words: tuple[tuple[str, TagKind, str], ...] = (
        ("想买", "intent", "purchase_intent"),
        ("多少钱", "intent", "price_inquiry"),
        ("好看", "intent", "praise"),
        ("代运营", "intent", "spam_ad"),
        ("露营", "topic", "camping"),
        ("咖啡", "topic", "coffee"),
        ("杭州", "place", "杭州"),
    )

    @property
    def ingredients(self) -> dict[str, Any]:
        """Every word is its own ingredient; the version alone says nothing."""
        return {"core": "", "words": {word: f"{kind}:{label}" for word, kind, label in self.words}, "rules": {}}

    def tag(self, said: Iterable[Said]) -> Iterator[Tagging]:
        """One tagging a text."""
        for text in (one.text for one in said):
            found = [(text.find(word), word, kind, label) for word, kind, label in self.words if word in text]
            tags = (
                Tag(kind, label, 1.0, (Evidence(at, at + len(word), f"word:{word}", 1.0),))
                for at, word, kind, label in found
            )
            yield Tagging(tuple(tags), find_contacts(text))


def communities(*rules: dict[str, Any], **options: Any) -> Communities:
    """Communities with defaults: for everybody, ten seats, one operator."""
    whole = [{"title": rule["name"], "capacity": 10, "operators": ["小李"]} | rule for rule in rules]
    return Communities.model_validate({"communities": whole} | options)


@dataclass
class Team:
    """The stages with a team's parts, and what its public writes."""

    begin: Callable[[], UnitOfWork]
    data: Path
    tagger: KeywordTagger = field(default_factory=KeywordTagger)
    vault: Vault = field(default_factory=lambda: Vault(new_key()))
    scoring: Scoring = SCORING
    rules: Communities = field(default_factory=lambda: communities({"name": "all"}))
    colleagues: tuple[str, ...] = ()
    runs: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def landing(self) -> Path:
        """Where landing files lie."""
        return self.data / "landing"

    def land(
        self, *records: dict[str, Any] | bytes, source: str = "blog", whole: bool = True, platform: str = "feed"
    ) -> Path:
        """Write a landing file as a crawl does; bytes are written as they are."""
        number = next(self.runs)
        started = MONDAY + timedelta(hours=number)
        first = {"kind": "run", "source": source, "platform": platform, "started_at": started.isoformat()}
        last: list[dict[str, Any]] = [{"kind": "end", "cursor": {"run": number}}] if whole else []
        lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in (first, *records, *last)]
        path = self.landing / source / f"{number:04}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\n".join(lines) + b"\n")
        return path

    def load(self) -> Counts:
        """Load what landed."""
        return load(self.begin, landing=self.landing)

    def tag(self) -> Counts:
        """Tag what is untagged."""
        return tag(self.begin, tagger=self.tagger, vault=self.vault)  # type: ignore[arg-type]

    def qualify(self) -> Counts:
        """Score people."""
        served = {topic for rule in self.rules.communities for topic in rule.topics}
        return qualify(
            self.begin,
            version=self.tagger.version,
            policy=self.scoring,
            served_topics=served,
            colleagues=self.colleagues,
        )

    def route(self, at: datetime | None = None) -> Counts:
        """Give out tickets; ``at``: the moment that counts as now."""
        return route(self.begin, policy=self.rules, zone=ZONE, at=at)

    def upkeep(self) -> Counts:
        """Late, expired, waiting."""
        return upkeep(self.begin, policy=self.rules, zone=ZONE)

    def hear(self, *records: dict[str, Any], source: str = "blog") -> Counts:
        """Land, load, tag and qualify."""
        self.land(*records, source=source)
        self.load()
        self.tag()
        return self.qualify()

    def move(self, ticket: int, state: str, *, actor: str = "小李") -> str:
        """A person's step."""
        return move_ticket(self.begin, ticket=ticket, state=state, actor=actor, reason="", policy=self.rules)

    @property
    def wording(self) -> Wording:
        """How leads are put into words."""
        return Wording(self.vault, ZONE, {"purchase_intent": "购买意向"}, wording.state)

    def export(self, target: Target | None = None) -> tuple[Counts, list[str]]:
        """Send leads to a folder of CSV files."""
        folder = self.data / "exports"
        return export(
            self.begin,
            name="csv",
            target=target or CsvFolder(folder),
            wording=self.wording,
            lock=self.data / "csv.lock",
        )

    def rows(self, *columns: Any) -> list[tuple[Any, ...]]:
        """Columns of tables, in the order of the first column's table."""
        with self.begin() as work:
            found = work._session.execute(select(*columns).order_by(columns[0].class_.id))
            return [tuple(row) for row in found]

    def leads(self) -> dict[str, dict[str, Any]]:
        """Leads by the person's name."""
        with self.begin() as work:
            return {row["name"]: row for row in work.leads.listing(qualified=False)}

    def tickets(self) -> list[dict[str, Any]]:
        """All tickets."""
        with self.begin() as work:
            return work.tickets.queue(everything=True)


def post(key: str = "p1", **what: Any) -> dict[str, Any]:
    """A post as it lands."""
    return {"kind": "post", "external_id": key, "url": f"https://x.cn/{key}", "title": "周末", "body": "文"} | what


def comment(key: str, text: str, who: str = "小王", **what: Any) -> dict[str, Any]:
    """A comment as it lands; the writer's name is also their account."""
    row = {"kind": "comment", "external_id": key, "post_id": "p1", "author": who, "author_id": who, "text": text}
    return row | {"published": (MONDAY + timedelta(minutes=len(key))).isoformat()} | what


def metric(value: int | None, raw: str, **what: Any) -> dict[str, Any]:
    """A counter as it lands."""
    return {"kind": "metric", "post_id": "p1", "name": "likes", "value": value, "raw": raw} | what


HOT = "想买，多少钱？13912345678"
"""A comment that qualifies."""


def phone(number: int) -> str:
    """A phone number of its own for everybody."""
    return f"139{number:08}"


def buyers(number: int, *, text: str = "想买，多少钱？") -> list[dict[str, Any]]:
    """Comments of so many people who qualify, in order."""
    return [comment(f"c{n:03}", f"{text}{phone(n)}", f"买家{n}") for n in range(number)]
