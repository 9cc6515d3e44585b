"""Signals: an append-only log by account; what an edited comment no longer says is withdrawn, never deleted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.repositories.bulk import Bulk, Line, moment_of

SignalRow = tuple[int, str, str, str, int, datetime]
"""account, kind, evidence, label, comment, when it happened."""

_OF_COMMENTS = (
    "SELECT id, account_id, kind, evidence, happened_at FROM signal"
    " WHERE comment_id {comments} AND version = :version AND withdrawn_at IS NULL"
)
_WITHDRAW = "UPDATE signal SET withdrawn_at = :now WHERE id {keys}"
_ADD = (
    "INSERT INTO signal (account_id, kind, evidence, label, comment_id, happened_at, version, recorded_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account_id, kind, evidence, version)"
    " DO UPDATE SET withdrawn_at = NULL, comment_id = excluded.comment_id, happened_at = excluded.happened_at"
    " WHERE signal.withdrawn_at IS NOT NULL OR signal.happened_at <> excluded.happened_at"
)
_ACCOUNTS = "SELECT account_id, person_id FROM identity WHERE person_id{persons}"
_OF_ACCOUNTS = (
    "SELECT account_id, kind, evidence, label, comment_id, happened_at FROM signal"
    " WHERE account_id{accounts} AND version = :version AND withdrawn_at IS NULL"
)


class SignalRepository:
    """The log of signals, in one session."""

    def __init__(self, session: Session | Line) -> None:
        self._bulk = Bulk(session)

    def replace(
        self, comments: Sequence[int], rows: Sequence[SignalRow], *, version: str, now: datetime
    ) -> tuple[int, set[int]]:
        """Let these comments give exactly these signals: (how many are new or given again, the accounts touched)."""
        found = self._bulk.find(_OF_COMMENTS, {"comments": comments}, version=version)
        known = {(account, kind, evidence): (key, moment_of(at)) for key, account, kind, evidence, at in found}
        given = {row[:3] for row in rows}
        gone = {what[0]: key for what, (key, _) in known.items() if what not in given}
        self._withdraw([key for what, (key, _) in known.items() if what not in given], now)
        fresh = [row for row in rows if known.get(row[:3], (0, None))[1] != row[5]]
        return self.add(fresh, version=version, now=now), gone.keys() | {row[0] for row in fresh}

    def add(self, rows: Sequence[SignalRow], *, version: str, now: datetime) -> int:
        """Append signals; gives the number of those that are new or given again."""
        at = self._bulk.stamp(now)
        times = {moment: self._bulk.stamp(moment) for moment in {row[5] for row in rows}}
        return self._bulk.write(_ADD, [(*row[:5], times[row[5]], version, at) for row in rows])

    def _withdraw(self, keys: list[int], now: datetime) -> None:
        if keys:
            self._bulk.change(_WITHDRAW, {"keys": keys}, now=self._bulk.stamp(now))

    def of_persons(self, persons: Iterable[int], *, version: str) -> dict[int, list[tuple[Any, ...]]]:
        """The signals that stand, by person: kind, evidence, label, comment, when it happened; in no order."""
        keys = list(persons)
        found: dict[int, list[tuple[Any, ...]]] = {person: [] for person in keys}
        times: dict[Any, datetime | None] = {}
        # one step after the other: a join is planned badly where the database knows little of its tables
        whose = dict(self._bulk.find(_ACCOUNTS, {"persons": keys}))
        for account, kind, evidence, label, comment, at in self._bulk.find(
            _OF_ACCOUNTS, {"accounts": list(whose)}, version=version
        ):
            moment = times.get(at) or times.setdefault(at, moment_of(at))
            found[whose[account]].append((kind, evidence, label, comment, moment))
        return found
