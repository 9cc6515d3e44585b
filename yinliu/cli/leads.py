"""``yinliu leads``: who is interested, now or on any day, and for one of them the whole story."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from models.unit_of_work import UnitOfWork
from nlp.contacts import mask_text
from yinliu import titles, wording
from yinliu.cli.changed import MOVED, changed_rows, tell_changed
from yinliu.cli.door import LARGEST, Door
from yinliu.cli.explained import Explained, scored, tell_score
from yinliu.cli.names import all_masked, masked
from yinliu.cli.opting import as_rows, tell_withdrawals
from yinliu.cli.story import Story, in_order
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.stages.replay import replay

Row = dict[str, Any]
_YEARS = range(1970, 9000)
"""Days that both databases and every zone know."""
_COLUMNS = (
    ("编号", "id"),
    ("等级", "grade"),
    ("评分", "score"),
    ("昵称", "name"),
    ("联系方式", "contacts"),
    ("来自文章", "post"),
    ("社群", "community"),
    ("状态", "state"),
)
_WIDE = 120
"""Terminals with fewer columns show no posts."""
_TITLE = 24
"""So much of a post's title stands in the table."""


def leads(
    context: typer.Context,
    *,
    explain: Annotated[int | None, typer.Option(max=LARGEST, help="说明某条线索的来龙去脉 / why this lead")] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="按这一天结束时的评分和状态 / scores and states at that day's end"),
    ] = None,
    everybody: Annotated[bool, typer.Option("--all", help="包括未达标的 / also those that do not qualify")] = False,
    changed: Annotated[
        bool, typer.Option("--changed", help="只列较上周有升降的，变化大的在前 / who rose or fell in a week")
    ] = False,
    reveal: Annotated[bool, typer.Option(help="显示完整联系方式 / show contacts in full")] = False,
) -> None:
    """线索列表，或一条线索的完整解释。 / Leads, or one explained."""
    door: Door = context.obj
    moment = _end_of(door, as_of) if as_of else None
    if explain is not None:
        _explain(door, explain, moment=moment, reveal=reveal)
        return
    with door.app.reading() as work:
        rows = (changed_rows if changed else _rows)(door, work, moment, everybody=everybody)
    more = MOVED if changed else ()
    shown = [_shown(door, row, reveal=reveal) | {name: row[name] for name in more} for row in rows]
    door.give_lines(shown)
    (tell_changed if changed else _table)(door, shown)


def _end_of(door: Door, day: datetime) -> datetime:
    """The end of a day in the team's zone."""
    if day.year not in _YEARS:
        first, last = _YEARS[0], _YEARS[-1]
        text = Text(
            f"--as-of {day:%Y-%m-%d} 超出范围：应在 {first} 年到 {last} 年之间。",
            f"--as-of {day:%Y-%m-%d} is out of range: a day of the years {first} to {last}.",
        )
        raise Misconfigured(text, code="bad_as_of")
    return (day + timedelta(days=1)).replace(tzinfo=door.app.workspace.zone)


def _rows(door: Door, work: UnitOfWork, moment: datetime | None, *, everybody: bool) -> list[Row]:
    """Leads as they stand, or as they and their tickets stood at a moment: who had shown nothing by then was none."""
    if moment is None:
        return work.leads.listing(qualified=not everybody)
    rows = work.leads.listing(qualified=False, at=moment)
    scores = replay(work, [row["person_id"] for row in rows], policy=door.app.workspace.scoring, at=moment)
    then = [row | scored(scores[row["person_id"]]) for row in rows if scores[row["person_id"]].parts]
    some = [row for row in then if everybody or (row["qualified"] and not row["suppressed_at"])]
    return sorted(some, key=lambda row: (-row["score"], row["id"]))


def _shown(door: Door, row: Row, *, reveal: bool) -> Row:
    ticket = row["ticket"] or {}
    contacts = [
        {
            "kind": contact["kind"],
            "value": door.app.vault.unlock(contact["value_cipher"]) if reveal else contact["masked"],
            "comment": f"{contact['source']}:{contact['external_id']}",
        }
        for contact in row["contacts"]
    ]
    names: tuple[str, ...] = (
        "id",
        "grade",
        "score",
        "qualified",
        "name",
        "source",
        "post",
        "post_url",
        "breakdown",
        "qualified_at",
    )
    where = {name: ticket.get(name) for name in ("community", "operator", "state")}
    return {
        **masked({name: row[name] for name in names}),
        "contacts": contacts,
        **where,
        "suppressed_at": row["suppressed_at"],
        "person": row["person_id"],
    }


def _table(door: Door, rows: list[Row]) -> None:
    """A row each: in a narrow terminal without the post, which would fold over several lines."""
    narrow = door.console.width < _WIDE
    columns = [column for column in _COLUMNS if not (narrow and column[1] == "post")]
    cells = [_cells(row, door.app.workspace.titles) for row in rows]
    hint = Text("（窗口窄，未列文章；--explain 可看）", " (narrow: without posts)") if narrow else Text("", "")
    title = Text(f"线索 {len(rows)} 条{hint.zh}", f"{len(rows)} leads{hint.en}")
    door.table(title, columns, [[one[column[1]] for column in columns] for one in cells])


def _cells(row: Row, known: titles.Titles) -> Row:
    state = wording.state(row["state"]) if row["state"] else "—"
    return {
        **{name: row[name] for name in ("id", "grade", "score", "name")},
        "contacts": " ".join(dict.fromkeys(contact["value"] for contact in row["contacts"])),
        "post": _short(row["post"] or ""),
        "community": titles.titled(known, "community", row["community"]) if row["community"] else None,
        "state": Text("已退订", "opted out") if row["suppressed_at"] else state,
    }


def _short(title: str) -> str:
    return title if len(title) <= _TITLE else title[: _TITLE - 1] + "…"


def _explain(door: Door, lead: int, *, moment: datetime | None, reveal: bool) -> None:
    with door.app.reading() as work:
        found = work.leads.listing(qualified=False, ids=[lead], at=moment)
        if not found:
            raise _unknown(lead)
        person = found[0]["person_id"]
        history = work.leads.history(person, at=moment)
        found = [_known_then(found[0], history, moment)] if moment else found
        explained = Explained.of(work, person, policy=door.app.workspace.scoring, at=moment)
        story = Story.of(work, found[0], history, at=moment)
        withdrawn = work.persons.withdrawals(person, at=moment)
    row = _shown(door, found[0] | scored(explained.score), reveal=reveal)
    ticket, note = found[0]["ticket"], found[0]["route_note"] if moment is None else None
    comments = [{**comment, "text": mask_text(comment["text"])} for comment in in_order(history["comments"])]
    told = {**history, "accounts": all_masked(history["accounts"]), "comments": comments}
    told["withdrawals"] = as_rows(withdrawn)
    door.give({**row, "route_note": note, "ticket": ticket, **told, **explained.as_row()})
    _tell_origin(door, row, ticket, told["accounts"])
    story.tell_gone(door)
    tell_withdrawals(door, withdrawn)
    contacts = "  ".join(dict.fromkeys(f"{titles.contact(one['kind'])} {one['value']}" for one in row["contacts"]))
    door.say(Text(f"联系方式：{contacts or '—'}", f"contacts: {contacts or '—'}"))
    if moment and not history["comments"]:
        door.say(Text("到这一天为止，TA 还没有留过言", "they had written nothing by that day"))
    tell_score(door, explained)
    story.tell(door)


def _known_then(row: Row, history: Row, moment: datetime) -> Row:
    """A lead without what was not known at a moment: where it began, before its person wrote anything."""
    began = {} if history["comments"] else {"post": None, "post_url": None, "source": None}
    qualified = row["qualified_at"] if row["qualified_at"] and row["qualified_at"] < moment else None
    return {**row, **began, "qualified_at": qualified}


def _unknown(lead: int) -> Misconfigured:
    text = Text(
        f"没有编号为 {lead} 的线索。yinliu leads --all 列出全部编号。",
        f"there is no lead {lead}; `yinliu leads --all` lists them.",
    )
    return Misconfigured(text, code="no_lead")


def _tell_origin(door: Door, row: Row, ticket: Row | None, accounts: list[Row]) -> None:
    verdict = Text("合格", "qualified") if row["qualified"] else Text("未达标", "not qualified")
    verdict = Text("已退订，不再联系", "opted out") if row["suppressed_at"] else verdict
    name, post, url = row["name"] or "—", row["post"] or "—", row["post_url"] or ""
    door.say(
        Text(
            f"线索 {row['id']}  {name}（人 {row['person']}）  {row['grade']} 级  {row['score']} 分  {verdict.zh}",
            f"lead {row['id']}  {name} (person {row['person']})  grade {row['grade']}, {row['score']}  {verdict.en}",
        )
    )
    if ticket is not None and ticket["post"] not in (None, row["post"]):
        door.say(Text(f"意向最强的留言在：{post}  {url}", f"wished most below: {post}  {url}"))
        post, url = ticket["post"], ticket["post_url"] or ""
    door.say(Text(f"因为文章：{post}  {url}", f"because of: {post}  {url}"))
    for account in accounts:
        how = f"{wording.known_by(account['how'])} {account['confidence']:.0%}"
        door.say(f"  {account['source']}  {account['name'] or '—'}  {how}")
