"""What a database holds, told by names and not by row numbers, so that two databases can be compared."""

from __future__ import annotations

import csv
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.database import open_engine
from models.unit_of_work import UnitOfWork
from yinliu.leads.scoring import Score
from yinliu.stages.replay import replay
from yinliu.workspace.folder import Workspace
from yinliu.workspace.policies import Scoring

_QUERIES = {
    "post": "SELECT source, external_id, title, body, published_at, labels, flaws FROM post",
    "comment": """
        SELECT c.source, c.external_id, c.text, c.published_at, p.external_id, r.external_id, a.external_id, c.flaws
        FROM comment c JOIN account a ON a.id = c.account_id
        LEFT JOIN post p ON p.id = c.post_id LEFT JOIN comment r ON r.id = c.parent_id""",
    "metric": """
        SELECT DISTINCT p.source, p.external_id, m.name, m.value, m.raw
        FROM metric_snapshot m JOIN post p ON p.id = m.post_id""",
    "tag": """
        SELECT coalesce(p.source, c.source), coalesce(p.external_id, c.external_id),
               t.kind, t.label, t.weight, t.evidence
        FROM tag t LEFT JOIN post p ON p.id = t.post_id LEFT JOIN comment c ON c.id = t.comment_id""",
    "contact": """
        SELECT c.source, c.external_id, k.kind, k.value_hmac, k.masked, k.start, k.end
        FROM contact k JOIN comment c ON c.id = k.comment_id""",
}
_PERSON = """
    SELECT person_id, group_concat(key, ' ') FROM (
        SELECT i.person_id, a.source || ':' || a.external_id AS key
        FROM identity i JOIN account a ON a.id = i.account_id ORDER BY key)
    GROUP BY person_id"""
_OF_PERSONS = {
    "signal": """
        SELECT i.person_id, s.kind, s.evidence, s.label, s.version
        FROM signal s JOIN identity i ON i.account_id = s.account_id WHERE s.withdrawn_at IS NULL""",
    "lead": "SELECT l.person_id, l.qualified, c.external_id FROM lead l JOIN comment c ON c.id = l.comment_id",
    "ticket": "SELECT person_id, community, state, operator, reasons FROM ticket",
    "event": """
        SELECT t.person_id, e.before, e.after, e.actor, e.reason
        FROM ticket_event e JOIN ticket t ON t.id = e.ticket_id""",
    "export": """
        SELECT l.person_id, e.target, e.sent_at IS NOT NULL FROM crm_export e JOIN lead l ON l.id = e.lead_id""",
}


def business_rows(workspace: Path) -> dict[str, list[Any]]:
    """Every row that means something to people, by table, sorted; scores as of the last signal, not as of the run."""
    database = workspace / "data" / "yinliu.db"
    with sqlite3.connect(database) as connection:
        found = {name: sorted(map(repr, connection.execute(query))) for name, query in _QUERIES.items()}
        persons = dict(connection.execute(_PERSON).fetchall())
        found["person"] = sorted(persons.values())
        for name, query in _OF_PERSONS.items():
            found[name] = sorted(repr((persons[row[0]], *row[1:])) for row in connection.execute(query))
        ((last,),) = connection.execute("SELECT max(happened_at) FROM signal")
    if last is not None:
        scores = _scores(database, policy=Workspace(workspace).scoring, at=last)
        found["score"] = sorted(repr((persons[person], score)) for person, score in scores.items())
    return found


def windows(workspace: Path) -> int:
    """How many counters were noted because their post was of an age at which they are."""
    with sqlite3.connect(workspace / "data" / "yinliu.db") as connection:
        ((number,),) = connection.execute('SELECT count(*) FROM metric_snapshot WHERE "window" IS NOT NULL')
    return int(number)


def _scores(database: Path, *, policy: Scoring, at: str) -> dict[int, Score]:
    engine = open_engine(f"sqlite:///{database}")
    with UnitOfWork(engine) as work:
        persons = [row["person_id"] for row in work.leads.listing(qualified=False)]
        found = replay(work, persons, policy=policy, at=datetime.fromisoformat(at).replace(tzinfo=UTC))
    engine.dispose()
    return found


def exported_leads(workspace: Path) -> list[str]:
    """The lead numbers in all CSV files that were written, in order."""
    numbers = []
    for path in sorted((workspace / "data" / "exports").glob("leads-*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            numbers += [row["线索编号"] for row in csv.DictReader(file)]
    return sorted(numbers, key=int)


def last_json(output: str) -> dict[str, Any]:
    """The JSON object that a command printed."""
    return json.loads(next(line for line in output.splitlines() if line.startswith("{")))
