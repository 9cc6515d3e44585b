"""Who rose or fell most in a week: the leads of ``yinliu leads --changed``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from models.unit_of_work import UnitOfWork
from yinliu import wording
from yinliu.cli.door import Door
from yinliu.cli.explained import LATELY, scored
from yinliu.language import Text
from yinliu.leads.scoring import Score, changes
from yinliu.stages.counts import now
from yinliu.stages.replay import replay_twice

Row = dict[str, Any]
_COLUMNS = (
    ("编号", "id"),
    ("等级", "grade"),
    ("评分", "score"),
    ("较上周", "in a week"),
    ("昵称", "name"),
    ("变化", "changes"),
    ("状态", "state"),
)
MOVED = ("points", "week_before", "changes")
"""What such a row has besides a lead's own columns."""
_NONE = "—"


def changed_rows(door: Door, work: UnitOfWork, moment: datetime | None, *, everybody: bool) -> list[Row]:
    """Leads whose score or grade is another than a week before, those that moved most first; ``moment`` None: now.

    Without ``everybody`` those that qualify or did, and did not opt out.
    """
    at = moment or now()
    rows = work.leads.listing(qualified=False, at=moment)
    persons = [row["person_id"] for row in rows]
    scores = replay_twice(work, persons, policy=door.app.workspace.scoring, before=at - LATELY, at=at)
    some = [row | scored(scores[row["person_id"]][1]) | _moved(*scores[row["person_id"]]) for row in rows]
    there = [row for row in some if row["breakdown"]]  # who had shown nothing by then was none
    moved = [row for row in there if row["points"] or row["week_before"]["grade"] != row["grade"]]
    shown = [row for row in moved if everybody or (row["counts"] and not row["suppressed_at"])]
    return sorted(shown, key=lambda row: (-abs(row["points"]), -row["score"], row["id"]))


def _moved(before: Score, after: Score) -> Row:
    return {
        "points": after.total - before.total,
        "week_before": {"score": before.total, "grade": before.grade if before.parts else None},
        "changes": [asdict(change) for change in changes(before, after)],
        "counts": before.qualified or after.qualified,
    }


def tell_changed(door: Door, rows: list[Row]) -> None:
    """A row each: the grade before and now, by how much it moved, and what moved it."""
    cells = [
        (
            row["id"],
            _grades(row["week_before"]["grade"] or _NONE, row["grade"]),
            row["score"],
            f"{row['points']:+d}",
            row["name"],
            "、".join(f"{wording.signal(one['kind'])} {one['after'] - one['before']:+d}" for one in row["changes"]),
            Text("已退订", "opted out") if row["suppressed_at"] else wording.state(row["state"] or _NONE),
        )
        for row in rows
    ]
    title = Text(f"较上周有变化的线索 {len(rows)} 条", f"{len(rows)} leads changed in a week")
    door.table(title, _COLUMNS, cells)


def _grades(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"
