"""All stages in a row: ``run``, and the demo over the bundled site."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from yinliu import wording
from yinliu.bootstrap import App
from yinliu.cli.bringing import bring_one_in
from yinliu.cli.door import Door
from yinliu.cli.work import Stages, worst
from yinliu.errors import YinliuError
from yinliu.language import Text, chosen
from yinliu.reports.week import Week
from yinliu.stages.counts import now
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
    summary["export"], summary["files"] = {}, []
    for target in door.app.workspace.crm.targets:
        summary["export"][target.name], places = stages.export(target.name)
        summary["files"] += places
    with door.watching(Text("周报", "report")):
        summary["report"] = str(stages.report(stages.last_week(), language=chosen()))
    return summary, worst(crawled)


def tell_empty_week(door: Door, stages: Stages, week: Week) -> None:
    """Say which week to report instead, when this one has nothing in it."""
    newest = stages.newest_week()
    with door.app.reading() as work:
        start, end = week.bounds(door.app.workspace.zone)
        empty = not work.weekly.posts(start, end) and not work.weekly.comments(start, end)
    if empty and newest:
        door.say(
            Text(
                f"{week.label} 没有内容；最近有发布的一周是 {newest.label}：yinliu report --week {newest.label}",
                f"nothing in {week.label}; the newest week with posts is {newest.label}: "
                f"yinliu report --week {newest.label}",
            )
        )


def tell_summary(door: Door, summary: Summary) -> None:
    """What happened, as a table, the check sum, and where the files lie."""
    rows = [(Text(f"采集 {name}", f"crawl {name}"), _listed(counts)) for name, counts in summary["crawl"].items()]
    for name, title in (("load", "入库"), ("tag", "打标"), ("qualify", "评分"), ("route", "分配")):
        rows.append((Text(title, name), _listed(summary[name])))
    for name, counts in summary["export"].items():
        rows.append((Text(f"导出 {name}", f"export {name}"), _listed(counts)))
    door.table(Text("本次运行", "this run"), (("阶段", "stage"), ("结果", "result")), rows)
    door.say(door.check_sum(summary["load"]))
    door.say(Text(f"周报  {summary['report']}", f"report  {summary['report']}"))
    for place in summary["files"]:
        door.say(Text(f"线索  {place}", f"leads  {place}"))


def _listed(counts: dict[str, int]) -> str:
    """The counts that are more than 0."""
    return wording.listed({name: value for name, value in counts.items() if value}) or "0"


def show_demo(door: Door, *, folder: Path) -> None:
    """Serve the bundled site, write a workspace for it, and take every stage over it."""
    from yinliu.demo.composition import compose
    from yinliu.demo.site import serve
    from yinliu.demo.tour import write_demo_workspace

    with serve(compose(now=now())) as base:
        door.say(
            Text(f"演示站点：{base}（仅本机可见，演示结束即关闭）", f"demo site: {base} (loopback, until the end)")
        )
        _check_browser(door)
        write_demo_workspace(folder, base=base, render=door.app.browser is not None)
        inside = Door(App(_settings_for(door, folder)), door.as_json)
        summary, error = run_all(inside, Stages(inside.app), names=[], since=None)
    tell_summary(inside, summary)
    summary["joined"] = bring_one_in(inside)
    _tell_queue(inside, summary)
    inside.give(summary)
    if error:
        raise error


def _settings_for(door: Door, folder: Path) -> Any:
    return door.app.settings.model_copy(update={"workspace": folder, "database_url": None})


def _check_browser(door: Door) -> None:
    if door.app.browser is None:
        text = Text(
            "没有找到 Chromium，跳过需要 JavaScript 的部分。安装方法见 yinliu doctor。",
            "no Chromium: the part that needs JavaScript is left out. See `yinliu doctor`.",
        )
        door.say(text)


def _tell_queue(door: Door, summary: Summary) -> None:
    from yinliu.crm.queue_file import write_queue

    with door.app.reading() as work:
        tickets = work.tickets.queue()
    path = door.app.workspace.data / "queue.csv"
    write_queue(path, tickets, when=door.when, titles=door.app.workspace.titles)
    summary["queue"] = str(path)
    door.say(Text(f"队列  {path}", f"queue  {path}"))
    folder = door.app.workspace.folder
    lead = next((row["lead_id"] for row in tickets if row["state"] == "joined"), 1)
    door.say(
        Text(
            "接着试试（先运行 . .venv/bin/activate）：",
            "Try next (after `. .venv/bin/activate`):",
        )
    )
    for command in (f"leads --explain {lead}", "leads", "queue list", "links", "people suggest", "console"):
        door.say(f"  yinliu --workspace {folder} {command}")
