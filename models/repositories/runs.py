"""What the stages did and where they go on."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.content import Quarantine, Visit
from models.repositories.upsert import upsert
from models.runs import KeyCheck, LandingLoad, Report, SourceState, StageRun

_LOADING = 0x6C6F6164
"""The number of PostgreSQL's advisory locks on loading, one a source."""

_STATE = (
    SourceState.source,
    SourceState.platform,
    SourceState.crawled_at,
    SourceState.succeeded_at,
    SourceState.problem,
    SourceState.requests,
    SourceState.rows,
    SourceState.errors,
)


class RunRepository:
    """Loads, cursors, runs, reports and the key's mark, in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def loaded(self) -> dict[tuple[str, str], int | None]:
        """The (source, run) of every landing file that is in the database; how many bytes of one without its end."""
        rows = self._session.execute(select(LandingLoad.source, LandingLoad.run, LandingLoad.cut_at))
        return {(source, run): cut_at for source, run, cut_at in rows}

    def claim_load(self, *, source: str, run: str, now: datetime, size: int = 0) -> Literal["new", "grown"] | None:
        """Mark a landing file as loaded in this transaction; None when another one did it first.

        A file that was loaded without its end is "grown" when it has more bytes (``size``) than it had then.
        Until the transaction ends nobody else loads a file of this source (SQLite has one writer at a time anyway).
        """
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(select(func.pg_advisory_xact_lock(_LOADING, func.hashtext(source))))
        this = (LandingLoad.source == source, LandingLoad.run == run)
        row = {"source": source, "run": run, "counts": {}, "loaded_at": now}
        if upsert(self._session, LandingLoad, [row], key=("source", "run"), update=()) == 1:
            return "new"
        grown = update(LandingLoad).where(*this, LandingLoad.cut_at < size).values(loaded_at=now, cut_at=size)
        return "grown" if self._session.connection().execute(grown).rowcount == 1 else None

    def finish_load(self, *, source: str, run: str, counts: dict[str, int], cut_at: int | None) -> None:
        """Keep the counts of a loaded file, and how many bytes it had where its end was missing (else None)."""
        this = (LandingLoad.source == source, LandingLoad.run == run)
        self._session.execute(update(LandingLoad).where(*this).values(counts=counts, cut_at=cut_at))

    def cursor(self, source: str) -> dict[str, Any]:
        """Where the next crawl of a source goes on; empty before the first."""
        return self._session.scalar(select(SourceState.cursor).where(SourceState.source == source)) or {}

    def keep_state(
        self,
        *,
        source: str,
        platform: str,
        cursor: dict[str, Any] | None,
        problem: str | None,
        at: datetime,
        requests: int | None = None,
        rows: int | None = None,
        errors: dict[str, int] | None = None,
    ) -> None:
        """Keep how a crawl ended: its requests, rows and errors by code; ``cursor`` None keeps the old one."""
        row = {"source": source, "platform": platform, "cursor": cursor or {}, "crawled_at": at}
        row |= {"succeeded_at": None if problem else at, "problem": problem}
        row |= {"requests": requests, "rows": rows, "errors": errors or {}}
        changed = ["platform", "crawled_at", "problem", "requests", "rows", "errors"]
        changed += [] if cursor is None else ["cursor"]
        upsert(
            self._session, SourceState, [row], key=("source",), update=changed + ([] if problem else ["succeeded_at"])
        )

    def states(self) -> list[dict[str, Any]]:
        """Every source: platform, when it was crawled and when with success, its problem, and when a visit is due.

        Of its last crawl: ``requests`` made, ``rows`` brought, ``errors`` by code; None where that is not known.
        """
        due = select(func.min(Visit.due_at)).where(Visit.source == SourceState.source).scalar_subquery()
        query = select(*_STATE, due.label("next_due")).order_by(SourceState.source)
        return [dict(row._mapping) for row in self._session.execute(query)]

    def problems(self) -> list[tuple[str, str, int]]:
        """(source, code, how often) of everything in quarantine that is not over."""
        query = select(Quarantine.source, Quarantine.code, func.sum(Quarantine.seen))
        query = query.where(Quarantine.resolved_at.is_(None)).group_by(Quarantine.source, Quarantine.code)
        return [
            (source, code, int(seen))
            for source, code, seen in self._session.execute(query.order_by(*query.selected_columns[:2]))
        ]

    def record(
        self, *, stage: str, subject: str | None, outcome: str, counts: dict[str, Any], began: datetime, now: datetime
    ) -> None:
        """Keep one run of a stage."""
        self._session.add(
            StageRun(stage=stage, subject=subject, outcome=outcome, counts=counts, started_at=began, finished_at=now)
        )

    def last_runs(self) -> list[dict[str, Any]]:
        """The newest run of every stage: stage, at, outcome, counts."""
        newest = select(func.max(StageRun.id)).group_by(StageRun.stage)
        columns = (StageRun.stage, StageRun.finished_at.label("at"), StageRun.outcome, StageRun.counts)
        rows = self._session.execute(select(*columns).where(StageRun.id.in_(newest)).order_by(StageRun.id))
        return [dict(row._mapping) for row in rows]

    def key_mark(self) -> str | None:
        """The mark of the key that this database's contacts are locked with."""
        return self._session.scalar(select(KeyCheck.digest).where(KeyCheck.id == 1))

    def mark_key(self, mark: str) -> None:
        """Remember the key's mark."""
        upsert(self._session, KeyCheck, [{"id": 1, "digest": mark}], key=("id",), update=())

    def keep_report(self, row: dict[str, Any]) -> None:
        """Keep that a report was made; one row a week and edition."""
        key = ("iso_year", "iso_week", "edition")
        upsert(self._session, Report, [{"delivered_at": None, **row}], key=key, update=("file", "figures", "made_at"))

    def report(self, *, year: int, week: int, edition: str) -> Report | None:
        """The report of a week, if one was made."""
        return self._session.scalar(
            select(Report).where(Report.iso_year == year, Report.iso_week == week, Report.edition == edition)
        )
