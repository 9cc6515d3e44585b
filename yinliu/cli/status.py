"""``yinliu status`` and ``yinliu plan``: how things stand, and what a crawl would gather."""

from __future__ import annotations

from typing import Any

import typer

from yinliu import problems, wording
from yinliu.cli.door import Door
from yinliu.cli.stages import Names, Since, read_since
from yinliu.language import Text

Row = dict[str, Any]


def plan(context: typer.Context, names: Names = None, since: Since = None) -> None:
    """列出要采集的来源，按平台分组（供 Airflow 使用）。 / Sources by platform, for Airflow."""
    door: Door = context.obj
    read_since(since, door.app.workspace.zone)
    found: dict[str, list[str]] = {name: [] for name in door.app.platforms}
    for source in door.app.chosen_sources(names or []):
        found[source.platform].append(source.name)
    door.give(found)
    rows = [(platform, "、".join(sources)) for platform, sources in found.items()]
    door.table(Text("来源", "sources"), (("平台", "platform"), ("来源", "sources")), rows)


def status(context: typer.Context) -> None:
    """各来源与各阶段的最近情况。 / How sources and stages stand."""
    door: Door = context.obj
    with door.app.begin() as work:
        sources, stages, seen = work.runs.states(), work.runs.last_runs(), work.runs.problems()
    quarantine = [{"source": source, "code": code, "seen": count} for source, code, count in seen]
    door.give({"sources": sources, "stages": stages, "quarantine": quarantine})
    _show_sources(door, sources)
    _show_stages(door, stages)
    _show_quarantine(door, quarantine)


def _show_sources(door: Door, sources: list[Row]) -> None:
    columns = (("来源", "source"), ("平台", "platform"), ("上次成功", "last success"), ("问题", "problem"))
    rows = [
        (s["source"], s["platform"], door.when(s["succeeded_at"]), problems.what(s["problem"]) if s["problem"] else "")
        for s in sources
    ]
    door.table(Text("来源", "sources"), columns, rows)


def _show_stages(door: Door, stages: list[Row]) -> None:
    columns = (("阶段", "stage"), ("时间", "at"), ("结果", "outcome"), ("计数", "counts"))
    rows = [(s["stage"], door.when(s["at"]), s["outcome"], wording.listed(s["counts"])) for s in stages]
    door.table(Text("阶段", "stages"), columns, rows)


def _show_quarantine(door: Door, quarantine: list[Row]) -> None:
    columns = (("来源", "source"), ("原因", "reason"), ("次数", "seen"), ("下一步", "next step"))
    rows = [
        (q["source"], f"{problems.what(q['code'])} [{q['code']}]", q["seen"], problems.next_step(q["code"]))
        for q in quarantine
    ]
    door.table(Text("隔离区", "quarantine"), columns, rows)
