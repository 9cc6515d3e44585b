"""How the databases find what the queue asks for: by its indexes, never by reading all tickets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from models.repositories import due, queue_sql, waiting
from models.repositories.bulk import Bulk
from models.unit_of_work import UnitOfWork
from tests.models.onboarding import PAST, World

STATEMENTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "ready": (
        queue_sql.limited(queue_sql.TAKE_READY, 5),
        "ix_ticket_ready",
        {"name": "员7", "actor": "员7", "seconds": 9.0},
    ),
    "waiting": (
        queue_sql.limited(queue_sql.TAKE_WAITING, 5),
        "ix_ticket_waiting",
        {"name": "club", "actor": "甲", "seconds": 9.0},
    ),
    "waiting since": (queue_sql.WAITING_SINCE, "ix_ticket_waiting", {"names": ["club", "other"]}),
    "late": (due._LATE, "ix_ticket_due", {"now": PAST, "number": 500}),
    "unmoved": (due._UNMOVED.replace("{state}", "joined"), "ix_ticket_changed_at", {"before": PAST, "number": 500}),
    "waiting elsewhere": (
        waiting._OTHERS.format(mark="CAST(reasons AS TEXT) LIKE :told", limit=9),
        "ix_ticket_blocked",
        {"community": "club", "after": 5, "told": '%"full:other"%'},
    ),
    "one": (queue_sql.CAN_TAKE, "ticket", {"ticket": 7, "actor": "甲"}),
    "holds": (queue_sql.HOLDS, "ticket", {"ticket": 7, "actor": "甲", "token": 1}),
}
_ROWS = {
    "sqlite": "WITH RECURSIVE row(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM row WHERE n < 6000)",
    "postgresql": "WITH row(n) AS (SELECT generate_series(1, 6000))",
}
_PERSONS = "INSERT INTO person (id, name, first_seen_at) {rows} SELECT n + 1, 'x', :now FROM row"
_LEADS = """
    INSERT INTO lead (id, person_id, score, grade, qualified, breakdown, scoring_version, comment_id, changed_at,
    scored_at) {rows} SELECT n + 1, n + 1, 1, 'A', :yes, '[]', '1', 1, :now, :now FROM row
"""
_TICKETS = """
    INSERT INTO ticket (id, lead_id, person_id, community, state, operator, reasons, created_at, changed_at, due_at,
    ready_at) {rows} SELECT n + 1, n + 1, n + 1, CASE n % 2 WHEN 0 THEN 'club' ELSE 'other' END,
    CASE n % 3 WHEN 0 THEN 'queued' ELSE 'assigned' END,
    CASE n % 3 WHEN 0 THEN NULL ELSE '员' || (n % 40) END, '[]', :now, :now, :due, :now FROM row
"""


@pytest.fixture
def full(engine: Engine) -> Engine:
    """Six thousand tickets, and the statistics of them."""
    World(lambda: UnitOfWork(engine), communities=("club", "other")).ticket()
    shift = {"now": PAST, "due": PAST + timedelta(days=1), "yes": True}
    for query in (_PERSONS, _LEADS, _TICKETS):
        with engine.begin() as connection:
            row = {name: value for name, value in shift.items() if f":{name}" in query}
            # SQLite's driver is given what UtcTime stores
            if engine.dialect.name == "sqlite":
                row = {name: str(value)[:19] + ".000000" if name != "yes" else 1 for name, value in row.items()}
            connection.execute(_bound(query, engine), row)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return engine


def _bound(query: str, engine: Engine) -> Any:
    rows = _ROWS[engine.dialect.name]
    head, body = query.split("{rows}")
    return text(f"{rows} {head} {body}" if engine.dialect.name == "postgresql" else f"{head} {rows} {body}")


def plan(engine: Engine, statement: str, values: dict[str, Any]) -> str:
    """The plan with which the database runs a statement, as one text."""
    with UnitOfWork(engine) as work:
        bulk = Bulk(work._session)
        values = {name: bulk.stamp(value) if value is PAST else value for name, value in values.items()}
        keys = {name: values.pop(name) for name in ("names",) if name in values}
        if not bulk.sqlite:
            bulk.change("SET plan_cache_mode = force_generic_plan")
        explain = "EXPLAIN QUERY PLAN" if bulk.sqlite else "EXPLAIN"
        rows = bulk.find(f"{explain} {statement}", keys, **values)
        return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("name", STATEMENTS)
def test_an_index_leads_to_the_tickets(full: Engine, name: str) -> None:
    """No plan reads the whole table, also psycopg's generic one, or sorts what it found."""
    statement, index, values = STATEMENTS[name]
    found = plan(full, statement, values)
    assert index in found
    assert "Seq Scan on ticket" not in found
    assert "SCAN ticket" not in found
    assert "Sort" not in found
    assert "TEMP B-TREE" not in found
