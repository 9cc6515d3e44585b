"""``yinliu queue credit``: a join credited to the code that turned up later, or no more to a wrong one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from models.repositories.links import StoredLink
from yinliu.cli.after import tell_credit
from yinliu.cli.door import Door
from yinliu.cli.links import stands_for
from yinliu.cli.steps import Ticket, Who
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.stages.credits import credit_ticket, uncredit_ticket


def credit(
    context: typer.Context,
    ticket: Ticket,
    *,
    operator: Who,
    code: Annotated[str | None, typer.Option(help="对方带来的路标口令 / the signpost's code they came with")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="计错了：撤回 / it was a wrong one: take it back")] = False,
) -> None:
    """补记口令：把已到的人计入路标；计错了加 --undo 撤回。 / Credit who came to a code, or take it back."""
    door: Door = context.obj
    policy = door.app.workspace.communities
    key = door.app.vault.links_key if code is not None else b""
    if undo:
        link = uncredit_ticket(door.app.begin, policy=policy, ticket=ticket, operator=operator, code=code, key=key)
        _tell_undone(door, ticket, link)
        door.give({"ticket": ticket, "code": link.code, "undone": True})
        return
    if code is None:
        text = Text("要写明口令：--code；撤回已计入的用 --undo。", "say the --code, or --undo to take it back.")
        raise Misconfigured(text, code="bad_code")
    new = credit_ticket(door.app.begin, policy=policy, ticket=ticket, operator=operator, code=code, key=key)
    tell_credit(door, ticket, again=not new)
    with door.app.reading() as work:
        _, number = work.links.ticket_link(ticket)
        link_now = None if number is None else work.links.get(number)
    door.give({"ticket": ticket, "code": link_now and link_now.code, "again": not new})


def _tell_undone(door: Door, ticket: int, link: StoredLink) -> None:
    with door.app.reading() as work:
        row = asdict(link) | {"post": None if link.post_id is None else work.links.post(link.post_id)}
    stands = stands_for(row, door.app.workspace.titles)
    door.say(
        Text(
            f"工单 {ticket} 不再计入口令 {link.code}（{stands}）；"
            f"要计入别的口令，用 yinliu queue credit {ticket} --code 口令",
            f"ticket {ticket} is credited to {link.code} ({stands}) no more; `yinliu queue credit {ticket} --code CODE`"
            " credits another one",
        )
    )
