"""``yinliu people opt-out``: somebody is left alone from now on; or that is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer

from models.repositories.withdrawing import Undone
from nlp.contacts import mask_text
from yinliu.cli.door import LARGEST, Door
from yinliu.cli.names import actor_named
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.stages import persons
from yinliu.stages.withdrawing import how_to_undo, withdraw

Row = dict[str, Any]
Actor = Annotated[str, typer.Option(help="谁操作 / who decides")]
Reason = Annotated[str, typer.Option(help="原因 / why")]
_WITHDRAWN = ("source", "comment_id", "said_by", "said_why", "said_at", "actor", "reason", "happened_at")
_PROGRAM = "yinliu"
"""Who notes what a comment says."""
_QUOTED = 60
"""So much of a comment is quoted."""


def opt_out(
    context: typer.Context,
    person: Annotated[int | None, typer.Argument(max=LARGEST, help="人的编号（people list）/ the person")] = None,
    *,
    actor: Actor,
    reason: Reason,
    ticket: Annotated[int | None, typer.Option(max=LARGEST, help="或工单编号 / or by their ticket")] = None,
    lead: Annotated[int | None, typer.Option(max=LARGEST, help="或线索编号 / or by their lead")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="撤回退订（误判或登记错了）/ take it back")] = False,
) -> None:
    """不再联系某人：不分配、不导出、不邀请；--undo 撤回。 / Leave a person alone for good; --undo takes it back."""
    door: Door = context.obj
    if [person, ticket, lead].count(None) != 2:  # noqa: PLR2004 - one of three
        text = Text(
            "请只写一个编号：人的编号，或 --ticket 工单编号，或 --lead 线索编号。",
            "name one: a person, --ticket or --lead.",
        )
        raise Misconfigured(text, code="no_person")
    whom = persons.whose(door.app.begin, person=person, ticket=ticket, lead=lead)
    who, why = actor_named(actor), mask_text(reason)
    (_take_back if undo else _leave_alone)(door, whom, actor=who, reason=why)


def _leave_alone(door: Door, whom: persons.Whom, *, actor: str, reason: str) -> None:
    new = persons.opt_out(door.app.begin, whom.person, actor=actor, reason=reason)
    names, back = _names(whom), how_to_undo(whom.person)
    done = Text(
        f"{names}（人 {whom.person}）已退订，今后不再联系。登记错了：{back}",
        f"{names} (person {whom.person}) opted out for good. To take it back: {back}",
    )
    before = Text(f"{names}（人 {whom.person}）早已退订。", f"{names} (person {whom.person}) had opted out before.")
    door.say(done if new else before)
    door.give({"person": whom.person, "names": names, "new": new})


def _take_back(door: Door, whom: persons.Whom, *, actor: str, reason: str) -> None:
    done = withdraw(door.app.begin, whom.person, actor=actor, reason=reason)
    names, person = _names(whom), whom.person
    zh = f"{names}（人 {person}）的退订已由 {actor} 撤回，原因：{reason}。原来的退订："
    door.say(Text(zh, f"{actor} took back that {names} (person {person}) opted out: {reason}. What had been said:"))
    for row in done.said:
        door.say(f"  {row['source']}  {mask_text(row['name'] or '') or '—'}  {_said(door, row)}")
    for told in _consequences(done, person):
        door.say(told)
    rows = [_given(row) for row in done.said]
    comments = [{"comment": comment, "text": mask_text(text)} for comment, text in done.comments]
    rest = {"others": done.others, "causes": done.causes, "leads": done.leads, "tickets": done.tickets}
    door.give({"person": person, "names": names, "withdrawn": rows, "misheard": comments, **rest})


def _given(row: Row) -> Row:
    names = ("source", "comment_id", "said", "actor", "reason", "happened_at")
    return {**{name: row[name] for name in names}, "name": mask_text(row["name"] or "") or None}


def _said(door: Door, row: Row) -> Text:
    """Who had said it when, and why."""
    when, why = door.when(row["happened_at"]), row["reason"]
    text = mask_text(row["text"] or "")[:_QUOTED]
    if not row["said"]:
        return Text(f"{when} 与退订的人留了同一个联系方式", f"{when} left the contact of somebody who opted out")
    if row["comment_id"] is not None and row["actor"] == _PROGRAM:
        return Text(f"{when} TA 留言说“{text}”", f'{when} they wrote "{text}"')
    zh, en = (f"（{why}）", f" ({why})") if why else ("", "")
    return Text(f"{when} 由 {row['actor']} 登记{zh}", f"{when} noted by {row['actor']}{en}")


def _consequences(done: Undone, person: int) -> Iterator[Text]:
    if done.comments:
        yield Text(
            f"{len(done.comments)} 条留言今后不再当作退订（改了内容的按新留言看）：",
            f"{len(done.comments)} comments are no opt-outs from now on (edited ones are read anew):",
        )
        for _, text in done.comments:
            yield Text(f"  “{mask_text(text)[:_QUOTED]}”", f'  "{mask_text(text)[:_QUOTED]}"')
    if done.others:
        zh, en = _listed(done.others)
        yield Text(
            f"同时恢复：人 {zh}（只因留了同一个联系方式而一并退订）。",
            f"Free again as well: person {en}, who had only left the same contact.",
        )
    if done.causes:
        zh, en = _listed(done.causes)
        yield Text(
            f"注意：仍不联系人 {person}，因为 TA 与人 {zh} 留了同一个联系方式，人 {zh} 也要求不再联系。"
            f"那也是误判的话：{how_to_undo(done.causes[0])}",
            f"Mind: person {person} is still left alone, for they left a contact of person {en}, who asked for it too."
            f" If that was a mistake as well: {how_to_undo(done.causes[0])}",
        )
    yield from _what_next(done)


def _what_next(done: Undone) -> Iterator[Text]:
    if done.leads:
        zh, en = _listed(done.leads)
        yield Text(
            f"线索 {zh} 下次 yinliu qualify、yinliu route 时重新评分和分配，CRM 导出也会重新带上。",
            f"The next `yinliu qualify` and `yinliu route` score and route lead {en} again; exports take it up again.",
        )
    if done.tickets:
        zh, en = _listed(done.tickets)
        yield Text(
            f"工单 {zh} 已按退订结束，不再恢复；重新分配时会开新工单，不算冷却期。",
            f"Ticket {en} had ended by it and stays so; routing opens a new one, without any cooling-off.",
        )


def as_rows(withdrawals: Iterable[Row]) -> list[Row]:
    """What was taken back, for a program."""
    return [{name: row[name] for name in _WITHDRAWN} for row in withdrawals]


def tell_withdrawals(door: Door, rows: Iterable[Row]) -> None:
    """Say what was taken back of a person's opt-outs: when, by whom, why; and who had said so."""
    told = dict.fromkeys(
        (row["happened_at"], row["actor"], row["reason"], row["said_at"], row["said_by"]) for row in rows
    )
    for at, actor, why, said_at, said_by in told:
        zh = f"退订已撤回：{door.when(at)} {actor}（{why}）；原退订 {door.when(said_at)} {said_by}"
        en = f"opt-out taken back: {door.when(at)} {actor} ({why}); it was noted {door.when(said_at)} by {said_by}"
        door.say(Text(zh, en))


def _listed(numbers: Iterable[int]) -> tuple[str, str]:
    each = [str(number) for number in numbers]
    return "、".join(each), ", ".join(each)


def _names(whom: persons.Whom) -> str:
    return mask_text("、".join(whom.names)) or "—"
