"""``yinliu leads``: who is interested, and for one of them the whole story."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from nlp.contacts import mask_text
from yinliu import wording
from yinliu.cli.door import Door
from yinliu.errors import Misconfigured
from yinliu.language import Text

Row = dict[str, Any]
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


def leads(
    context: typer.Context,
    explain: Annotated[int | None, typer.Option(help="说明某条线索的来龙去脉 / why this lead")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="包括未达标的 / also those that do not qualify")] = False,
    reveal: Annotated[bool, typer.Option(help="显示完整联系方式 / show contacts in full")] = False,
) -> None:
    """线索列表，或一条线索的完整解释。 / Leads, or one explained."""
    door: Door = context.obj
    if explain is not None:
        _explain(door, explain, reveal=reveal)
        return
    with door.app.begin() as work:
        rows = work.leads.listing(qualified=not everybody)
    shown = [_shown(door, row, reveal=reveal) for row in rows]
    door.give_lines(shown)
    door.table(Text(f"线索 {len(shown)} 条", f"{len(shown)} leads"), _COLUMNS, [_cells(row) for row in shown])


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
    names = ("id", "grade", "score", "qualified", "name", "source", "post", "post_url", "breakdown", "qualified_at")
    where = {name: ticket.get(name) for name in ("community", "operator", "state")}
    return {**{name: row[name] for name in names}, "contacts": contacts, **where}


def _cells(row: Row) -> tuple[Any, ...]:
    contacts = " ".join(dict.fromkeys(contact["value"] for contact in row["contacts"]))
    state = wording.state(row["state"]) if row["state"] else ""
    return (row["id"], row["grade"], row["score"], row["name"], contacts, row["post"], row["community"], state)


def _explain(door: Door, lead: int, *, reveal: bool) -> None:
    with door.app.begin() as work:
        found = work.leads.listing(qualified=False, ids=[lead])
        if not found:
            raise _unknown(lead)
        history = work.leads.history(found[0]["person_id"])
    row = _shown(door, found[0], reveal=reveal)
    ticket, note = found[0]["ticket"], found[0]["route_note"]
    masked = [{**comment, "text": mask_text(comment["text"])} for comment in history["comments"]]
    door.give({**row, "route_note": note, "ticket": ticket, **history, "comments": masked})
    _tell_origin(door, row, history["accounts"])
    contacts = "  ".join(dict.fromkeys(f"{contact['kind']} {contact['value']}" for contact in row["contacts"]))
    door.say(Text(f"联系方式：{contacts or '—'}", f"contacts: {contacts or '—'}"))
    _tell_score(door, row["breakdown"])
    for comment in history["comments"]:
        _tell_comment(door, comment)
    _tell_ticket(door, ticket, note, history["events"])


def _unknown(lead: int) -> Misconfigured:
    text = Text(
        f"没有编号为 {lead} 的线索。yinliu leads --all 列出全部编号。",
        f"there is no lead {lead}; `yinliu leads --all` lists them.",
    )
    return Misconfigured(text, code="no_lead")


def _tell_origin(door: Door, row: Row, accounts: list[Row]) -> None:
    verdict = Text("合格", "qualified") if row["qualified"] else Text("未达标", "not qualified")
    name, post, url = row["name"] or "—", row["post"] or "—", row["post_url"] or ""
    door.say(
        Text(
            f"线索 {row['id']}  {name}  {row['grade']} 级  {row['score']} 分  {verdict.zh}",
            f"lead {row['id']}  {name}  grade {row['grade']}  {row['score']} points  {verdict.en}",
        )
    )
    door.say(Text(f"因为文章：{post}  {url}", f"because of: {post}  {url}"))
    for account in accounts:
        door.say(f"  {account['source']}  {account['name'] or '—'}  {_how(account['how'])} {account['confidence']:.0%}")


def _how(how: str) -> Text:
    return Text("按联系方式认出", "known by a contact they left") if how == "contact" else Text("账号", "account")


def _tell_score(door: Door, breakdown: list[Row]) -> None:
    door.say(Text("评分明细：", "score:"))
    for part in breakdown:
        seen, counted = part["seen"], part["counted"]
        note = Text(f"（{seen} 次，计 {counted} 次）", f" ({seen} seen, {counted} count)") if seen != 1 else ""
        names = "、".join(one.partition(":")[2] for one in part["evidence"]) if part["kind"] == "topic_fit" else ""
        door.say(f"  {part['points']:+4d}  {wording.signal(part['kind'])}{note} {names}")
    door.say(f"  {sum(part['points'] for part in breakdown):+4d}  {Text('合计', 'total')}")


def _tell_comment(door: Door, comment: Row) -> None:
    text = comment["text"]
    door.say(f"{door.when(comment['published_at'])}  [{comment['source']}] 《{comment['post'] or '—'}》")
    door.say(f"  “{mask_text(text)}”")
    for tag in comment["tags"]:
        spans = (f"“{mask_text(text[e['start'] : e['end']])}” {e['rule']} {e['weight']:+g}" for e in tag["evidence"])
        door.say(f"    {tag['kind']}:{tag['label']} = {tag['weight']:g}  ← {'、'.join(spans)}")
    for contact in comment["contacts"]:
        place = f"{contact['start']}–{contact['end']}"
        door.say(f"    contact:{contact['kind']} {contact['masked']}  ← {contact['rule']} @{place}")


def _tell_ticket(door: Door, ticket: Row | None, note: str | None, events: list[Row]) -> None:
    if ticket is None:
        unmatched = Text("没有社群接收这些话题和城市", "no community takes these topics and cities")
        waiting = Text("尚未分配（未达标，或还没运行 yinliu route）", "not routed (does not qualify, or not yet)")
        door.say(unmatched if note else waiting)
        return
    why = "、".join(str(wording.reason(code)) for code in ticket["reasons"])
    door.say(f"→ {ticket['title']}（{wording.state(ticket['state'])}，{ticket['operator'] or '—'}）：{why}")
    for event in events:
        state, reason = wording.state(event["after"]), wording.reason(event["reason"])
        door.say(f"    {door.when(event['happened_at'])}  {state}  {event['actor']}  {reason}")
