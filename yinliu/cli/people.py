"""``yinliu people``: who is who; persons are merged, taken apart again, and left alone where they ask for it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from nlp.contacts import mask_text
from yinliu import wording
from yinliu.cli.door import LARGEST, Door
from yinliu.cli.names import actor_named, all_masked
from yinliu.cli.opting import Actor, Reason, as_rows, opt_out, tell_withdrawals
from yinliu.language import Text
from yinliu.leads.names import Suggestion
from yinliu.stages import persons
from yinliu.stages.alike import suggest as suggestions

people = typer.Typer(no_args_is_help=True, help="人：识别、合并与退订 / persons: who is who, merged, left alone")

Row = dict[str, Any]
Person = Annotated[int, typer.Argument(max=LARGEST, help="人的编号（yinliu people list）/ the person's number")]
Limit = Annotated[int, typer.Option(help="最多列出几行 / at most so many", min=1, max=100_000)]
_COLUMNS = (
    ("编号", "id"),
    ("昵称", "name"),
    ("账号", "accounts"),
    ("等级", "grade"),
    ("评分", "score"),
    ("首次出现", "first seen"),
    ("退订", "opted out"),
)
_MERGES = (
    ("合并", "merge"),
    ("保留", "kept"),
    ("并入", "dropped"),
    ("依据", "how"),
    ("操作人", "who"),
    ("时间", "when"),
    ("撤销", "undone"),
)


@people.command("list")
def list_people(
    context: typer.Context,
    name: Annotated[str | None, typer.Option(help="昵称里含有 / part of a name")] = None,
    opted_out: Annotated[bool, typer.Option("--opted-out", help="只看已退订的 / only who opted out")] = False,
    limit: Limit = 50,
) -> None:
    """列出人，新的在前。 / List persons, the newest first."""
    door: Door = context.obj
    with door.app.reading() as work:
        rows = all_masked(work.persons.listing(name=name, suppressed=opted_out, limit=limit))
        total = work.persons.count(name=name, suppressed=opted_out)
    door.give_lines(rows)
    which = Text("已退订", " who opted out") if opted_out else Text("", "")
    title = Text(f"列出 {len(rows)} 人，共 {total} 人{which.zh}", f"{len(rows)} of {total} persons{which.en}")
    door.table(title, _COLUMNS, [_cells(door, row) for row in rows])


def _cells(door: Door, row: Row) -> tuple[Any, ...]:
    accounts = "、".join(f"{one['source']}:{one['name'] or '—'}" for one in row["accounts"])
    gone = door.when(row["suppressed_at"]) if row["suppressed_at"] else ""
    return row["id"], row["name"], accounts, row["grade"], row["score"], door.when(row["first_seen_at"]), gone


@people.command("show")
def show(context: typer.Context, person: Person) -> None:
    """一个人的账号、合并记录和退订状态。 / One person: accounts, merges, whether they opted out."""
    door: Door = context.obj
    with door.app.reading() as work:
        accounts = all_masked(work.persons.accounts([persons.known(work, person)]).get(person, []))
        merges = work.persons.merges(person=person, limit=100)
        suppressed = bool(work.identities.suppressed([person]))
        withdrawn = work.persons.withdrawals(person)
    given = {"person": person, "suppressed": suppressed, "accounts": accounts, "merges": merges}
    door.give({**given, "withdrawals": as_rows(withdrawn)})
    state = Text("，已退订，不再联系", ", opted out: never contacted again") if suppressed else Text("", "")
    door.say(
        Text(f"编号 {person}：{len(accounts)} 个账号{state.zh}", f"person {person}: {len(accounts)} accounts{state.en}")
    )
    for one in accounts:
        _tell_account(door, one)
    tell_withdrawals(door, withdrawn)
    if merges:
        _merge_table(door, merges)


def _tell_account(door: Door, one: Row) -> None:
    gone = ""
    if one["suppressed_at"]:
        why = f"（{one['suppressed_why']}）" if one["suppressed_why"] else ""
        gone = f"  {wording.guard('opt_out')} {door.when(one['suppressed_at'])} {one['suppressed_by']}{why}"
    door.say(f"  {one['source']}  {one['name'] or '—'}  {wording.known_by(one['how'])} {one['confidence']:.0%}{gone}")


@people.command("suggest")
def suggest(context: typer.Context, limit: Limit = 50) -> None:
    """联系方式或昵称相同、可能是同一个人的；只提示，不合并。 / Who may be one; nothing is merged."""
    door: Door = context.obj
    with door.app.reading() as work:
        found = suggestions(work)
    shown = found[:limit]
    door.give_lines([_suggested(one) for one in shown])
    more = (
        Text(f"（列出前 {limit} 对，--limit 可调）", f" (the first {limit}, see --limit)")
        if len(found) > limit
        else Text("", "")
    )
    door.say(
        Text(f"可能是同一个人的 {len(found)} 对{more.zh}：", f"{len(found)} pairs that may be one person{more.en}:")
    )
    for one in shown:
        door.say(f"  {one.first} + {one.second}  {mask_text(str(one.reason))}")
    _tell_what_to_do(door, shown)


def _suggested(one: Suggestion) -> Row:
    reason = mask_text(str(one.reason))
    return {"first": one.first, "second": one.second, "reason": reason, "barred": one.barred}


def _tell_what_to_do(door: Door, shown: list[Suggestion]) -> None:
    free = next((one for one in shown if not one.barred), None)
    if free is not None:
        told = f"yinliu people merge {free.first} {free.second} --actor … --reason …"
        door.say(Text(f"确认后合并：{told}；不是则 people not-same。", f"to merge: {told}; if not, people not-same."))
    if any(one.barred for one in shown):
        door.say(
            Text(
                "同一平台的两个账号不能合并：可能是同一个人的大小号，或家人、店铺共用的联系方式。邀约前请核实，以免重复邀。"
                "确认是两个人：people not-same。",
                "Two accounts of one platform cannot be merged: one person with two, or a contact that a family or a"
                " shop shares. Make sure before you invite both; if they are two: people not-same.",
            )
        )


@people.command("merge")
def merge(context: typer.Context, one: Person, other: Person, actor: Actor, reason: Reason) -> None:
    """把两个人合并为一个，可随时撤销。 / Make two persons one; it can be undone."""
    door: Door = context.obj
    event, keep = persons.merge(door.app.begin, one, other, actor=actor_named(actor), reason=mask_text(reason))
    door.say(
        Text(
            f"已合并为 {keep}（合并编号 {event}）。撤销：yinliu people unmerge {event} --actor …",
            f"merged into {keep} (merge {event}). To undo: yinliu people unmerge {event} --actor …",
        )
    )
    with door.app.reading() as work:
        suppressed = bool(work.identities.suppressed([keep]))
    if suppressed:
        door.say(
            Text(
                f"注意：其中有人已退订，合并后的 {keep} 不再联系：不分配、不导出、不邀请。",
                f"mind: one of them opted out, so {keep} is never routed, exported or contacted again.",
            )
        )
    door.give({"event": event, "kept": keep})


@people.command("unmerge")
def unmerge(
    context: typer.Context,
    event: Annotated[int, typer.Argument(max=LARGEST, help="合并编号（yinliu people merges）/ the merge")],
    actor: Actor,
) -> None:
    """撤销一次合并，并标记他们不是同一个人。 / Undo a merge; they are noted as not the same."""
    door: Door = context.obj
    kept, back = persons.unmerge(door.app.begin, event, actor=actor_named(actor))
    again = f"yinliu people not-same {kept} {back} --undo --actor …"
    door.say(
        Text(
            f"已撤销合并 {event}：{kept} 与 {back} 恢复为两个人，今后不再自动合并。再改主意：{again}",
            f"merge {event} is undone: {kept} and {back} are two, and not merged by themselves. To withdraw: {again}",
        )
    )
    door.give({"event": event, "kept": kept, "back": back})


@people.command("not-same")
def not_same(
    context: typer.Context,
    one: Person,
    other: Person,
    actor: Actor,
    undo: Annotated[bool, typer.Option("--undo", help="撤回标记，可以再合并 / withdraw the note")] = False,
) -> None:
    """标记两个人不是同一个人，不再合并；--undo 撤回。 / Note that two persons are not one; --undo withdraws it."""
    door: Door = context.obj
    if undo:
        _maybe_same(door, one, other, actor=actor_named(actor))
        return
    pairs = persons.not_same(door.app.begin, one, other, actor=actor_named(actor))
    back = f"yinliu people not-same {one} {other} --undo --actor …"
    zh, en = f"已标记：{one} 与 {other} 不是同一个人。", f"noted: {one} and {other} are not the same."
    door.say(Text(f"{zh}撤回：{back}", f"{en} To withdraw: {back}"))
    door.give({"one": one, "other": other, "pairs": pairs})


def _maybe_same(door: Door, one: int, other: int, *, actor: str) -> None:
    found = persons.maybe_same(door.app.begin, one, other)
    by = "；".join(f"{who} {door.when(at)}" for who, at in found.noted)
    zh = f"{actor} 已撤回：{one} 与 {other} 不再标记为不是同一个人。原标记：{by}。"
    door.say(Text(zh, f"withdrawn by {actor}: {one} and {other} may be one person. It was noted by {by}."))
    door.say(_what_next(one, other, found.barred))
    noted = [{"actor": who, "happened_at": at} for who, at in found.noted]
    barred = None if found.barred is None else str(found.barred)
    door.give({"one": one, "other": other, "withdrawn": found.pairs, "noted": noted, "barred": barred})


def _what_next(one: int, other: int, barred: Text | None) -> Text:
    if barred is not None:
        return Text(f"但仍不会合并：{barred.zh}。", f"They are not merged all the same: {barred.en}.")
    merge = f"yinliu people merge {one} {other} --actor … --reason …"
    return Text(
        f"下次 yinliu qualify 会重新核对他们的联系方式和账号；现在就合并：{merge}",
        f"The next `yinliu qualify` looks again at their contacts and ids; to merge them now: {merge}",
    )


people.command("opt-out")(opt_out)


@people.command("merges")
def merges(context: typer.Context, limit: Limit = 50) -> None:
    """列出合并记录，新的在前。 / List merges, the newest first."""
    door: Door = context.obj
    with door.app.reading() as work:
        rows = work.persons.merges(limit=limit)
    door.give_lines(rows)
    _merge_table(door, rows)


def _merge_table(door: Door, rows: list[Row]) -> None:
    def cells(row: Row) -> tuple[Any, ...]:
        why = f"{wording.known_by(row['how'])} {row['reason'] or ''}".strip()
        undone = door.when(row["undone_at"]) if row["undone_at"] else ""
        return row["id"], row["kept"], row["dropped"], why, row["actor"], door.when(row["happened_at"]), undone

    door.table(Text(f"合并 {len(rows)} 次", f"{len(rows)} merges"), _MERGES, [cells(row) for row in rows])
