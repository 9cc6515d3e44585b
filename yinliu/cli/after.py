"""What follows from an operator's step: whom it was credited to, who waits for the seat, whose the ticket is now."""

from __future__ import annotations

from dataclasses import asdict

from models.repositories.tickets import Standing
from yinliu import wording
from yinliu.cli.door import Door
from yinliu.cli.links import what
from yinliu.language import Text
from yinliu.titles import titled


def tell_credit(door: Door, ticket: int, *, again: bool) -> None:
    """Say to which link a ticket is credited, and what it stands for; ``again``: it was before."""
    with door.app.reading() as work:
        _, number = work.links.ticket_link(ticket)
        link = None if number is None else work.links.get(number)
        if link is None:
            return
        row = asdict(link) | {"post": None if link.post_id is None else work.links.post(link.post_id)}
    operator = str(Text(f"运营 {link.operator}", f"operator {link.operator}")) if link.operator else ""
    stands = " · ".join(part for part in (what(row, door.app.workspace.titles), operator) if part)
    new = Text(f"已计入口令 {link.code}（{stands}）", f"credited to the code {link.code} ({stands})")
    before = Text(
        f"之前已计入口令 {link.code}（{stands}），不重复计算",
        f"was credited to the code {link.code} before ({stands}): not counted twice",
    )
    door.say(before if again else new)


def tell_waiting(door: Door, ticket: int) -> None:
    """Say how many wait for a seat of a ticket's community, which it has just left."""
    with door.app.reading() as work:
        found = work.tickets.standing(ticket)
        number = 0 if found is None else work.routing.count_blocked(found.community)
    if found is not None and number:
        title = titled(door.app.workspace.titles, "community", found.community).zh
        door.say(
            Text(
                f"空出一个名额：还有 {number} 人在等社群 {title}，下一次 yinliu route（或 upkeep）会让下一位进来。",
                f"a seat is free and {number} wait for {title}: `yinliu route` (or upkeep) brings the next one in.",
            )
        )


def tell_holder(door: Door, ticket: int) -> None:
    """Say whose a ticket is that was given back."""
    with door.app.reading() as work:
        found = work.tickets.standing(ticket)
    if found is not None:
        door.say(_holder(found))


def _holder(found: Standing) -> Text:
    if found.operator is None:
        return Text("  同社群的任何人都可以领取。", "  Anybody of the community may claim it.")
    zh, en = f"  仍由{found.operator}负责", f"  It is still {found.operator}'s"
    if found.state != "assigned":
        state = wording.state(found.state)
        return Text(f"{zh}（{state.zh}，由邀约的人跟进）。", f"{en} ({state.en}: whoever invited goes on).")
    return Text(f"{zh}；要交给同社群的其他人，放回时加 --anybody。", f"{en}: to give it to the others, add --anybody.")
