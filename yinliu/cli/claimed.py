"""A claimed ticket as its operator sees it: who it is, what they said, how to reach them, and the words to send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from models.repositories.queue import Claimed
from models.vault import Vault
from nlp.contacts import mask_text
from yinliu import wording
from yinliu.cli.cautions import known_of, said_lines, shared_lines
from yinliu.cli.door import Door
from yinliu.cli.names import all_masked
from yinliu.errors import ActionNeeded
from yinliu.language import Text
from yinliu.leads.tickets import UNINVITED, UNTOUCHED
from yinliu.reasons import reason
from yinliu.stages.counts import now
from yinliu.stages.holding import communities_of
from yinliu.stages.words import suggested_words

Row = dict[str, Any]


def told(door: Door, claimed: Sequence[Claimed], *, vault: Vault | None) -> list[Row]:
    """The tickets of these leases with what an operator needs; contacts in full where there is a ``vault``."""
    leases = {one.ticket: one for one in claimed}
    with door.app.reading() as work:
        rows = all_masked(work.tickets.queue(tickets=list(leases)))
        leads = {row["id"]: row for row in work.leads.listing(qualified=False, ids=[row["lead_id"] for row in rows])}
        known = known_of(work, rows)
    return [
        row
        | {"token": leases[row["id"]].token, "until": leases[row["id"]].until}
        | known[row["id"]]
        | {"said": mask_text(leads[row["lead_id"]]["text"]), "contacts": _contacts(leads[row["lead_id"]], vault)}
        | _words(door, row)
        for row in rows
    ]


def _contacts(lead: Row, vault: Vault | None) -> list[str]:
    found = (vault.unlock(one["value_cipher"]) if vault else one["masked"] for one in lead["contacts"])
    return list(dict.fromkeys(found))


def _words(door: Door, row: Row) -> Row:
    """What to send; or why nobody is to be invited, which a batch does not ask before it leases."""
    policy, base = door.app.workspace.communities, door.app.workspace.general.link_url
    if row["community"] not in policy.by_name or row["state"] not in UNTOUCHED:
        return {"words": None}
    try:
        return {
            "words": suggested_words(door.app.begin, ticket=row["id"], policy=policy, vault=door.app.vault, base=base)
        }
    except ActionNeeded as error:
        return {"words": None, "warning": str(error)}


def show(door: Door, row: Row, *, operator: str) -> None:
    """Print one."""
    state, until = wording.state(row["state"]), door.when(row["until"])
    reasons = [reason(code, door.app.workspace.titles) for code in row["reasons"]]
    group = _group(door, row)
    post, url = row["post"] or "-", row["url"] or ""
    lines: tuple[Text | str, ...] = (
        Text(
            f"工单 {row['id']}  {state.zh}  令牌 {row['token']}  到 {until}",
            f"ticket {row['id']}  {state.en}  token {row['token']}  until {until}",
        ),
        Text(
            f"  {_who(row)}（人 {row['person_id']}，线索 {row['lead_id']}）",
            f"  {_who(row)} (person {row['person_id']}, lead {row['lead_id']})",
        ),
        *said_lines(door, row),
        *shared_lines(row),
        Text(f"  社群：{row['title']}{group}", f"  community: {row['title']}{group}"),
        Text(f"  原因：{'、'.join(r.zh for r in reasons)}", f"  why: {', '.join(r.en for r in reasons)}"),
        Text(f"  来自：{post} {url}", f"  from: {post} {url}"),
        *([Text(f"  话术：{row['words']}", f"  words: {row['words']}")] if row["words"] else []),
        _way(row, operator),
    )
    for line in lines:
        if str(line):
            door.say(line)


def nothing_to_claim(door: Door, operator: str) -> Text:
    """That there is no ticket for an operator to claim, and where the open ones of their communities are."""
    places = communities_of(door.app.workspace.communities, operator)
    with door.app.reading() as work:
        rows = work.tickets.whereabouts(communities=places, operator=operator, now=now())
    counted = Counter[Text]()
    for row in rows:
        counted[_whereabouts(row, operator)] += row["tickets"]
    zh = "、".join(f"{number} 张{where.zh}" for where, number in counted.items())
    en = ", ".join(f"{number} {where.en}" for where, number in counted.items())
    return Text(
        f"没有可由{operator}领取的工单：{f'所负责的社群里有 {zh}' if zh else '所负责的社群里没有待处理的工单'}。",
        f"there is no ticket for {operator} to claim: {en or 'none is open in their communities'}.",
    )


def _whereabouts(row: Row, operator: str) -> Text:
    """Why a ticket is not to be claimed now."""
    whose, state = row["operator"], wording.state(row["state"])
    if row["parked"]:
        return Text("已搁置（queue parked）", "parked")
    if row["state"] == "blocked_full":
        return Text("在等名额", "waiting for a seat")
    if row["leased_by"] and row["later"]:
        mine = row["leased_by"] == operator
        return Text("自己正在处理" if mine else f"由{row['leased_by']}处理中", f"in {row['leased_by']}'s work")
    if whose not in (None, operator):
        return Text(f"归{whose}（{state.zh}）", f"{whose}'s ({state.en})")
    if row["state"] in UNINVITED:
        return Text("稍后可再领取", "to be claimed later")
    return Text(f"由自己跟进（{state.zh}，用 --ticket 领取）", f"of their own ({state.en}: claim by --ticket)")


def _who(row: Row) -> str:
    return f"{row['name'] or '-'}  {' '.join(row['contacts']) or '-'}  {row['grade']} {row['score']}"


def _way(row: Row, operator: str) -> Text:
    """How to reach the person."""
    if row.get("warning"):
        return Text(f"  注意：{row['warning']}", f"  mind: {row['warning']}")
    if not row["contacts"]:
        return Text("  没有留下联系方式：请在原文的评论下回复 TA。", "  no contact: answer below the post.")
    if any("*" in contact for contact in row["contacts"]):
        again = f"yinliu queue claim --ticket {row['id']} --operator {operator} --reveal"
        return Text(f"  完整联系方式：{again}", f"  contacts in full: {again}")
    return Text("", "")


def _group(door: Door, row: Row) -> str:
    """The group's title, where the community has more than one."""
    rule = door.app.workspace.communities.by_name.get(row["community"])
    titles = {group.name: group.title for group in rule.groups} if rule else {}
    return f" · {titles.get(row['group'], row['group'])}" if row["group"] and (titles or rule is None) else ""
