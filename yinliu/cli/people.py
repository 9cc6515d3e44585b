"""The commands about people: leads, posts, the queue; and tagging a text from standard input."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from yinliu import wording
from yinliu.cli.door import Door
from yinliu.errors import Misconfigured
from yinliu.language import Text

Row = dict[str, Any]


def people(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("leads")(leads)
    app.command("posts")(posts)
    app.command("tag-text")(tag_text)
    queue = typer.Typer(no_args_is_help=True, help="社群引导队列 / the onboarding queue")
    queue.command("list")(queue_list)
    queue.command("move")(queue_move)
    app.add_typer(queue, name="queue")


def leads(
    context: typer.Context,
    explain: Annotated[int | None, typer.Option(help="说明某条线索的来龙去脉 / why this lead")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="包括未达标的 / also those that do not qualify")] = False,
    reveal: Annotated[bool, typer.Option(help="显示完整联系方式 / show contacts in full")] = False,
) -> None:
    """线索列表，或一条线索的完整解释。 / Leads, or one explained."""
    door: Door = context.obj
    if explain is not None:
        _explain(door, explain)
        return
    with door.app.begin() as work:
        rows = work.leads.listing(qualified=not everybody)
    shown = [_lead(door, row, reveal=reveal) for row in rows]
    door.give_lines(shown)
    door.table(
        Text(f"线索 {len(shown)} 条", f"{len(shown)} leads"),
        (
            Text("编号", "id"), Text("等级", "grade"), Text("评分", "score"), Text("昵称", "name"), Text("联系方式", "contacts"),
            Text("来自文章", "post"), Text("社群", "community"), Text("状态", "state"),
        ),
        [
            (
                row["id"], row["grade"], row["score"], row["name"], " ".join(c["value"] for c in row["contacts"]), row["post"],
                row["community"], wording.state(row["state"]) if row["state"] else "",
            )
            for row in shown
        ],
    )  # fmt: skip


def _lead(door: Door, row: Row, *, reveal: bool) -> Row:
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
    return {
        **{name: row[name] for name in names},
        "contacts": contacts,
        "community": ticket.get("community"),
        "operator": ticket.get("operator"),
        "state": ticket.get("state"),
    }


def _explain(door: Door, lead: int) -> None:
    with door.app.begin() as work:
        found = work.leads.listing(qualified=False, ids=[lead])
        if not found:
            text = Text(f"没有编号为 {lead} 的线索。yinliu leads 列出全部编号。", f"there is no lead {lead}; `yinliu leads` lists them.")
            raise Misconfigured(text, code="no_lead")
        history = work.leads.history(found[0]["person_id"])
    row = _lead(door, found[0], reveal=False)
    door.give({**row, "route_note": found[0]["route_note"], "ticket": found[0]["ticket"], **history})
    _tell(door, row, found[0], history)


def _tell(door: Door, row: Row, full: Row, history: Row) -> None:
    door.say(
        Text(
            f"线索 {row['id']}  {row['name'] or '（无昵称）'}  {row['grade']} 级  {row['score']} 分  {'合格' if row['qualified'] else '未达标'}",
            f"lead {row['id']}  {row['name'] or '-'}  grade {row['grade']}  {row['score']} points",
        )
    )
    door.say(Text(f"因为文章：{row['post'] or '（未知）'}  {row['post_url'] or ''}", f"because of: {row['post']} {row['post_url'] or ''}"))
    for account in history["accounts"]:
        door.say(f"  {account['source']}  {account['name'] or ''}  {_how(account['how'])}（{account['confidence']:.0%}）")
    _tell_score(door, row)
    for comment in history["comments"]:
        _tell_comment(door, comment)
    _tell_ticket(door, full, history["events"])


def _how(how: str) -> Text:
    return {"contact": Text("按留下的联系方式认出", "known by a contact they left")}.get(how, Text("账号", "account"))


def _tell_score(door: Door, row: Row) -> None:
    door.say(Text("评分明细：", "score:"))
    for part in row["breakdown"]:
        times = f" × {part['counted']}" if part["counted"] > 1 else ""
        seen = f"（{part['seen']} 次，计 {part['counted']} 次）" if part["seen"] != part["counted"] else ""
        named = f"：{'、'.join(e.partition(':')[2] for e in part['evidence'])}" if part["kind"] == "topic_fit" else ""
        door.say(f"  {part['points']:+4d}  {wording.signal(part['kind'])}{times}{seen}{named}")
    door.say(f"  {sum(part['points'] for part in row['breakdown']):+4d}  {Text('合计', 'total')}")


def _tell_comment(door: Door, comment: Row) -> None:
    from nlp.contacts import mask_text

    door.say(f"{door.when(comment['published_at'])}  [{comment['source']}] 《{comment['post'] or '?'}》")
    door.say(f"  “{mask_text(comment['text'])}”")
    for tag in comment["tags"]:
        spans = "、".join(f"“{mask_text(comment['text'][e['start'] : e['end']])}” {e['rule']} {e['weight']:+g}" for e in tag["evidence"])
        door.say(f"    {tag['kind']}:{tag['label']} = {tag['weight']:g}  ← {spans}")
    for contact in comment["contacts"]:
        door.say(f"    contact:{contact['kind']} {contact['masked']}  ← {contact['rule']} [{contact['start']}:{contact['end']}]")


def _tell_ticket(door: Door, full: Row, events: list[Row]) -> None:
    ticket = full["ticket"]
    if ticket is None:
        note = Text("没有社群接收这些话题和城市", "no community takes these topics and cities")
        waiting = Text("尚未分配（未达标，或还没运行 yinliu route）", "not routed (yet)")
        door.say(note if full["route_note"] else waiting)
        return
    why = "、".join(str(wording.reason(code)) for code in ticket["reasons"])
    door.say(f"→ {ticket['title']}（{wording.state(ticket['state'])}，{ticket['operator'] or '—'}）：{why}")
    for event in events:
        door.say(f"    {door.when(event['happened_at'])}  {wording.state(event['after'])}  {event['actor']}  {wording.reason(event['reason'])}")


def posts(context: typer.Context) -> None:
    """已收集的文章。 / Posts gathered."""
    door: Door = context.obj
    with door.app.begin() as work:
        rows = work.content.posts()
    door.give_lines(rows)
    door.table(
        Text(f"文章 {len(rows)} 篇", f"{len(rows)} posts"),
        (Text("编号", "id"), Text("来源", "source"), Text("发布时间", "published"), Text("标题", "title"), Text("评论", "comments")),
        [(r["id"], r["source"], door.when(r["published_at"]), r["title"], r["comments"]) for r in rows],
    )


def queue_list(
    context: typer.Context,
    community: Annotated[str | None, typer.Option(help="只看某个社群 / one community")] = None,
    everything: Annotated[bool, typer.Option("--all", help="包括已结束的 / also ended ones")] = False,
    out: Annotated[Path | None, typer.Option(help="另存为 CSV（联系方式打码）/ write a CSV, contacts masked")] = None,
) -> None:
    """列出工单。 / List tickets."""
    door: Door = context.obj
    with door.app.begin() as work:
        rows = work.tickets.queue(community=community, everything=everything)
    if out:
        from yinliu.crm.queue_file import write_queue

        write_queue(out, rows, when=door.when)
        door.say(Text(f"已写入 {out}", f"wrote {out}"))
    door.give_lines([{**row, "title": row["title"], "reasons": list(row["reasons"])} for row in rows])
    door.table(
        Text(f"队列 {len(rows)} 张工单", f"{len(rows)} tickets"),
        (
            Text("工单", "ticket"), Text("状态", "state"), Text("社群", "community"), Text("运营", "operator"), Text("昵称", "name"),
            Text("联系方式", "contacts"), Text("评分", "score"), Text("来自文章", "post"), Text("应处理于", "due"),
        ),
        [
            (
                r["id"], wording.state(r["state"]), r["title"], r["operator"], r["name"], " ".join(r["contacts"]),
                f"{r['grade']} {r['score']}", r["post"], door.when(r["due_at"]) + ("（超时）" if r["late_at"] else ""),
            )
            for r in rows
        ],
    )  # fmt: skip


def queue_move(
    context: typer.Context,
    ticket: Annotated[int, typer.Argument(help="工单编号 / the ticket")],
    state: Annotated[str, typer.Argument(help="新状态，如 invited / the new state")],
    actor: Annotated[str, typer.Option(help="谁操作 / who")],
    reason: Annotated[str, typer.Option(help="原因 / why")] = "",
) -> None:
    """推进一张工单的状态。 / Move a ticket to its next state."""
    from yinliu.stages.move import move_ticket

    door: Door = context.obj
    before = move_ticket(door.app.begin, ticket=ticket, state=state, actor=actor, reason=reason)
    door.say(Text(f"工单 {ticket}：{wording.state(before).zh} → {wording.state(state).zh}", f"ticket {ticket}: {before} -> {state}"))
    door.give({"ticket": ticket, "before": before, "state": state})


def tag_text(context: typer.Context) -> None:
    """从标准输入读 JSON 行 {"id","text"}，输出标签与证据。 / JSON lines in, tags with evidence out."""
    door: Door = context.obj
    for number, line in enumerate(sys.stdin, start=1):
        if line.strip():
            print(json.dumps(_tagged(door, line, number), ensure_ascii=False))


def _tagged(door: Door, line: str, number: int) -> Row:
    try:
        row = json.loads(line)
        text = row["text"]
        if not isinstance(text, str):
            raise TypeError(f"text is {type(text).__name__}")
    except (ValueError, KeyError, TypeError) as error:
        return {"line": number, "error": "bad_record", "message": str(error)[:200]}
    (found,) = door.app.tagger.tag([text])
    return {
        "id": row.get("id"),
        "version": door.app.tagger.version,
        "tags": [asdict(tag) for tag in found.tags],
        "contacts": [asdict(contact) for contact in found.contacts],
    }
