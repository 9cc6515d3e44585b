"""Invitations under ``kill -9``: who is lost, who is invited twice, what stays unresolved. All must be 0.

Four processes run ``invite`` over one database against a homeserver in a process of its own; each is killed at random
moments and begun anew. The homeserver counts every invitation (it forgives no second one), and at times does it and
says nothing, does it late, fails before it, or asks to slow down.

``python -m benchmarks.senders [TICKETS] [KILLS]`` (400 and 20; the figure of record is 40,000 and 1,000).
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import Engine, insert, text

from benchmarks.load import postgres_databases, sqlite_databases
from models.content import Account, Comment, Contact
from models.database import open_engine
from models.onboarding import Community, CommunityGroup, Seat, Ticket
from models.people import Identity, Lead, Person
from models.unit_of_work import UnitOfWork
from models.vault import Vault, new_key
from yinliu.errors import RetryLater
from yinliu.hubs import open_hubs
from yinliu.stages.invite import invite
from yinliu.workspace.communities import Communities

SENDERS, TIMEOUT, LEASE_MINUTES = 4, 0.25, 0.06
ME, ROOM, TOKEN = "@ops:bench", "!room", "bench"
LONG_AGO = datetime(2026, 11, 1, tzinfo=UTC)
_FORK = multiprocessing.get_context("fork")
_MOODS = (("mute", 0.01), ("late", 0.005), ("broken", 0.01), ("deaf", 0.005), ("busy", 0.002))
"""Done and no answer, done after the client gave up, an error and not done, no answer and not done, 429."""
_GIVE_UP = 120.0


@dataclass(frozen=True)
class Found:
    """What became of a database's tickets."""

    database: str
    tickets: int
    kills: int
    lost: int
    twice: int
    unresolved: int
    parked: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"senders {self.database:10} {self.tickets:,} tickets, {self.kills:,} kills: lost {self.lost}, "
            f"twice {self.twice}, unresolved {self.unresolved} (parked {self.parked})   {self.seconds:.0f} s"
        )

    @property
    def good(self) -> bool:
        """Whether nobody was lost or invited twice and nothing is open."""
        return self.lost == self.twice == self.unresolved == 0


class _Rooms(BaseHTTPRequestHandler):
    """The homeserver: members and counts in its process, moods by chance."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    members: dict[str, str] = {ME: "join"}
    counts: Counter[str] = Counter()
    chance = random.Random(7)  # noqa: S311

    def do_GET(self) -> None:
        """whoami, one membership, or (for the bench) the counts."""
        parts = [unquote(part) for part in self.path.split("/")]
        if parts[-1] == "whoami":
            self._say(200, {"user_id": ME})
        elif parts[-1] == "counts":
            self._say(200, dict(self.counts))
        elif parts[-1] in self.members:
            self._say(200, {"membership": self.members[parts[-1]]})
        else:
            self._say(404, {"errcode": "M_NOT_FOUND"})

    def do_POST(self) -> None:
        """An invitation."""
        user = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["user_id"]
        drawn, mood = self.chance.random(), ""
        for name, share in _MOODS:
            if drawn < share:
                mood = name
                break
            drawn -= share
        self._answer(user, mood)

    def _answer(self, user: str, mood: str) -> None:
        if mood == "busy":
            return self._say(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 20})
        if mood == "broken":
            return self._say(500, {"errcode": "M_UNKNOWN"})
        if mood == "late":
            time.sleep(TIMEOUT * 1.5)
        if mood != "deaf":
            self.counts[user] += 1
            self.members[user] = "invite"
        if mood in ("mute", "deaf"):
            time.sleep(TIMEOUT * 1.5)
        return self._say(200, {})

    def _say(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        with contextlib.suppress(OSError):
            self.wfile.write(head.encode() + content)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: Any) -> None:
        """A sender was killed in the middle of its request."""


@contextlib.contextmanager
def homeserver() -> Iterator[str]:
    """A homeserver in a process of its own; gives its URL."""
    server = _Server(("127.0.0.1", 0), _Rooms)
    process = _FORK.Process(target=server.serve_forever, daemon=True)
    process.start()
    server.server_close()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        process.kill()
        process.join()


def counts_at(url: str) -> Counter[str]:
    """How often the homeserver invited whom."""
    import httpx

    return Counter(httpx.get(f"{url}/counts", timeout=60, trust_env=False).json())


def policy_at(url: str, tickets: int) -> Communities:
    """One community with one room that holds everybody."""
    group = {"name": "1", "capacity": tickets, "room": ROOM}
    hub = {"name": "chat", "kind": "matrix", "url": url, "token": "YINLIU_BENCH", "timeout_seconds": TIMEOUT}
    rule = {"name": "all", "title": "all", "hub": "chat", "operators": ["ops"], "groups": [group]}
    times = {"lease_minutes": LEASE_MINUTES, "retry_minutes": 0.001, "most_attempts": 100}
    return Communities.model_validate({"communities": [rule], "hubs": [hub], **times})


def fill(engine: Engine, tickets: int, vault: Vault) -> None:
    """Persons who each left a Matrix id, and a ticket with a seat for each."""
    numbers, when = range(1, tickets + 1), LONG_AGO
    seen = {"first_seen_at": when, "changed_at": when}
    with engine.begin() as connection:

        def put(table: Any, make: Callable[[int], dict[str, Any]]) -> None:
            connection.execute(insert(table), [make(number) for number in numbers])

        connection.execute(insert(Community).values(name="all", title="", hub="chat", position=0, rules=""))
        group = {"community": "all", "name": "1", "title": "", "capacity": tickets, "taken": tickets, "position": 0}
        connection.execute(insert(CommunityGroup).values(id=1, **group))
        put(Account, lambda n: {"id": n, "source": "b", "platform": "feed", "external_id": f"u{n}"})
        put(Person, lambda n: {"id": n, "first_seen_at": when})
        put(Identity, lambda n: {"account_id": n, "person_id": n, "how": "new", "confidence": 1.0})
        said = {"source": "b", "platform": "feed", "post_external_id": "p", "text": "", "flaws": [], "content_hash": ""}
        put(Comment, lambda n: {"id": n, "external_id": f"c{n}", "account_id": n, **said, **seen})
        put(Contact, lambda n: _contact(n, vault))
        scored = {"score": 80, "grade": "A", "qualified": True, "breakdown": [], "scoring_version": "1"}
        put(Lead, lambda n: {"id": n, "person_id": n, "comment_id": n, "scored_at": when, "changed_at": when, **scored})
        states = {"community": "all", "group_id": 1, "state": "assigned", "operator": "ops", "reasons": []}
        times = {"created_at": when, "changed_at": when, "ready_at": when}
        put(Ticket, lambda n: {"id": n, "lead_id": n, "person_id": n, **states, **times})
        put(Seat, lambda n: {"ticket_id": n, "group_id": 1, "reserved_at": when})


def _contact(number: int, vault: Vault) -> dict[str, Any]:
    address = f"@u{number}:bench"
    locked = {"value_cipher": vault.lock(address), "value_hmac": vault.fingerprint("matrix", address)}
    return {"comment_id": number, "kind": "matrix", "masked": "", "start": 0, "end": 1, "rule": "matrix", **locked}


def _send(database: str, policy: Communities, vault: Vault) -> None:
    """A sender: one run after the other, until it is killed."""
    engine = open_engine(database)
    hubs = open_hubs(policy, environ={"YINLIU_BENCH": TOKEN})
    while True:
        with contextlib.suppress(RetryLater):
            invite(lambda: UnitOfWork(engine), policy=policy, hubs=hubs, vault=vault)
        time.sleep(0.05)


def _left(engine: Engine) -> tuple[int, int]:
    """Tickets that are not invited (nor parked), and sends without a result."""
    with engine.connect() as connection:
        waiting = "SELECT count(*) FROM ticket WHERE state <> 'invited' AND parked_at IS NULL"
        unsettled = "SELECT count(*) FROM send WHERE state IN ('intended', 'unknown')"
        return connection.scalar(text(waiting)) or 0, connection.scalar(text(unsettled)) or 0


def send_killed(name: str, engine: Engine, *, tickets: int, kills: int, seed: int = 1) -> Found:
    """All tickets, by four senders of which one is killed at every random moment until ``kills`` are done."""
    vault, chance, began = Vault(new_key()), random.Random(seed), time.monotonic()  # noqa: S311
    fill(engine, tickets, vault)
    database = engine.url.render_as_string(hide_password=False)
    engine.dispose()
    with homeserver() as url:
        policy = policy_at(url, tickets)

        def begin() -> Any:
            process = _FORK.Process(target=_send, args=(database, policy, vault), daemon=True)
            process.start()
            return process

        senders = [begin() for _ in range(SENDERS)]
        done = 0
        while done < kills and _left(engine)[0]:
            engine.dispose()
            time.sleep(chance.expovariate(1 / 0.05))
            place = chance.randrange(SENDERS)
            os.kill(senders[place].pid, signal.SIGKILL)
            senders[place].join()
            senders[place], done = begin(), done + 1
        until = time.monotonic() + _GIVE_UP + tickets / 8
        while any(_left(engine)) and time.monotonic() < until:
            time.sleep(0.2)
        for sender in senders:
            sender.kill()
            sender.join()
        time.sleep(TIMEOUT * 2)
        counts = counts_at(url)
    return _judged(name, engine, counts, tickets=tickets, kills=done, seconds=time.monotonic() - began)


def _judged(name: str, engine: Engine, counts: Counter[str], *, tickets: int, kills: int, seconds: float) -> Found:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT id, state, parked_at IS NOT NULL FROM ticket")).all()
    parked = sum(bool(aside) for _, _, aside in rows)
    lost = sum((state != "invited" or not counts[f"@u{key}:bench"]) and not aside for key, state, aside in rows)
    twice = sum(number > 1 for number in counts.values())
    return Found(name, tickets, kills, lost, twice, _left(engine)[1], parked, seconds)


def main(tickets: int = 400, kills: int = 20) -> bool:
    """Both databases; False where somebody was lost or invited twice, or a send has no result."""
    good = True
    with tempfile.TemporaryDirectory() as folder:
        found = send_killed("sqlite", sqlite_databases(Path(folder))("senders"), tickets=tickets, kills=kills)
        print(found, flush=True)
        good = good and found.good
    with tempfile.TemporaryDirectory() as folder, postgres_databases(Path(folder) / "server") as fresh:
        found = send_killed("postgresql", fresh("senders"), tickets=tickets, kills=kills)
        print(found, flush=True)
    return good and found.good


if __name__ == "__main__":
    sys.exit(0 if main(*map(int, sys.argv[1:])) else 1)
