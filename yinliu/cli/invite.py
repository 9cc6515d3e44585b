"""``yinliu invite`` and ``yinliu observe``: invitations by a hub, and who joined."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated

import typer

from yinliu.cli.door import Door
from yinliu.cli.links import warn_local
from yinliu.cli.stages import parts
from yinliu.errors import NothingToDo
from yinliu.hubs import open_hubs
from yinliu.hubs.hub import Hub
from yinliu.language import Text
from yinliu.stages.words import suggested_words


def invite(
    context: typer.Context,
    limit: Annotated[int | None, typer.Option(min=1, help="最多邀约几人 / invite at most so many")] = None,
    words: Annotated[int | None, typer.Option(help="只显示某张工单的建议话术 / only the words for a ticket")] = None,
) -> None:
    """自动邀约：向可由程序邀请的社群（如 Matrix）发出邀请，每人只发一次。 / Invite by the communities' hubs."""
    door, stages = parts(context)
    if words is not None:
        _tell_words(door, words)
        return
    hubs = _hubs(door)
    with door.watching(Text("邀约", "invite")) as tick:
        counts = stages.invite(hubs, limit=limit, progress=tick)
    door.report_counts(Text("邀约", "invite"), counts, work=[name for name in counts if name != "by_hand"])


def observe(context: typer.Context) -> None:
    """查看进群情况：已进群的工单转为已进群并确认名额，退群的释放名额。 / See who joined or left at the hubs."""
    door, stages = parts(context)
    counts = stages.observe(_hubs(door))
    door.report_counts(Text("进群", "observe"), counts, work=("joined", "left", "declined"))


def _hubs(door: Door) -> Mapping[str, Hub]:
    """The hubs of the workspace; :class:`NothingToDo` when every community is invited to by hand."""
    hubs = open_hubs(door.app.workspace.communities, environ=os.environ)
    if not hubs:
        text = Text(
            "communities.yaml 里的社群都由运营手动邀约（hub: manual）：yinliu queue list 查看工单。",
            "every community in communities.yaml is invited to by hand: see `yinliu queue list`.",
        )
        raise NothingToDo(text, code="no_hub")
    return hubs


def _tell_words(door: Door, ticket: int) -> None:
    workspace = door.app.workspace
    said = suggested_words(
        door.app.begin,
        ticket=ticket,
        policy=workspace.communities,
        vault=door.app.vault,
        base=workspace.general.link_url,
    )
    door.say(said)
    warn_local(door)
    door.give({"ticket": ticket, "words": said})
