"""``yinliu queue heartbeat|invite|complete|release|recycle|move``: an operator's steps on one ticket."""

from __future__ import annotations

from typing import Annotated

import typer

from models.onboarding import SEATED_STATES
from nlp.contacts import mask_text
from yinliu import wording
from yinliu.cli.after import tell_credit, tell_holder, tell_waiting
from yinliu.cli.door import LARGEST, Door
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.leads.tickets import MOVES, STATES, TAKEN_BACK
from yinliu.stages import queue as stage
from yinliu.stages.holding import allowed_from
from yinliu.stages.move import move_ticket
from yinliu.workspace.document import nearest

Ticket = Annotated[int, typer.Argument(help="工单编号 / the ticket")]
Who = Annotated[str, typer.Option("--operator", "--actor", help="谁操作 / who")]
Token = Annotated[int | None, typer.Option(max=LARGEST, help="领取时给的令牌；不写则须无人持有 / the claim's token")]
Why = Annotated[str, typer.Option(help="原因 / why")]


def heartbeat(context: typer.Context, ticket: Ticket, operator: Who, token: Token = None) -> None:
    """续租：还在处理这张工单。 / Still working on it: let the lease last."""
    door: Door = context.obj
    policy = door.app.workspace.communities
    until = stage.heartbeat(door.app.begin, policy=policy, ticket=ticket, operator=operator, token=token)
    door.say(Text(f"工单 {ticket} 续租到 {door.when(until)}", f"ticket {ticket} is yours until {door.when(until)}"))
    door.give({"ticket": ticket, "until": until})


def invite(context: typer.Context, ticket: Ticket, operator: Who, token: Token = None, reason: Why = "") -> None:
    """已发出邀约。 / The invitation was sent."""
    _completed(context.obj, ticket, "invited", operator=operator, token=token, reason=reason, code=None)


def complete(
    context: typer.Context,
    ticket: Ticket,
    *,
    operator: Who,
    state: Annotated[str, typer.Option(help="结果，如 已进群 或 joined / the result")] = "joined",
    token: Token = None,
    reason: Why = "",
    code: Annotated[str | None, typer.Option(help="对方带来的路标口令 / the signpost's code they came with")] = None,
) -> None:
    """登记结果：已加好友、已进群、已流失…… / Note the result: added, joined, lost…"""
    _completed(
        context.obj,
        ticket,
        _state(context.obj, ticket, state),
        operator=operator,
        token=token,
        reason=reason,
        code=code,
    )


def _completed(
    door: Door, ticket: int, state: str, *, operator: str, token: int | None, reason: str, code: str | None
) -> None:
    with door.app.reading() as work:
        _, linked = work.links.ticket_link(ticket) if code and 0 < ticket <= LARGEST else (False, None)
    before = stage.complete(
        door.app.begin,
        policy=door.app.workspace.communities,
        ticket=ticket,
        operator=operator,
        state=state,
        reason=mask_text(reason),
        token=token,
        code=code,
        key=door.app.vault.links_key if code else b"",
    )
    _moved(door, ticket, before, state, operator=operator)
    if code is not None:
        tell_credit(door, ticket, again=linked is not None)


def release(
    context: typer.Context,
    ticket: Ticket,
    *,
    operator: Who,
    reason: Annotated[str, typer.Option(help="原因 / why")],
    token: Token = None,
    failed: Annotated[bool, typer.Option(help="算一次失败，稍后再试 / an attempt failed: later again")] = False,
    anybody: Annotated[bool, typer.Option(help="交给同社群的任何人 / anybody of the community")] = False,
) -> None:
    """放回工单，写明原因。 / Give a ticket back, with why."""
    door: Door = context.obj
    if not reason.strip():
        text = Text("--reason 不能为空：写明为什么放回。", "--reason is empty: say why it is given back.")
        raise Misconfigured(text, code="no_reason")
    done = stage.release(
        door.app.begin,
        policy=door.app.workspace.communities,
        ticket=ticket,
        operator=operator,
        reason=mask_text(reason),
        token=token,
        failed=failed,
        anybody=anybody,
    )
    minutes = int(done.delay.total_seconds() // 60)
    later = (
        Text(f"，{minutes} 分钟后可再领取", f": to be claimed again in {minutes} minutes") if minutes else Text("", "")
    )
    told = {
        "ready": Text(f"工单 {ticket} 已放回{later.zh}", f"ticket {ticket} was given back{later.en}"),
        "parked": Text(
            f"工单 {ticket} 多次失败，已搁置；处理后用 queue recycle 重新启用",
            f"ticket {ticket} failed too often and is parked: `queue recycle` brings it back",
        ),
    }
    door.say(told[done.how])
    if done.how == "ready":
        tell_holder(door, ticket)
    door.give({"ticket": ticket, "how": done.how, "delay_seconds": done.delay.total_seconds()})


def recycle(context: typer.Context, ticket: Ticket, operator: Who, reason: Why = "") -> None:
    """重新启用搁置或过期的工单；撤回误登记的已进群、已流失。 / Bring a parked, expired or misnoted ticket back."""
    door: Door = context.obj
    policy = door.app.workspace.communities
    state = stage.recycle(door.app.begin, policy=policy, ticket=ticket, operator=operator, reason=mask_text(reason))
    told = wording.state(state)
    door.say(Text(f"工单 {ticket} 已重新启用：{told.zh}", f"ticket {ticket} is back: {told.en}"))
    door.give({"ticket": ticket, "state": state})


def move(
    context: typer.Context,
    ticket: Ticket,
    state: Annotated[str, typer.Argument(help="新状态，如 已邀约 或 invited / the new state")],
    actor: Annotated[str, typer.Option("--actor", "--operator", help="谁操作 / who")],
    reason: Why = "",
) -> None:
    """推进一张工单的状态。 / Move a ticket to its next state."""
    door: Door = context.obj
    state, policy, reason = _state(door, ticket, state), door.app.workspace.communities, mask_text(reason)
    before = move_ticket(door.app.begin, ticket=ticket, state=state, actor=actor, reason=reason, policy=policy)
    _moved(door, ticket, before, state, operator=actor)


def _state(door: Door, ticket: int, text: str) -> str:
    """The state that somebody wrote, in English or Chinese; :class:`Misconfigured` (``no_state``) for none."""
    name = wording.state_named(text)
    if name not in STATES:
        said = Text(f"没有名为 {text!r} 的工单状态", f"there is no ticket state {text!r}")
        with door.app.reading() as work:
            found = work.tickets.standing(ticket) if 0 < ticket <= LARGEST else None
        raise Misconfigured(_with_states(said, text, found.state if found else None), code="no_state")
    return name


def _with_states(said: Text, text: str, now: str | None) -> Text:
    """What was said, with the states that a ticket may be put into ``now`` (None: there is no such ticket).

    A near one is guessed in English only: 已进群 is near to 已退群.
    """
    names = STATES if now is None else MOVES.get(now, ())  # type: ignore[call-overload]
    near = nearest(text.lower(), names) if text.isascii() else None
    zh, en = (f"，是不是想写 {near}？", f", did you mean {near}?") if near else ("。", ".")
    if now is not None:
        can_zh, can_en = allowed_from(now)
        return Text(f"{said.zh}{zh}现在是{wording.state(now).zh}，可改为：{can_zh}", f"{said.en}{en} Allowed: {can_en}")
    listed = "、".join(f"{wording.state(name).zh}（{name}）" for name in STATES)
    return Text(f"{said.zh}{zh}可用：{listed}", f"{said.en}{en} Allowed: {', '.join(STATES)}")


def _can_be_taken_back(ticket: int, operator: str) -> Text:
    again = f"yinliu queue recycle {ticket} --operator {operator}"
    return Text(f"  登记错了可以撤回：{again}", f"  noted by mistake? Take it back: {again}")


def _moved(door: Door, ticket: int, before: str, state: str, *, operator: str) -> None:
    old, new = wording.state(before), wording.state(state)
    same = Text(f"工单 {ticket} 早已是{new.zh}", f"ticket {ticket} was {new.en} before")
    moved = Text(f"工单 {ticket}：{old.zh} → {new.zh}", f"ticket {ticket}: {old.en} → {new.en}")
    door.say(same if before == state else moved)
    if before in SEATED_STATES and state not in SEATED_STATES:
        tell_waiting(door, ticket)
    if state in TAKEN_BACK:
        door.say(_can_be_taken_back(ticket, operator))
    door.give({"ticket": ticket, "before": before, "state": state})
