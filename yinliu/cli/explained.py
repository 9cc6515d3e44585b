"""One lead explained: what each part of its score is worth, its grade, what changed in a week, and what was said."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from models.unit_of_work import UnitOfWork
from nlp.contacts import mask_text
from yinliu import titles, wording
from yinliu.cli.door import Door
from yinliu.language import Text
from yinliu.leads.scoring import Change, Part, Score, Scorer, changes
from yinliu.reasons import reason
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


def tell_story(door: Door, comments: list[Row], ticket: Row | None, note: str | None, events: list[Row]) -> None:
    """Say what the person wrote, and what was done."""
    for comment in comments:
        _tell_comment(door, comment)
    _tell_ticket(door, ticket, note, events)


def _tell_comment(door: Door, comment: Row) -> None:
    text = comment["text"]
    door.say(f"{door.when(comment['published_at'])}  [{comment['source']}] 《{comment['post'] or '—'}》")
    door.say(f"  “{mask_text(text)}”")
    for tag in comment["tags"]:
        spans = (
            f"“{mask_text(text[e['start'] : e['end']])}”{_rule(e['rule'])} {e['weight']:+g}" for e in tag["evidence"]
        )
        door.say(f"    {_found(tag, door.app.workspace.titles)} = {tag['weight']:g}  ← {'、'.join(spans)}")
    for contact in comment["contacts"]:
        start, end, rule, shown = (contact[name] for name in ("start", "end", "rule", "masked"))
        kind = titles.contact(contact["kind"])
        zh = f"    联系方式：{kind.zh} {shown}  ← 第 {start + 1}–{end} 字，规则 {rule}"
        door.say(Text(zh, f"    contact:{kind.en} {shown}  ← {rule} @{start}–{end}"))


def _found(tag: Row, known: titles.Titles) -> Text:
    """A tag by its kind and label."""
    kind, name = tag["kind"], tag["label"]
    builtin = {"intent": wording.signal, "guard": wording.guard, "sentiment": titles.label}.get(kind)
    zh = known.get(f"{kind}:{name}", (builtin(name) if builtin else Text(name, name)).zh)
    return Text(f"{titles.finding(kind).zh}：{zh}", f"{kind}:{name}")


def _rule(rule: str) -> Text:
    """What found it: a piece of text that a head weighs, a word of a file, or a rule by its id."""
    kind = rule.partition(":")[0]
    known = {"gram": "", "word": " 词表", **{name: f" {titles.finding(name).zh}" for name in titles.ENTITIES}}
    return Text(known.get(kind, f" 规则 {rule}"), f" {rule}")


def _tell_ticket(door: Door, ticket: Row | None, note: str | None, events: list[Row]) -> None:
    known = door.app.workspace.titles
    if ticket is None:
        unmatched = Text("没有社群接收这些话题和城市", "no community takes these topics and cities")
        waiting = Text("尚未分配（未达标，或还没运行 yinliu route）", "not routed (does not qualify, or not yet)")
        door.say(unmatched if note else waiting)
        return
    why = "、".join(str(reason(code, known)) for code in ticket["reasons"])
    door.say(f"→ {ticket['title']}（{wording.state(ticket['state'])}，{ticket['operator'] or '—'}）：{why}")
    for event in events:
        state, because = wording.state(event["after"]), reason(event["reason"], known)
        door.say(f"    {door.when(event['happened_at'])}  {state}  {event['actor']}  {because}")
