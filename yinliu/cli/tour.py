"""All stages in a row: ``run``, and the demo over the bundled site."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from yinliu.cli.door import Door
from yinliu.cli.work import Stages, worst
from yinliu.errors import YinliuError
from yinliu.language import Text, chosen
from yinliu.stages.crawl import Crawled

Summary = dict[str, Any]


def run_all(
    door: Door, stages: Stages, *, names: list[str], since: datetime | None
) -> tuple[Summary, YinliuError | None]:
    """Every stage once. A source that fails keeps no other stage from its work; its error is given back at the end."""
    with door.watching(Text("采集", "crawl")) as tick:
        crawled = stages.crawl(names, since=since, progress=tick)
    summary: Summary = {"crawl": {r.source: r.counts for r in crawled if isinstance(r, Crawled)}}
    steps = (
        ("load", Text("入库", "load"), stages.load),
        ("tag", Text("打标", "tag"), stages.tag),
        ("qualify", Text("评分", "qualify"), stages.qualify),
        ("route", Text("分配", "route"), stages.route),
    )
    for name, title, step in steps:
        with door.watching(title) as tick:
            summary[name] = step(tick)
    summary["export"] = {target.name: stages.export(target.name) for target in door.app.workspace.crm.targets}
    week = stages.last_week()
    with door.watching(Text("周报", "report")):
        summary["report"] = str(stages.report(week, language=chosen()))
    _tell(door, summary)
    return {**summary, "export": {name: {**c, "files": p} for name, (c, p) in summary["export"].items()}}, worst(crawled)


def _tell(door: Door, summary: Summary) -> None:
    rows: list[tuple[Text, str]] = []
    for source, counts in summary["crawl"].items():
        rows.append((Text(f"采集 {source}", f"crawl {source}"), _listed(counts)))
    for name, title in (("load", "入库"), ("tag", "打标"), ("qualify", "评分"), ("route", "分配")):
        rows.append((Text(title, name), _listed(summary[name])))
    for name, (counts, _) in summary["export"].items():
        rows.append((Text(f"导出 {name}", f"export {name}"), _listed(counts)))
    door.table(Text("本次运行", "this run"), (Text("阶段", "stage"), Text("结果", "result")), rows)
    load = summary["load"]
    door.say(
        Text(
            f"核对：输入 {load['inputs']} = 入库 {load['stored']} + 隔离 {load['quarantined']}",
            f"check: inputs {load['inputs']} = stored {load['stored']} + quarantined {load['quarantined']}",
        )
    )
    door.say(Text(f"周报：{summary['report']}", f"report: {summary['report']}"))
    for _, places in summary["export"].values():
        for place in places:
            door.say(Text(f"线索：{place}", f"leads: {place}"))


def _listed(counts: dict[str, int]) -> str:
    from yinliu.wording import count

    return "，".join(f"{count(name)} {value}" for name, value in counts.items()) or "0"


def show_demo(door: Door, *, folder: Path) -> None:
    """Serve the bundled site, write a workspace for it, and take every stage over it."""
    raise NotImplementedError
