"""``yinliu queue``: the onboarding queue, listed and worked on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from yinliu import wording
from yinliu.cli.door import Door
from yinliu.crm.queue_file import write_queue
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.stages.move import move_ticket
from yinliu.workspace.document import no_such

queue = typer.Typer(no_args_is_help=True, help="社群引导队列 / the onboarding queue")
_COLUMNS = (
    ("工单", "ticket"),
    ("状态", "state"),
    ("社群", "community"),
    ("运营", "operator"),
    ("昵称", "name"),
    ("联系方式", "contacts"),
    ("评分", "score"),
    ("来自文章", "post"),
    ("应处理于", "due"),
)


@queue.command("list")
def list_tickets(
    context: typer.Context,
    community: Annotated[str | None, typer.Option(help="只看某个社群 / one community")] = None,
    everything: Annotated[bool, typer.Option("--all", help="包括已结束的 / also ended ones")] = False,
    out: Annotated[Path | None, typer.Option(help="另存为 CSV（联系方式打码）/ write a CSV, contacts masked")] = None,
) -> None:
    """列出工单。 / List tickets."""
    door: Door = context.obj
    known = [rule.name for rule in door.app.workspace.communities.communities]
    if community is not None and community not in known:
        said = Text(
            f"communities.yaml 里没有名为 {community!r} 的社群", f"communities.yaml has no community {community!r}"
        )
        raise Misconfigured(no_such(said, community, known), code="no_community")
    with door.app.begin() as work:
        rows = work.tickets.queue(community=community, everything=everything)
    if out:
        write_queue(out, rows, when=door.when)
        door.say(Text(f"已写入 {out}", f"wrote {out}"))
    door.give_lines(rows)
    door.table(Text(f"队列 {len(rows)} 张工单", f"{len(rows)} tickets"), _COLUMNS, [_cells(door, row) for row in rows])


def _cells(door: Door, row: dict[str, Any]) -> tuple[Any, ...]:
    late = Text("（超时）", " (late)") if row["late_at"] else ""
    return (
        row["id"],
        wording.state(row["state"]),
        row["title"],
        row["operator"],
        row["name"],
        " ".join(row["contacts"]),
        f"{row['grade']} {row['score']}",
        row["post"],
        f"{door.when(row['due_at'])}{late}",
    )


@queue.command("move")
def move(
    context: typer.Context,
    ticket: Annotated[int, typer.Argument(help="工单编号 / the ticket")],
    state: Annotated[str, typer.Argument(help="新状态，如 已邀约 或 invited / the new state")],
    actor: Annotated[str, typer.Option(help="谁操作 / who")],
    reason: Annotated[str, typer.Option(help="原因 / why")] = "",
) -> None:
    """推进一张工单的状态。 / Move a ticket to its next state."""
    door: Door = context.obj
    within = timedelta(hours=door.app.workspace.communities.answer_within_hours)
    state = wording.state_named(state)
    before = move_ticket(door.app.begin, ticket=ticket, state=state, actor=actor, reason=reason, answer_within=within)
    old, new = wording.state(before), wording.state(state)
    door.say(Text(f"工单 {ticket}：{old.zh} → {new.zh}", f"ticket {ticket}: {old.en} → {new.en}"))
    door.give({"ticket": ticket, "before": before, "state": state})
