"""One lead explained: what each part of its score is worth, its grade, what changed in a week."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from models.unit_of_work import UnitOfWork
from yinliu import titles, wording
from yinliu.cli.door import Door
from yinliu.language import Text
from yinliu.leads.scoring import Change, Part, Score, Scorer, changes
from yinliu.stages.counts import now
from yinliu.stages.replay import signals_of
from yinliu.workspace.policies import Scoring

Row = dict[str, Any]
LATELY = timedelta(days=7)
"""What changed since then is told."""


@dataclass(frozen=True)
class Explained:
    """A score as of a moment, what changed in the week before, and when its grade falls if nothing happens."""

    at: datetime
    score: Score
    before: Score
    falls_at: datetime | None
    hysteresis: int

    @classmethod
    def of(cls, work: UnitOfWork, person: int, *, policy: Scoring, at: datetime | None) -> Explained:
        """The score of a person as of a moment; None: now."""
        facts = signals_of(work, [person]).get(person, [])
        moment = at or max((now(), *(fact.at for fact in facts)))
        scorer = Scorer(policy)
        score, falls_at = scorer.judge(facts, at=moment)
        return cls(moment, score, scorer.score(facts, at=moment - LATELY), falls_at, policy.hysteresis)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The parts that are worth something else than a week before."""
        return changes(self.before, self.score)

    def as_row(self) -> Row:
        """For a program."""
        return {
            "as_of": self.at,
            "least": self.score.least,
            "kept": self.score.kept,
            "hysteresis": self.hysteresis,
            "falls_at": self.falls_at,
            "week_before": {"score": self.before.total, "grade": self.before.grade},
            "changes": [asdict(change) for change in self.changes],
        }


def scored(score: Score) -> Row:
    """A score in the columns of a lead."""
    parts = [structs.asdict(part) for part in score.parts]
    return {"score": score.total, "grade": score.grade, "qualified": score.qualified, "breakdown": parts}


def tell_score(door: Door, explained: Explained) -> None:
    """Say what each part is worth, the grade, and what changed."""
    score, when = explained.score, door.when(explained.at)
    door.say(Text(f"评分明细（截至 {when}）：", f"score as of {when}:"))
    for part in score.parts:
        door.say(f"  {part.points:+4d}  {wording.signal(part.kind)}{_note(part, door.app.workspace.titles)}")
    door.say(f"  {score.total:+4d}  {Text('合计', 'total')}")
    door.say(_grade(score, explained.hysteresis))
    if explained.falls_at:
        day = door.when(explained.falls_at)[:10]
        door.say(Text(f"  没有新动作的话，{day} 降级", f"  falls on {day} if nothing happens"))
    _tell_changes(door, explained)


def _note(part: Part, known: titles.Titles) -> str:
    """How many were seen, how many count, what has faded, and the topics."""
    said = []
    if part.seen != 1:
        said.append(Text(f"{part.seen} 次，计 {part.counted} 次", f"{part.seen} seen, {part.counted} count"))
    if part.points != part.full:
        said.append(Text(f"原为 {part.full} 分，已随时间衰减", f"{part.full} before decay"))
    found = [one.partition(":")[2] for one in part.evidence] if part.kind == "topic_fit" else []
    names = "、".join(str(titles.titled(known, "topic", name)) for name in found)
    return (f"（{'；'.join(map(str, said))}）" if said else "") + (f" {names}" if names else "")


def _grade(score: Score, hysteresis: int) -> Text:
    if score.least is None:
        return Text(f"  {score.grade} 级：低于所有等级", f"  grade {score.grade}: below all others")
    floor = score.least - hysteresis
    kept = Text("；曾经达到，暂时保留", "; reached before, and kept") if score.kept else Text("", "")
    return Text(
        f"  {score.grade} 级：{score.least} 分起，低于 {floor} 分才降级{kept.zh}",
        f"  grade {score.grade}: from {score.least}, lost below {floor}{kept.en}",
    )


def _tell_changes(door: Door, explained: Explained) -> None:
    before, after = explained.before, explained.score
    if not explained.changes and before.grade == after.grade:
        door.say(Text("一周以来没有变化", "nothing changed in a week"))
        return
    moved = "、".join(_moved(change) for change in explained.changes)
    door.say(
        Text(
            f"一周以来：{before.total} → {after.total} 分，{before.grade} → {after.grade} 级；{moved}",
            f"in a week: {before.total} -> {after.total} points, {before.grade} -> {after.grade}; {moved}",
        )
    )


def _moved(change: Change) -> str:
    return f"{wording.signal(change.kind)} {change.after - change.before:+d}"
