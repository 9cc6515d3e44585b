"""``yinliu simulate``: what another communities.yaml would do with the leads of the last days. Nothing is written."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from yinliu import wording
from yinliu.cli.door import Door
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.leads.replay import Change, Comparison, Tally
from yinliu.leads.routing import Decision
from yinliu.reasons import reason
from yinliu.stages.counts import now
from yinliu.stages.simulate import simulate as replay
from yinliu.titles import Titles, titled
from yinliu.workspace.folder import titles_of

_SHOWN = 50
"""Changes listed for people; a program gets all."""

_DURATION = re.compile(r"(\d{1,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def simulate(
    context: typer.Context,
    communities: Annotated[Path, typer.Option(help="新的 communities.yaml / the new file")],
    since: Annotated[str, typer.Option(help="从何时起的线索，如 14d、36h、2w 或日期 / since when")] = "14d",
) -> None:
    """试算：用新的社群规则重放近期线索，只看结果，不写入。 / Replay leads under new rules; nothing is written."""
    door: Door = context.obj
    workspace = door.app.workspace
    start = read_start(since, zone=workspace.zone, moment=now())
    if not communities.is_file():
        text = Text(
            f"--communities {str(communities)!r}：没有这个文件。可先复制工作区里的 communities.yaml 再修改。",
            f"--communities {str(communities)!r}: no such file. Copy the workspace's communities.yaml and change it.",
        )
        raise Misconfigured(text, code="missing_file")
    new = workspace.communities_of(communities)
    found = replay(door.app.reading, now=workspace.communities, new=new, since=start, zone=workspace.zone)
    door.give(_result(found, start))
    _tell(door, found, start, workspace.titles | titles_of("community", new.communities))


def read_start(since: str, *, zone: ZoneInfo, moment: datetime) -> datetime:
    """``--since``: a duration back from a moment (``36h``, ``14d``, ``2w``), or a date in the team's zone."""
    length = _DURATION.fullmatch(since.strip().lower())
    try:
        if length:
            start = moment - timedelta(**{_UNITS[length[2]]: int(length[1])})
        else:
            read = datetime.fromisoformat(since)
            start = read if read.tzinfo else read.replace(tzinfo=zone)
        late = start.astimezone(UTC) >= moment
    except (ValueError, OverflowError) as error:
        text = Text(
            f"--since {since!r} 应为时长（36h、14d、2w）或日期（2026-11-01）",
            f"--since {since!r} must be a duration (36h, 14d, 2w) or a date (2026-11-01)",
        )
        raise Misconfigured(text, code="bad_since") from error
    if late:
        text = Text(f"--since {since!r} 不在过去，没有可重放的线索", f"--since {since!r} is not in the past")
        raise Misconfigured(text, code="bad_since")
    return start


def _result(found: Comparison, start: datetime) -> dict[str, Any]:
    return {
        "since": start,
        "leads": found.people,
        "waited": found.waited,
        "now": _tally(found.now),
        "new": _tally(found.new),
        "changes": [
            {"lead": one.lead, "name": one.name, "now": _decision(one.now), "new": _decision(one.new)}
            for one in found.changes
        ],
        "other_operator": found.other_operator,
        "starving": {"communities": found.idle_communities, "operators": found.idle_operators},
    }


def _tally(tally: Tally) -> dict[str, Any]:
    names = [*tally.free, *(name for name in tally.people if name not in tally.free)]
    columns = {"people": tally.people, "queued": tally.queued, "waiting": tally.waiting, "free": tally.free}
    rows = {name: {key: column.get(name, 0) for key, column in columns.items()} for name in names}
    return {"communities": rows, "operators": dict(tally.operators), "unmatched": tally.unmatched}


def _decision(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    names = ("community", "group", "state", "operator")
    return {**{name: getattr(decision, name) for name in names}, "reasons": list(decision.reasons)}


def _tell(door: Door, found: Comparison, start: datetime, titles: Titles) -> None:
    when = door.when(start)
    door.say(
        Text(
            f"试算：{when} 以来合格的线索 {found.people} 条；没有写入任何数据。",
            f"simulated: {found.people} leads that qualified since {when}; nothing was written.",
        )
    )
    if found.waited:
        door.say(
            Text(
                f"此前已在等名额的 {found.waited} 人先分，计入下表。",
                f"{found.waited} who waited for a seat before come first, and are counted below.",
            )
        )
    if not found.people and not found.waited:
        return
    _tell_communities(door, found, titles)
    _tell_operators(door, found)
    _tell_changes(door, found.changes, titles)
    _tell_starving(door, found, titles)


def _tell_communities(door: Door, found: Comparison, titles: Titles) -> None:
    columns = (
        ("社群", "community"),
        ("现规则", "now"),
        ("新规则", "new"),
        ("排队等名额", "wait for a seat"),
        ("待分配", "nobody on duty"),
        ("剩余名额", "seats left"),
    )
    rows = [
        (
            titled(titles, "community", name),
            found.now.people[name],
            found.new.people[name],
            f"{found.now.waiting[name]} → {found.new.waiting[name]}",
            f"{found.now.queued[name]} → {found.new.queued[name]}",
            f"{found.now.free.get(name, '—')} → {found.new.free.get(name, '—')}",
        )
        for name in dict.fromkeys((*found.now.free, *found.new.free))
    ]
    fits_nowhere = (str(Text("无匹配社群", "no community")), len(found.now.unmatched), len(found.new.unmatched))
    door.table(Text("各社群", "communities"), columns, [*rows, (*fits_nowhere, "", "", "")])


def _tell_operators(door: Door, found: Comparison) -> None:
    columns = (("运营", "operator"), ("现规则", "now"), ("新规则", "new"))
    names = sorted({*found.now.operators, *found.new.operators, *found.idle_operators})
    rows = [(name, found.now.operators[name], found.new.operators[name]) for name in names]
    door.table(Text("各运营", "operators"), columns, rows)


def _tell_changes(door: Door, changes: list[Change], titles: Titles) -> None:
    columns = (("线索", "lead"), ("昵称", "name"), ("现规则", "now"), ("新规则", "new"), ("原因", "why"))
    rows = [
        (one.lead, one.name, _told(one.now, titles), _told(one.new, titles), _why(one.new, titles))
        for one in changes[:_SHOWN]
    ]
    if rows:
        door.table(Text(f"有变化的线索 {len(changes)} 条", f"{len(changes)} leads change"), columns, rows)
    if len(changes) > _SHOWN:
        more = len(changes) - _SHOWN
        door.say(Text(f"还有 {more} 条，--json 列出全部。", f"{more} more; --json lists all."))


def _told(decision: Decision | None, titles: Titles) -> str:
    if decision is None:
        return str(Text("无匹配社群", "no community"))
    return f"{titled(titles, 'community', decision.community)} {wording.state(decision.state)}"


def _why(decision: Decision | None, titles: Titles) -> str:
    return "、".join(str(reason(code, titles)) for code in decision.reasons) if decision else ""


def _tell_starving(door: Door, found: Comparison, titles: Titles) -> None:
    """What the new file leaves without work, and whom without a place."""
    for names, zh, en in (
        (found.idle_communities, "新规则下没有新人的社群", "communities that nobody would enter"),
        (found.idle_operators, "新规则下没有工单的运营", "operators who would be given nothing"),
    ):
        if names:
            door.say(
                Text(
                    f"{zh}：{'、'.join(titled(titles, 'community', name).zh for name in names)}",
                    f"{en}: {', '.join(names)}",
                )
            )
    counts = (len(found.new.unmatched), found.new.waiting.total(), found.new.queued.total())
    door.say(
        Text(
            f"新规则下：无匹配社群 {counts[0]}，等名额 {counts[1]}，等运营上班 {counts[2]}；"
            f"社群不变、只换运营 {found.other_operator}",
            f"under the new rules: {counts[0]} without a community, {counts[1]} wait for a seat,"
            f" {counts[2]} for somebody on duty; {found.other_operator} only meet another operator",
        )
    )
