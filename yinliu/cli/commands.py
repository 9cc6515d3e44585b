"""Every subcommand."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from models.database import upgrade
from yinliu import language as speech
from yinliu.bootstrap import App
from yinliu.cli.door import Door
from yinliu.cli.people import people
from yinliu.cli.work import Stages, worst
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.reports.week import Week
from yinliu.settings import read_settings
from yinliu.stages.crawl import Crawled
from yinliu.workspace.folder import write_starter


class Lang(str, Enum):
    """The languages of ``--lang``."""

    zh = "zh"
    en = "en"


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="yinliu 引流：从内容互动到私域社群，每一步都可追溯。\n\nFrom published content to private traffic, explained.",
)
database = typer.Typer(no_args_is_help=True, help="数据库 / the database")
app.add_typer(database, name="db")
people(app)

Names = Annotated[list[str] | None, typer.Argument(help="来源名称，不写则全部 / names of sources, all if none")]
Since = Annotated[str | None, typer.Option(help="只收集此日期之后发布的内容，如 2026-11-01 / only what is newer")]
WeekName = Annotated[str | None, typer.Option("--week", help="ISO 周，如 2026-W47，默认上一周 / default: last week")]


@app.callback()
def door(
    context: typer.Context,
    workspace: Annotated[Path | None, typer.Option(help="工作区目录（YINLIU_WORKSPACE）/ the workspace")] = None,
    database_url: Annotated[str | None, typer.Option(help="数据库（YINLIU_DATABASE_URL）/ the database")] = None,
    lang: Annotated[Lang | None, typer.Option(help="界面语言 / language")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象 / print one JSON object")] = False,
) -> None:
    """Shared options; they may stand before or after the subcommand."""
    settings = read_settings(workspace=workspace, database_url=database_url, lang=lang.value if lang else None)
    speech.choose(settings.lang)
    context.obj = Door(App(settings), as_json)


def _stages(context: typer.Context) -> tuple[Door, Stages]:
    return context.obj, Stages(context.obj.app)


@app.command()
def init(context: typer.Context, folder: Annotated[Path, typer.Argument(help="新工作区的目录 / the new folder")]) -> None:
    """新建工作区：写出带注释的配置文件。 / Write a commented starter workspace."""
    door: Door = context.obj
    written = write_starter(folder)
    for path in written:
        door.say(Text(f"已写入 {path}", f"wrote {path}"))
    door.say(
        Text(
            f"下一步：在 {folder / 'sources.yaml'} 里填写来源，然后运行 yinliu --workspace {folder} doctor",
            f"Next: put your sources into {folder / 'sources.yaml'}, then `yinliu --workspace {folder} doctor`",
        )
    )
    door.give({"workspace": str(folder), "written": [path.name for path in written]})


@app.command()
def doctor(context: typer.Context) -> None:
    """检查工作区、数据库、浏览器、字体与 Airflow，并说明如何修复。 / Check everything, say how to mend it."""
    from yinliu.doctor import examine

    door: Door = context.obj
    findings = examine(door.app)
    marks = {"ok": "✓", "warn": "!", "bad": "✗"}
    for finding in findings:
        door.say(f"{marks[finding.state]} {finding.name}：{finding.text}")
        if finding.remedy:
            door.say(f"    → {finding.remedy}")
    rows = [
        {"name": str(f.name), "state": f.state, "text": str(f.text), "remedy": str(f.remedy or "")} for f in findings
    ]
    door.give({"ok": all(f.state != "bad" for f in findings), "findings": rows})
    if any(finding.state == "bad" for finding in findings):
        raise typer.Exit(Misconfigured.exit_code)


@app.command()
def plan(context: typer.Context, names: Names = None, since: Since = None) -> None:
    """列出要采集的来源，按平台分组（供 Airflow 使用）。 / Sources by platform, for Airflow."""
    door: Door = context.obj
    _moment(since, door.app.workspace.zone)
    found: dict[str, list[str]] = {name: [] for name in door.app.platforms}
    for source in door.app.chosen_sources(names or []):
        found[source.platform].append(source.name)
    door.give(found)
    door.table(Text("来源", "sources"), (Text("平台", "platform"), Text("来源", "sources")), [(p, ", ".join(n)) for p, n in found.items()])


@app.command()
def crawl(context: typer.Context, names: Names = None, since: Since = None) -> None:
    """采集：每个来源写出一个落地文件。 / Gather sources, a landing file each."""
    door, stages = _stages(context)
    moment = _moment(since, door.app.workspace.zone)
    with door.watching(Text("采集", "crawl")) as tick:
        results = stages.crawl(names or [], since=moment, progress=tick)
    _tell_crawled(door, results)
    error = worst(results)
    if error:
        raise error
    door.give({"sources": {r.source: {**r.counts, "run": r.run} for r in results if isinstance(r, Crawled)}})


def _tell_crawled(door: Door, results: list[Any]) -> None:
    if not results:
        door.say(Text("sources.yaml 里还没有来源。", "there are no sources in sources.yaml yet."))
    for result in results:
        if isinstance(result, Crawled):
            counts = "，".join(f"{_kind(kind)} {count}" for kind, count in sorted(result.counts.items())) or "0"
            door.say(Text(f"采集 {result.source}：{counts}", f"crawled {result.source}: {counts}"))


def _kind(kind: str) -> Text:
    from yinliu.wording import count

    return count(kind)


@app.command()
def load(context: typer.Context) -> None:
    """入库：读取尚未入库的落地文件。 / Load landing files."""
    door, stages = _stages(context)
    with door.watching(Text("入库", "load")) as tick:
        counts = stages.load(tick)
    door.report_counts(Text("入库", "load"), counts, work=("files",))


@app.command()
def tag(context: typer.Context) -> None:
    """打标：话题、意图、联系方式。 / Tag topics, intents, contacts."""
    door, stages = _stages(context)
    with door.watching(Text("打标", "tag")) as tick:
        counts = stages.tag(tick)
    door.report_counts(Text("打标", "tag"), counts, work=("posts", "comments"))


@app.command()
def qualify(context: typer.Context) -> None:
    """评分：由信号得出线索等级。 / Score people by their signals."""
    door, stages = _stages(context)
    with door.watching(Text("评分", "qualify")) as tick:
        counts = stages.qualify(tick)
    door.report_counts(Text("评分", "qualify"), counts, work=("comments", "leads", "qualified"))


@app.command()
def route(context: typer.Context) -> None:
    """分配：合格线索进入社群引导队列。 / Route qualified leads into queues."""
    door, stages = _stages(context)
    with door.watching(Text("分配", "route")) as tick:
        counts = stages.route(tick)
    door.report_counts(Text("分配", "route"), counts, work=("tickets", "blocked_full", "drained"))


@app.command()
def upkeep(context: typer.Context) -> None:
    """维护队列：标记超时、过期，补位。 / Late, expired and waiting tickets."""
    door, stages = _stages(context)
    door.report_counts(Text("维护", "upkeep"), stages.upkeep(), work=("late", "expired", "drained"))


@app.command()
def export(
    context: typer.Context,
    target: Annotated[str | None, typer.Argument(help="crm.yaml 里的目标 / a target of crm.yaml")] = None,
    listing: Annotated[bool, typer.Option("--list", help="列出目标 / list the targets")] = False,
) -> None:
    """导出合格线索，已导出的不会重复。 / Export qualified leads, none twice."""
    door, stages = _stages(context)
    names = [found.name for found in door.app.workspace.crm.targets]
    if listing or target is None:
        door.give({"targets": names})
        door.say(Text(f"导出目标：{'、'.join(names)}", f"targets: {', '.join(names)}"))
        return
    counts, places = stages.export(target)
    for place in places:
        door.say(Text(f"已写入 {place}", f"wrote {place}"))
    door.report_counts(Text("导出", "export"), counts, work=("sent", "resumed"))


@app.command()
def report(context: typer.Context, week: WeekName = None) -> None:
    """生成内容周报（HTML）。 / Write the weekly content report."""
    door, stages = _stages(context)
    chosen = Week.parse(week) if week else stages.last_week()
    path = stages.report(chosen, language=speech.chosen())
    door.say(Text(f"周报：{path}", f"report: {path}"))
    door.give({"week": chosen.label, "report": str(path)})


@app.command()
def deliver(context: typer.Context, week: WeekName = None) -> None:
    """发布周报：复制为 data/reports/latest.html。 / Publish the report as latest.html."""
    from yinliu.stages.deliver import deliver as publish

    door, stages = _stages(context)
    chosen = Week.parse(week) if week else stages.last_week()
    path = publish(door.app.begin, week=chosen, folder=door.app.workspace.data / "reports", language=speech.chosen())
    door.say(Text(f"已发布：{path}", f"published: {path}"))
    door.give({"week": chosen.label, "report": str(path)})


@app.command()
def run(context: typer.Context, names: Names = None, since: Since = None) -> None:
    """从采集到周报，全部执行一遍。 / All stages once."""
    from yinliu.cli.tour import run_all, tell_summary

    door, stages = _stages(context)
    summary, error = run_all(door, stages, names=names or [], since=_moment(since, door.app.workspace.zone))
    tell_summary(door, summary)
    if error:
        raise error
    door.give(summary)


@app.command()
def status(context: typer.Context) -> None:
    """各来源与各阶段的最近情况。 / How sources and stages stand."""
    door: Door = context.obj
    with door.app.begin() as work:
        states, runs, problems = work.runs.states(), work.runs.last_runs(), work.runs.problems()
    sources = [
        {"source": s.source, "platform": s.platform, "crawled_at": s.crawled_at, "succeeded_at": s.succeeded_at, "problem": s.problem}
        for s in states
    ]
    stages = [{"stage": r.stage, "at": r.finished_at, "outcome": r.outcome, "counts": r.counts} for r in runs]
    quarantine = [{"source": source, "code": code, "seen": seen} for source, code, seen in problems]
    door.give({"sources": sources, "stages": stages, "quarantine": quarantine})
    _show_status(door, sources, stages, quarantine)


def _show_status(door: Door, sources: list[Any], stages: list[Any], quarantine: list[Any]) -> None:
    from yinliu.problems import next_step, what

    door.table(
        Text("来源", "sources"),
        (Text("来源", "source"), Text("平台", "platform"), Text("上次成功", "last success"), Text("问题", "problem")),
        [(s["source"], s["platform"], door.when(s["succeeded_at"]), what(s["problem"]) if s["problem"] else "") for s in sources],
    )
    door.table(
        Text("阶段", "stages"),
        (Text("阶段", "stage"), Text("时间", "at"), Text("结果", "outcome"), Text("计数", "counts")),
        [(s["stage"], door.when(s["at"]), s["outcome"], "，".join(f"{_kind(k)} {v}" for k, v in s["counts"].items())) for s in stages],
    )
    door.table(
        Text("隔离区", "quarantine"),
        (Text("来源", "source"), Text("原因", "reason"), Text("次数", "seen"), Text("下一步", "next step")),
        [(q["source"], f"{what(q['code'])} [{q['code']}]", q["seen"], next_step(q["code"])) for q in quarantine],
    )


@app.command()
def up(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="Airflow 网页端口 / Airflow's port", min=1, max=65535)] = 8080,
) -> None:
    """在本机启动 Airflow（仅回环地址），Ctrl+C 停止。 / Run Airflow on loopback until Ctrl+C."""
    from yinliu.cli.airflow import run_airflow

    raise typer.Exit(run_airflow(context.obj, port=port))


@app.command()
def demo(
    context: typer.Context,
    folder: Annotated[Path, typer.Option(help="演示工作区 / the demo's workspace")] = Path("demo-workspace"),
) -> None:
    """用自带的演示站点走完全程。 / The whole way over a bundled demo site."""
    from yinliu.cli.tour import show_demo

    show_demo(context.obj, folder=folder)


@database.command("upgrade")
def database_upgrade(context: typer.Context) -> None:
    """把数据库结构升级到当前版本。 / Bring the tables up to date."""
    door: Door = context.obj
    upgrade(door.app.raw_engine)
    door.app.engine  # noqa: B018 (says so when the tables still do not fit)
    door.say(Text("数据库结构已是最新。", "the tables are up to date."))
    door.give({"upgraded": True})


def _moment(since: str | None, zone: ZoneInfo) -> datetime | None:
    if since is None:
        return None
    try:
        moment = datetime.fromisoformat(since)
    except ValueError as error:
        text = Text(f"--since {since!r} 应为日期，如 2026-11-01", f"--since {since!r} must be a date, like 2026-11-01")
        raise Misconfigured(text, code="bad_since") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


