"""The last part of the demo: one person of the queue is brought in, by the steps that an operator takes."""

from __future__ import annotations

from typing import Any

from yinliu.cli.door import Door
from yinliu.language import Text
from yinliu.leads.codes import typed
from yinliu.stages.queue import claim, complete
from yinliu.stages.words import suggested_words


def bring_one_in(door: Door) -> dict[str, Any] | None:
    """Claim the first ticket that somebody has, invite, and let the person join by the code of their link.

    What was done, None where nobody waits. The person's part (they act themselves) is played here.
    """
    policy, key = door.app.workspace.communities, door.app.vault.links_key
    with door.app.reading() as work:
        ticket = next((row for row in work.tickets.queue() if row["state"] == "assigned"), None)
    if ticket is None:
        return None
    number, operator = ticket["id"], ticket["operator"]
    (claimed,) = claim(door.app.begin, policy=policy, operator=operator, ticket=number)
    base = door.app.workspace.general.link_url
    words = suggested_words(door.app.begin, ticket=number, policy=policy, vault=door.app.vault, base=base)
    steps = {"policy": policy, "ticket": number, "operator": operator, "key": key}
    complete(door.app.begin, state="invited", reason="", token=claimed.token, **steps)
    complete(door.app.begin, state="joined", reason="", code=words, **steps)
    told = {"ticket": number, "operator": operator, "words": words, "community": ticket["title"], "code": typed(words)}
    _tell(door, ticket, words)
    return told


def _tell(door: Door, ticket: dict[str, Any], words: str) -> None:
    who, operator, place, post = ticket["name"] or "—", ticket["operator"], ticket["title"], ticket["post"] or "—"
    door.say(
        Text(
            f"演示最后一步：{operator} 领取工单 {ticket['id']}（{who}），发出邀约：",
            f"the last step: {operator} claims ticket {ticket['id']} ({who}) and invites:",
        )
    )
    for line in words.splitlines():
        door.say(f"  │ {line}")
    door.say(
        Text(
            f"{who} 凭链接里的口令入群：进了「{place}」，因为文章《{post}》。",
            f"{who} joins by the link's code: in {place}, because of {post}.",
        )
    )
