"""Tickets with seats, ready to be invited, over a fresh database."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text

from models.content import Account, Comment, Contact
from models.database import open_engine
from models.onboarding import Community, CommunityGroup, Ticket
from models.people import Identity, Lead, Person
from models.unit_of_work import UnitOfWork
from models.vault import Vault, new_key
from tests.hubs.fake import FakeHub
from yinliu.stages.counts import Counts
from yinliu.stages.invite import invite
from yinliu.stages.observe import observe
from yinliu.stages.upkeep import upkeep
from yinliu.workspace.communities import Communities

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
EARLIER = NOW - timedelta(days=1)


def policy(**options: Any) -> Communities:
    """Two communities, one at a hub and one by hand; leases of a second."""
    hub = {"name": "chat", "kind": "matrix", "url": "http://127.0.0.1:1", "token": "YINLIU_MATRIX_TOKEN"}
    rules = [
        {"name": "camp", "title": "露营群", "hub": "chat", "operators": ["小李"],
         "groups": [{"name": "1", "capacity": 1000, "room": "!camp:peer.test"}]},
        {"name": "hand", "title": "会员群", "operators": ["小李"], "capacity": 1000},
    ]  # fmt: skip
    whole = {"communities": rules, "hubs": [hub], "lease_minutes": 1, "retry_minutes": 10, "most_attempts": 3}
    return Communities.model_validate(whole | options)


@dataclass
class Desk:
    """A team with tickets; ``people`` by number: lead, person and ticket have the same one."""

    begin: Callable[[], UnitOfWork]
    vault: Vault = field(default_factory=lambda: Vault(new_key()))
    rules: Communities = field(default_factory=policy)
    hub: FakeHub = field(default_factory=FakeHub)
    people: int = 0

    def open(self) -> Desk:
        """Make the communities that are not there yet."""
        with self.begin() as work:
            for position, rule in enumerate(self.rules.communities):
                if work._session.get(Community, rule.name):
                    continue
                work._session.add(Community(name=rule.name, title="", hub=rule.hub, position=position, rules=""))
                work._session.flush()
                for place, group in enumerate(rule.all_groups):
                    row = {"community": rule.name, "name": group.name, "title": "", "capacity": group.capacity}
                    work._session.add(CommunityGroup(position=place, **row))
            work.commit()
        return self

    def ticket(
        self, address: str | None = "", *, community: str = "camp", state: str = "assigned", suppressed: bool = False
    ) -> int:
        """A person who left an address (one of their own unless given; None: none), and their ticket."""
        self.people += 1
        number = self.people
        with self.begin() as work:
            add = work._session.add
            add(Account(id=number, source="blog", platform="feed", external_id=f"u{number}", name="小王"))
            person = Person(id=number, name="小王", first_seen_at=EARLIER, suppressed_at=NOW if suppressed else None)
            add(person)
            work._session.flush()
            add(Identity(account_id=number, person_id=number, how="new", confidence=1.0))
            add(_comment(number))
            work._session.flush()
            if address is not None:
                add(self._contact(number, address or f"@u{number}:peer.test"))
            add(_lead(number))
            work._session.flush()
            add(_ticket(number, community, state))
            work._session.flush()
            work.seats.reserve(number, community=community, now=NOW)
            work.commit()
        return number

    def _contact(self, number: int, address: str) -> Contact:
        return Contact(
            comment_id=number,
            kind="matrix",
            value_cipher=self.vault.lock(address),
            value_hmac=self.vault.fingerprint("matrix", address.lower()),
            masked="@***",
            start=0,
            end=1,
            rule="matrix",
        )

    def invite(self, **options: Any) -> Counts:
        """One run, without zeros."""
        made = {"policy": self.rules, "hubs": {"chat": self.hub}, "vault": self.vault, "sleep": lambda _: None}
        return _short(invite(self.begin, **(made | options)))

    def observe(self) -> Counts:
        """One look, without zeros."""
        return _short(observe(self.begin, policy=self.rules, hubs={"chat": self.hub}, vault=self.vault))

    def upkeep(self) -> Counts:
        """What time does to tickets, without zeros."""
        return _short(upkeep(self.begin, policy=self.rules, zone=ZoneInfo("Asia/Shanghai")))

    def later(self) -> None:
        """Every lease and every delay is over."""
        self.change("UPDATE ticket SET ready_at = '2026-01-01 00:00:00.000000'")
        self.change("UPDATE send SET intended_at = '2026-01-01 00:00:00.000000'")

    def change(self, sql: str) -> None:
        """Run a statement."""
        with self.begin() as work:
            work._session.execute(text(sql))
            work.commit()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self.begin() as work:
            return [tuple(row) for row in work._session.execute(text(sql))]

    @property
    def tickets(self) -> dict[int, str]:
        """State by ticket."""
        return {row[0]: row[1] for row in self.rows("SELECT id, state FROM ticket ORDER BY id")}

    @property
    def sends(self) -> Counter[str]:
        """How many sends are in which state."""
        return Counter(state for (state,) in self.rows("SELECT state FROM send"))

    @property
    def parked(self) -> list[str]:
        """Why tickets are parked."""
        return [why for (why,) in self.rows("SELECT parked_reason FROM ticket WHERE parked_at IS NOT NULL")]


def _short(counts: Counts) -> Counts:
    return {name: number for name, number in counts.items() if number}


def _comment(number: int) -> Comment:
    return Comment(
        id=number, source="blog", platform="feed", external_id=f"c{number}", post_external_id="p1", account_id=number,
        text="拉我", content_hash="", flaws=[], published_at=EARLIER, first_seen_at=EARLIER, changed_at=EARLIER,
    )  # fmt: skip


def _lead(number: int) -> Lead:
    return Lead(
        id=number, person_id=number, score=80, grade="A", qualified=True, breakdown=[], scoring_version="1",
        comment_id=number, changed_at=EARLIER, scored_at=EARLIER, qualified_at=EARLIER,
    )  # fmt: skip


def _ticket(number: int, community: str, state: str) -> Ticket:
    operator = None if state == "queued" else "小李"
    return Ticket(
        id=number, lead_id=number, person_id=number, community=community, state=state, operator=operator, reasons=[],
        created_at=EARLIER, changed_at=EARLIER, ready_at=EARLIER,
    )  # fmt: skip


@pytest.fixture
def desk(begin: Callable[[], UnitOfWork]) -> Desk:
    """Over either database."""
    return Desk(begin).open()


@pytest.fixture
def desk_sqlite(begin_sqlite: Callable[[], UnitOfWork]) -> Desk:
    """Over SQLite alone, where the database makes no difference."""
    return Desk(begin_sqlite).open()


@pytest.fixture(scope="session")
def sqlite_factory(tmp_path_factory: pytest.TempPathFactory, _sqlite_with_tables: Path) -> Callable[[], Engine]:
    """Makes a SQLite database with empty tables, as often as it is asked."""

    def make() -> Engine:
        path = tmp_path_factory.mktemp("desk") / "yinliu.db"
        shutil.copyfile(_sqlite_with_tables, path)
        return open_engine(f"sqlite:///{path}")

    return make
