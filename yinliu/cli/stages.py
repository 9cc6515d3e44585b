"""One subcommand a stage, and ``run`` for all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from nlp.contacts import mask_text
from yinliu import wording
from yinliu.cli.door import Door
from yinliu.cli.tour import Summary, run_all, tell_empty_week, tell_summary
from yinliu.cli.work import Stages, worst
from yinliu.errors import Misconfigured, NothingToDo, YinliuError
from yinliu.language import Text, chosen
from yinliu.reports.week import Week
from yinliu.stages.counts import Counts, Progress
from yinliu.stages.crawl import Crawled
from yinliu.stages.deliver import deliver as publish

Names = Annotated[list[str] | None, typer.Argument(help="来源名称，不写则全部 / names of sources, all if none")]
Since = Annotated[str | None, typer.Option(help="只收集此日期之后发布的内容，如 2026-11-01 / only what is newer")]
WeekName = Annotated[str | None, typer.Option("--week", help="ISO 周，如 2026-W47，默认上一周 / default: last week")]

_WORK = {
    "load": "files",
    "tag": "posts comments",
    "qualify": "comments scored",
    "route": "tickets blocked_full drained given",
}
"""The counts of a stage that say that there was work."""


def parts(context: typer.Context) -> tuple[Door, Stages]:
    """The door of this command, and the stages behind it."""
    return context.obj, Stages(context.obj.app)


def read_since(since: str | None, zone: ZoneInfo) -> datetime | None:
    """``--since`` as a moment; midnight in the team's zone where it names no time."""
    if since is None:
        return None
    try:
        moment = datetime.fromisoformat(since)
    except ValueError as error:
        text = Text(f"--since {since!r} 应为日期，如 2026-11-01", f"--since {since!r} must be a date, like 2026-11-01")
        raise Misconfigured(text, code="bad_since") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def crawl(context: typer.Context, names: Names = None, since: Since = None) -> None:
    """采集：每个来源写出一个落地文件。 / Gather sources, a landing file each."""
    door, stages = parts(context)
    moment = read_since(since, door.app.workspace.zone)
    if not stages.app.chosen_sources(names or []):
        raise no_sources(door)
    with door.watching(Text("采集", "crawl")) as tick:
        results = stages.crawl(names or [], since=moment, progress=tick)
    _tell_crawled(door, results)
    error = worst(results)
    if error:
        raise error
    door.give(
        {
            "sources": {
                r.source: {**r.counts, "requests": r.requests, "run": r.run} for r in results if isinstance(r, Crawled)
            }
        }
    )


def no_sources(door: Door) -> NothingToDo:
    """That nothing can be gathered before somebody fills in ``sources.yaml``, and how."""
    path = door.app.workspace.folder / "sources.yaml"
    text = Text(
        f"sources.yaml 里还没有来源。下一步：在 {path} 里填写来源，然后运行 yinliu doctor 检查。",
        f"there are no sources in sources.yaml yet. Next: put some into {path}, then check with `yinliu doctor`.",
    )
    return NothingToDo(text, code="no_sources")


def _tell_crawled(door: Door, results: list[Crawled | YinliuError]) -> None:
    for result in results:
        if isinstance(result, Crawled):
            counts = wording.listed(dict(sorted(result.counts.items()))) or "0"
            door.say(Text(f"采集 {result.source}：{counts}", f"crawled {result.source}: {counts}"))
            for note in result.notes():
                door.say(note)


def _one(context: typer.Context, title: Text, work: Callable[[Stages], Callable[[Progress], Counts]], on: str) -> None:
    """Run one counting stage; ``on`` names the counts that say that there was work."""
    door, stages = parts(context)
    with door.watching(title) as tick:
        counts = work(stages)(tick)
    door.report_counts(title, counts, work=on.split())


def load(context: typer.Context) -> None:
    """入库：读取尚未入库的落地文件。 / Load landing files."""
    _one(context, Text("入库", "load"), lambda stages: stages.load, _WORK["load"])


def tag(context: typer.Context) -> None:
    """打标：话题、意图、联系方式。 / Tag topics, intents, contacts."""
    _one(context, Text("打标", "tag"), lambda stages: stages.tag, _WORK["tag"])


def qualify(context: typer.Context) -> None:
    """评分：由信号得出线索等级。 / Score people by their signals."""
    _one(context, Text("评分", "qualify"), lambda stages: stages.qualify, _WORK["qualify"])


def route(context: typer.Context) -> None:
    """分配：合格线索进入社群引导队列。 / Route qualified leads into queues."""
    _one(context, Text("分配", "route"), lambda stages: stages.route, _WORK["route"])


def upkeep(context: typer.Context) -> None:
    """维护队列：标记超时、过期，补位。 / Late, expired and waiting tickets."""
    _one(
        context, Text("维护", "upkeep"), lambda stages: lambda _: stages.upkeep(), "late expired retained drained given"
    )


def export(
    context: typer.Context,
    target: Annotated[str | None, typer.Argument(help="crm.yaml 里的目标 / a target of crm.yaml")] = None,
    listing: Annotated[bool, typer.Option("--list", help="列出目标 / list the targets")] = False,
) -> None:
    """导出新增或有变化的合格线索，线索编号不变。 / Export leads that are new or changed, by their lasting id."""
    door, stages = parts(context)
    names = [found.name for found in door.app.workspace.crm.targets]
    if listing:
        door.give({"targets": names})
        door.say(Text(f"导出目标：{'、'.join(names)}", f"targets: {', '.join(names)}"))
        return
    if target is None and len(names) != 1:
        text = Text(
            f"请指定导出目标：{'、'.join(names) or '（crm.yaml 里还没有）'}",
            f"name a target: {', '.join(names) or '-'}",
        )
        raise Misconfigured(text, code="no_target")
    counts, places = stages.export(target or names[0])
    for place in places:
        door.say(Text(f"已写入 {place}", f"wrote {place}"))
    door.report_counts(Text("导出", "export"), counts, work=("sent", "resumed"))


def report(context: typer.Context, week: WeekName = None) -> None:
    """生成内容周报（HTML）。 / Write the weekly content report."""
    door, stages = parts(context)
    chosen_week = stages.last_week() if week is None else _begun(Week.parse(week), door.app.workspace.zone)
    path = stages.report(chosen_week, language=chosen())
    door.say(Text(f"周报：{path}", f"report: {path}"))
    tell_empty_week(door, stages, chosen_week)
    door.give({"week": chosen_week.label, "report": str(path)})


def _begun(week: Week, zone: ZoneInfo) -> Week:
    """A week that has begun; there is nothing to report of a later one."""
    if week.start > datetime.now(zone).date():
        text = Text(f"{week.label} 还没到，无法生成周报。", f"{week.label} has not begun: there is nothing to report.")
        raise Misconfigured(text, code="week_to_come")
    return week


def deliver(context: typer.Context, week: WeekName = None) -> None:
    """发布周报：复制为 data/reports/latest.html。 / Publish the report as latest.html."""
    door, stages = parts(context)
    chosen_week = stages.last_week() if week is None else Week.parse(week)
    folder = door.app.workspace.data / "reports"
    path = publish(door.app.begin, week=chosen_week, folder=folder, language=chosen())
    door.say(Text(f"已发布：{path}", f"published: {path}"))
    door.give({"week": chosen_week.label, "report": str(path)})


def run(context: typer.Context, names: Names = None, since: Since = None) -> None:
    """从采集到周报，全部执行一遍。 / All stages once."""
    door, stages = parts(context)
    moment = read_since(since, door.app.workspace.zone)
    idle = None if stages.app.chosen_sources(names or []) else no_sources(door)
    summary, error = run_all(door, stages, names=names or [], since=moment)
    if idle and not _worked(summary):
        error = idle
    else:
        tell_summary(door, summary)
        tell_empty_week(door, stages, stages.last_week())
    if idle and not error:
        door.say(idle.message)
    if error is None:
        door.give(summary)
        return
    door.give({**summary, "error": error.code, "message": mask_text(str(error))})
    Door.complain(error)
    raise typer.Exit(error.exit_code)


def _worked(summary: Summary) -> bool:
    """Whether any stage after crawling found work: landing files that others left, or changed rules."""
    told = [(summary[stage], names.split()) for stage, names in _WORK.items()]
    told += [(counts, ["sent", "resumed"]) for counts in summary["export"].values()]
    return any(counts.get(name) for counts, names in told for name in names)
