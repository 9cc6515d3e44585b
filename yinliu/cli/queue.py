"""``yinliu queue``: the onboarding queue, listed and claimed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from yinliu import wording
from yinliu.cli import crediting, steps, walkin
from yinliu.cli.claimed import nothing_to_claim, show, told
from yinliu.cli.door import Door
from yinliu.cli.links import warn_local
from yinliu.cli.names import all_masked, community_named
from yinliu.crm.queue_file import write_queue
from yinliu.errors import Misconfigured, NothingToDo
from yinliu.foreign import in_chinese
from yinliu.language import Text
from yinliu.leads.codes import ROUTE
from yinliu.leads.tickets import UNINVITED
from yinliu.reasons import reason
from yinliu.stages import queue as stage

queue = typer.Typer(no_args_is_help=True, help="社群引导队列 / the onboarding queue")
_COLUMNS = (
    ("工单", "ticket"),
    ("状态", "state"),
    ("社群", "community"),
    ("运营", "operator"),
    ("对方", "who"),
    ("评分", "score"),
    ("应处理于", "due"),
)
_PARKED = (*_COLUMNS[:3], ("昵称", "name"), ("原因", "why"), ("搁置时间", "since"))


@queue.command("list")
def list_tickets(
    context: typer.Context,
    community: Annotated[str | None, typer.Option(help="只看某个社群（名称或标题）/ one community")] = None,
    everything: Annotated[bool, typer.Option("--all", help="包括已结束的 / also ended ones")] = False,
    out: Annotated[Path | None, typer.Option(help="另存为 CSV（联系方式打码）/ write a CSV, contacts masked")] = None,
) -> None:
    """列出工单。 / List tickets."""
    door: Door = context.obj
    if community is not None:
        community = community_named(door.app.workspace.communities, community)
    with door.app.reading() as work:
        rows = all_masked(work.tickets.queue(community=community, everything=everything))
    if out:
        _write(door, out, rows)
    door.give_lines(rows)
    door.table(Text(f"队列 {len(rows)} 张工单", f"{len(rows)} tickets"), _COLUMNS, [_cells(door, row) for row in rows])


def _write(door: Door, out: Path, rows: Sequence[dict[str, Any]]) -> None:
    try:
        write_queue(out, rows, when=door.when, titles=door.app.workspace.titles)
    except OSError as error:
        text = Text(
            f"无法写入 {out}（{in_chinese(error.strerror)}）。请换一个文件名。",
            f"cannot write {out} ({error.strerror}).",
        )
        raise Misconfigured(text, code="bad_file") from error
    door.say(Text(f"已写入 {out}", f"wrote {out}"))


def _cells(door: Door, row: dict[str, Any]) -> tuple[Any, ...]:
    state = wording.state(row["state"])
    parked = Text(f"{state.zh}（搁置）", f"{state.en} (parked)")
    return (
        row["id"],
        parked if row["parked_at"] else state,
        row["title"],
        _whose(door, row),
        " ".join((row["name"] or "—", *row["contacts"])),
        f"{row['grade']} {row['score']}",
        _due(door, row),
    )


def _due(door: Door, row: dict[str, Any]) -> str:
    """Until when to answer; of a late one that it has a new time, or that nobody answered in the last one either."""
    due, soon = row["due_at"], _soon(door, row["due_at"])
    if not row["late_at"] or due is None or row["state"] not in UNINVITED:
        return soon
    if due > datetime.now(UTC):
        return str(Text(f"已超时，新期限 {soon}", f"late, now until {soon}"))
    return str(Text(f"已超时（期限 {soon}）", f"late (until {soon})"))


def _whose(door: Door, row: dict[str, Any]) -> str:
    """The operator, or who works on it right now and until when."""
    if row["leased_by"] is None or row["ready_at"] <= datetime.now(UTC):
        return row["operator"] or ""
    return str(
        Text(
            f"{row['leased_by']}（处理中，到 {_soon(door, row['ready_at'])}）",
            f"{row['leased_by']} (until {_soon(door, row['ready_at'])})",
        )
    )


def _soon(door: Door, moment: datetime | None) -> str:
    """A time without its year: what is due is due soon, and the table must fit."""
    return door.when(moment)[len("2026-") :] if moment else "—"


@queue.command("parked")
def parked(context: typer.Context) -> None:
    """列出搁置的工单：程序不能决定，等人处理（queue recycle 重新启用）。 / List tickets that wait for a decision."""
    door: Door = context.obj
    with door.app.reading() as work:
        rows = all_masked(work.tickets.queue(everything=True, parked=True))
    door.give_lines(rows)
    cells = [
        (
            row["id"],
            wording.state(row["state"]),
            row["title"],
            row["name"],
            reason(row["parked_reason"] or "", door.app.workspace.titles),
            door.when(row["parked_at"]),
        )
        for row in rows
    ]
    door.table(Text(f"搁置 {len(rows)} 张工单", f"{len(rows)} parked tickets"), _PARKED, cells)


@queue.command("claim")
def claim(
    context: typer.Context,
    operator: Annotated[str, typer.Option(help="谁领取 / who")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="最多几张 / at most so many")] = 1,
    ticket: Annotated[int | None, typer.Option(help="指定工单 / this ticket")] = None,
    reveal: Annotated[bool, typer.Option(help="显示完整联系方式 / show contacts in full")] = False,
) -> None:
    """领取工单：一段时间内只归你处理。 / Lease tickets: for a while they are yours alone."""
    door: Door = context.obj
    policy, vault = door.app.workspace.communities, door.app.vault  # a missing key is told before anything is leased
    claimed = stage.claim(door.app.begin, policy=policy, operator=operator, limit=limit, ticket=ticket)
    if not claimed:
        raise NothingToDo(nothing_to_claim(door, operator), code="nothing_to_do")
    rows = told(door, claimed, vault=vault if reveal else None)
    door.give_lines(rows)
    for row in rows:
        show(door, row, operator=operator)
    if any(row["words"] and ROUTE in row["words"] for row in rows):
        warn_local(door)


for _command in (steps.heartbeat, steps.invite, steps.complete, steps.release, steps.recycle, steps.move):
    queue.command()(_command)
for _other in (crediting.credit, walkin.walk_in, walkin.walk_out, walkin.walk_ins):
    queue.command()(_other)
