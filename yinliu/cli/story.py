"""The story of one lead: what the person wrote, what was done, whether they opted out, or why nobody took them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from models.unit_of_work import UnitOfWork
from nlp.contacts import mask_text
from yinliu import titles, wording
from yinliu.cli.door import Door
from yinliu.language import Text
from yinliu.reasons import reason

Row = dict[str, Any]
_PROGRAM = "yinliu"
"""Who notes what a comment says."""
_QUOTED = 60
"""So much of a comment is quoted."""


@dataclass(frozen=True)
class Story:
    """What a person wrote and what was done; ``gone``: who asked when not to contact them (None: nobody).

    ``wished``: their topics, cities and intents, where no community took them.
    """

    comments: list[Row]
    ticket: Row | None
    events: list[Row]
    gone: Row | None
    wished: Mapping[str, Sequence[str]] | None

    @classmethod
    def of(cls, work: UnitOfWork, found: Row, history: Row, *, at: datetime | None) -> Story:
        """The story of a listed lead; ``at``: as it was before a moment."""
        person = found["person_id"]
        accounts = work.persons.accounts([person]).get(person, [])
        gone = [one for one in accounts if one["suppressed_at"] and (at is None or one["suppressed_at"] < at)]
        first = min(gone, key=lambda one: one["suppressed_at"], default={"suppressed_at": found["suppressed_at"]})
        unmatched = found["route_note"] and at is None
        had: dict[str, Any] = {**work.routing.interests([person])[person]} if unmatched else {}
        return cls(
            in_order(history["comments"]),
            found["ticket"],
            history["events"],
            first if found["suppressed_at"] else None,
            {kind: sorted(names) for kind, names in had.items()} if unmatched else None,
        )

    def tell_gone(self, door: Door) -> None:
        """Say since when the person is left alone, and who or which comment said so."""
        if self.gone is not None:
            since, why = door.when(self.gone["suppressed_at"]), self._why()
            by = Text(f"，{why.zh}", f", {why.en}") if why.zh else why
            door.say(Text(f"已退订，不再联系：自 {since}{by.zh}", f"opted out, never contacted: since {since}{by.en}"))

    def _why(self) -> Text:
        actor, reason = (self.gone or {}).get("suppressed_by"), (self.gone or {}).get("suppressed_why")
        said = (self.gone or {}).get("suppressed_for")
        asked = [one for one in self.comments if one["id"] == said] or [
            one for one in self.comments if any(_asks_out(tag) for tag in one["tags"])
        ]
        if actor and actor != _PROGRAM:
            because = (f"（{reason}）", f" ({reason})") if reason else ("", "")
            return Text(f"由{actor}登记{because[0]}", f"noted by {actor}{because[1]}")
        if asked:
            said = mask_text(asked[0]["text"])[:_QUOTED]
            return Text(f"TA 留言说“{said}”", f'they wrote "{said}"')
        return Text("", "")

    def tell(self, door: Door) -> None:
        """Say what the person wrote, and what was done."""
        for comment in self.comments:
            _tell_comment(door, comment)
        _tell_ticket(door, self)


def in_order(comments: Iterable[Row]) -> list[Row]:
    """Comments in order of time; those without one come last."""
    last = datetime.max.replace(tzinfo=UTC)
    return sorted(comments, key=lambda one: (one["published_at"] or last, one["id"]))


def _asks_out(tag: Row) -> bool:
    return (tag["kind"], tag["label"]) == ("guard", "opt_out")


def _tell_comment(door: Door, comment: Row) -> None:
    text = comment["text"]
    door.say(f"{door.when(comment['published_at'])}  [{comment['source']}] 《{comment['post'] or '—'}》")
    door.say(f"  “{mask_text(text)}”")
    for tag in comment["tags"]:
        spans = [
            f"“{mask_text(text[e['start'] : e['end']])}”{_rule(e['rule'])} {e['weight']:+g}" for e in tag["evidence"]
        ]
        because = f"  ← {'、'.join(spans)}" if spans else ""
        door.say(f"    {_found(tag, door.app.workspace.titles)} = {tag['weight']:g}{because}")
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


def _tell_ticket(door: Door, story: Story) -> None:
    known, ticket = door.app.workspace.titles, story.ticket
    if ticket is None:
        door.say(_without_ticket(story, known))
        return
    why = "、".join(str(reason(code, known)) for code in ticket["reasons"])
    door.say(f"→ {ticket['title']}（{wording.state(ticket['state'])}，{ticket['operator'] or '—'}）：{why}")
    for event in story.events:
        because = _because(event, story.gone, known)
        moved = f"{wording.state(event['after'])}  " if event["before"] != event["after"] else ""
        door.say(f"    {door.when(event['happened_at'])}  {moved}{event['actor']}  {because}")


def _because(event: Row, gone: Row | None, known: titles.Titles) -> Text:
    """Why something happened; of an opt-out also what the operator wrote."""
    told, wrote = reason(event["reason"], known), (gone or {}).get("suppressed_why")
    if event["reason"] == "opt_out" and wrote:
        return Text(f"{told.zh}（{wrote}）", f"{told.en} ({wrote})")
    return told


def _without_ticket(story: Story, known: titles.Titles) -> Text:
    if story.gone is not None:
        return Text("→ 没有工单：已退订的人不再分配", "-> no ticket: who opted out is not routed")
    if story.wished is None:
        return Text("尚未分配（未达标，或还没运行 yinliu route）", "not routed (does not qualify, or not yet)")
    kinds = (("topic", "topic"), ("city", "place"), ("intent", "intent"))
    had = [_had(kind, story.wished[key], known) for kind, key in kinds]
    return Text(
        f"→ 没有社群接收 TA（{'；'.join(one.zh for one in had)}）。请在 communities.yaml 里加一个接收他们的社群，"
        "或一个不限话题、城市和意图的社群，再运行 yinliu route。",
        f"-> no community takes them ({'; '.join(one.en for one in had)}). Add one for them to communities.yaml, or one"
        " without topics, cities and intents; then `yinliu route`.",
    )


def _had(kind: str, names: Sequence[str], known: titles.Titles) -> Text:
    """The topics, cities or intents that somebody talks about, under one word."""
    word = {"topic": ("话题", "topics"), "city": ("城市", "cities"), "intent": ("意图", "intents")}[kind]
    zh = "、".join(known.get(f"{kind}:{name}", wording.signal(name).zh if kind == "intent" else name) for name in names)
    return Text(f"{word[0]} {zh or '无'}", f"{word[1]} {', '.join(names) or 'none'}")
