"""What the stages did: files loaded, sources' cursors, runs, and which key the secrets were written with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import PLAIN, Base, personal


class LandingLoad(Base):
    """A landing file that is in the database; written in the same transaction as its rows.

    ``cut_at``: its bytes, where its last line was missing (it may have been copied still); NULL: it was whole.
    """

    __tablename__ = "landing_load"
    __table_args__ = (UniqueConstraint("source", "run"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(info=PLAIN)
    run: Mapped[str] = mapped_column(info=PLAIN)
    counts: Mapped[dict[str, Any]] = mapped_column(info=PLAIN)
    loaded_at: Mapped[datetime]
    cut_at: Mapped[int | None] = mapped_column(BigInteger)


class SourceState(Base):
    """Where the next crawl of a source goes on, and how the last one went.

    Of the last file: how many ``requests`` were made and how many ``rows`` came, its ``errors`` by code; NULL: unknown.
    """

    __tablename__ = "source_state"

    source: Mapped[str] = mapped_column(primary_key=True, info=PLAIN)
    platform: Mapped[str] = mapped_column(info=PLAIN)
    cursor: Mapped[dict[str, Any]] = mapped_column(info=PLAIN)
    crawled_at: Mapped[datetime]
    succeeded_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(info=PLAIN)
    requests: Mapped[int | None]
    rows: Mapped[int | None]
    errors: Mapped[dict[str, Any] | None] = mapped_column(info=PLAIN)


class StageRun(Base):
    """One run of a stage, with its counts."""

    __tablename__ = "stage_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(info=PLAIN)
    subject: Mapped[str | None] = mapped_column(info=PLAIN)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(info=PLAIN)
    counts: Mapped[dict[str, Any]] = mapped_column(info=PLAIN)


class KeyCheck(Base):
    """A keyed digest of a constant: tells a wrong key before it writes what nobody can read."""

    __tablename__ = "key_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(info=personal("none"))


class Report(Base):
    """A weekly report that was made; one row a week and edition."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("iso_year", "iso_week", "edition"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    iso_year: Mapped[int]
    iso_week: Mapped[int]
    edition: Mapped[str] = mapped_column(info=PLAIN)
    file: Mapped[str] = mapped_column(info=PLAIN)
    figures: Mapped[dict[str, Any]] = mapped_column(info=PLAIN)
    made_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
