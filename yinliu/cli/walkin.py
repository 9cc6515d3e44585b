"""``yinliu queue walk-in|walk-out|walk-ins``: people in a group whom nobody brought by a ticket."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from yinliu.cli.door import LARGEST, Door
from yinliu.cli.links import stands_for
from yinliu.cli.names import community_named
from yinliu.cli.steps import Who
from yinliu.language import Text
from yinliu.stages import walkins as stage
from yinliu.stages.walkins import Newcomer, WalkedIn
from yinliu.titles import titled

_LISTED = (
    *(("登记号", "number"), ("昵称", "name"), ("群", "group"), ("口令", "code")),
    *(("进群", "joined"), ("退群", "left"), ("登记人", "noted by")),
)
_TIMES = ("joined_at", "left_at")


def walk_in(
    context: typer.Context,
    *,
    operator: Who,
    name: Annotated[str | None, typer.Option(help="群里的昵称 / what they call themselves")] = None,
    code: Annotated[str | None, typer.Option(help="对方发来的路标口令 / the signpost's code they said")] = None,
    community: Annotated[str | None, typer.Option(help="进了哪个社群；不写则看口令 / the community")] = None,
    group: Annotated[str | None, typer.Option(help="进了哪个群（名称或标题）；只有一个可不写 / the group")] = None,
    again: Annotated[bool, typer.Option(help="同名的另一个人，照样登记 / somebody else of this name")] = False,
) -> None:
    """登记自己进群的人（没有工单）：占名额，口令计入路标。 / Somebody came in by themselves: seat and code."""
    door: Door = context.obj
    policy = door.app.workspace.communities
    found = stage.walk_in(
        door.app.begin,
        policy=policy,
        operator=operator,
        who=Newcomer(name, None if community is None else community_named(policy, community), group, code),
        key=door.app.vault.links_key if code is not None else b"",
        again=again,
    )
    _tell(door, found)
    place = {"walk_in": found.number, "community": found.rule.name, "group": found.group.name}
    code_said = found.link.code if found.link else None
    seats = {"taken": found.taken, "capacity": found.capacity} if not found.late else {}
    door.give({**place, "code": code_said, **seats, "late": found.late, "tickets": list(found.tickets)})


def _tell(door: Door, found: WalkedIn) -> None:
    who, place = found.name or str(Text("（没写昵称）", "somebody")), _place(found)
    if found.late:
        door.say(Text(f"登记号 {found.number}（{who}）补上口令", f"number {found.number} ({who}): the code came later"))
    else:
        seats = f"{found.taken}/{found.capacity}"
        door.say(
            Text(
                f"已登记进群：{who} → {place}，登记号 {found.number}，名额 {seats}",
                f"noted: {who} is in {place}, number {found.number}, seats {seats}",
            )
        )
    if found.link is not None:
        with door.app.reading() as work:
            row = asdict(found.link) | {"post": found.link.post_id and work.links.post(found.link.post_id)}
        stands = stands_for(row, door.app.workspace.titles)
        door.say(
            Text(f"已计入口令 {found.link.code}（{stands}）", f"credited to the code {found.link.code} ({stands})")
        )
    _warn(door, found)


def _place(found: WalkedIn) -> str:
    title = found.group.title
    return f"{found.rule.title} · {title}" if title and title != found.rule.title else found.rule.title


def _warn(door: Door, found: WalkedIn) -> None:
    """Say what is odd: more people than seats, and a ticket whose person has the same name."""
    if found.taken > found.capacity:
        door.say(
            Text(
                f"注意：已占 {found.taken} 个名额，超过容量 {found.capacity}；人已在群里，照实登记。"
                "群里还有位置就调大 communities.yaml 的 capacity，有人退群就用 queue walk-out 或 queue complete 登记。",
                f"mind: {found.taken} seats of {found.capacity} are taken. They are in, so it was noted. Raise the"
                " capacity if there is room, or note who left (`queue walk-out`, `queue complete`).",
            )
        )
    if found.tickets:
        listed = "、".join(map(str, found.tickets))
        door.say(
            Text(
                f"注意：工单 {listed} 的人也叫这个名字。是同一个人，就用 queue walk-out {found.number} --undo 撤回，"
                f"再用 queue complete {found.tickets[0]} --state joined 登记。",
                f"mind: the person of ticket {listed} has this name. If it is them, `queue walk-out {found.number}"
                f" --undo` and `queue complete {found.tickets[0]} --state joined`.",
            )
        )


def walk_out(
    context: typer.Context,
    number: Annotated[int, typer.Argument(max=LARGEST, help="登记号，见 queue walk-ins / the number")],
    *,
    operator: Who,
    undo: Annotated[bool, typer.Option("--undo", help="登记错了：撤回，不算进群 / never was in: a mistake")] = False,
) -> None:
    """登记自己进群的人退群（或撤回登记），空出名额。 / Who came in by themselves left again, or never was in."""
    door: Door = context.obj
    policy = door.app.workspace.communities
    community, name = stage.walk_out(door.app.begin, policy=policy, number=number, operator=operator, undo=undo)
    shown = f"（{name}）" if name else ""
    done = (
        Text(f"已撤回登记号 {number}{shown}，不算进群", f"number {number} was taken back: no join")
        if undo
        else Text(f"登记号 {number}{shown} 已退群", f"number {number} left")
    )
    door.say(done)
    _tell_waiting(door, community)
    door.give({"walk_in": number, "community": community, "undone": undo})


def _tell_waiting(door: Door, community: str) -> None:
    """Say how many wait for a seat of a community, now that one is free."""
    with door.app.reading() as work:
        number = work.routing.count_blocked(community)
    if number:
        title = titled(door.app.workspace.titles, "community", community)
        door.say(
            Text(
                f"还有 {number} 人在等社群 {title.zh}：有空位时，下一次 yinliu route（或 upkeep）会让下一位进来。",
                f"{number} wait for {title.en}: where a seat is free, `yinliu route` or upkeep brings the next in.",
            )
        )


def walk_ins(
    context: typer.Context,
    *,
    community: Annotated[str | None, typer.Option(help="只看某个社群（名称或标题）/ one community")] = None,
    everything: Annotated[bool, typer.Option("--all", help="包括已退群的 / also who left")] = False,
) -> None:
    """列出自己进群的人（没有工单，新的在前）。 / Who came in by themselves, without a ticket."""
    door: Door = context.obj
    named = None if community is None else community_named(door.app.workspace.communities, community)
    with door.app.reading() as work:
        rows = work.walk_ins.listing(community=named, everybody=everything)
    door.give_lines([{name: row[name] for name in row if name != "link_id"} for row in rows])
    shown = len(_LISTED) if everything else -2
    cells = [_cells(door, row)[:shown] for row in rows]
    door.table(Text(f"自己进群 {len(rows)} 人", f"{len(rows)} walked in"), _LISTED[:shown], cells)


def _cells(door: Door, row: dict[str, Any]) -> tuple[Any, ...]:
    """Times without their year, so that the table fits and a code is not broken."""
    community = str(titled(door.app.workspace.titles, "community", row["community"]))
    place = community if row["title"] == community else f"{community} · {row['title']}"
    joined, left = (door.when(row[name]).removeprefix(f"{row[name]:%Y}-") if row[name] else "—" for name in _TIMES)
    return row["id"], row["name"], place, row["code"], joined, left, row["operator"]
