"""``yinliu status`` and ``yinliu plan``: how things stand, and what a crawl would gather."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from nlp.contacts import mask_text
from yinliu import problems as words
from yinliu import titles, wording
from yinliu.cli.door import Door
from yinliu.cli.stages import Names, Since, read_since
from yinliu.errors import Misconfigured
from yinliu.foreign import in_chinese
from yinliu.language import Text
from yinliu.stages.counts import now
from yinliu.stages.health import STANDINGS, SourceHealth, health
from yinliu.stages.load import waiting_files
from yinliu.workspace.document import no_such

Row = tuple[Any, ...]


def plan(context: typer.Context, names: Names = None, since: Since = None) -> None:
    """列出要采集的来源，按平台分组（供 Airflow 使用）。 / Sources by platform, for Airflow."""
    door: Door = context.obj
    read_since(since, door.app.workspace.zone)
    found: dict[str, list[str]] = {name: [] for name in door.app.platforms}
    for source in door.app.chosen_sources(names or []):
        found[source.platform].append(source.name)
    door.give(found)
    rows = [(titles.platform(platform), "、".join(sources)) for platform, sources in found.items()]
    door.table(Text("来源", "sources"), (("平台", "platform"), ("来源", "sources")), rows)


def status(context: typer.Context) -> None:
    """各来源是否正常、要做什么，以及各阶段的最近情况。 / How sources and stages stand, and what to do."""
    door: Door = context.obj
    sources = health(door.app.reading, configured=list(door.app.sources.values()))
    with door.app.reading() as work:
        stages, seen = work.runs.last_runs(), work.runs.problems()
    quarantine = [{"source": source, "code": code, "seen": count} for source, code, count in seen]
    door.give({"sources": [asdict(source) for source in sources], "stages": stages, "quarantine": quarantine})
    _show_sources(door, sources)
    _tell_waiting(door)
    _show_actions(door, sources)
    _show_stages(door, stages)
    _show_quarantine(door, quarantine)


def problems(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="来源名称，不写则全部 / a source, all if none")] = None,
    code: Annotated[str | None, typer.Option(help="只看一种问题，如 not_found / one code only")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="最多列多少条 / at most")] = 50,
) -> None:
    """哪些内容没能读取：网址、数值与上限、下一步。 / What could not be read, and what to do."""
    door: Door = context.obj
    with door.app.reading() as work:
        known = {*door.app.sources, *(state["source"] for state in work.runs.states())}
        if name is not None and name not in known:
            said = Text(f"没有名为 {name!r} 的来源", f"there is no source {name!r}")
            raise Misconfigured(no_such(said, name, sorted(known)), code="no_source")
        if code is not None and code not in words.known_codes():
            said = Text(f"没有名为 {code!r} 的问题", f"there is no code {code!r}")
            raise Misconfigured(no_such(said, code, sorted(words.known_codes())), code="no_code")
        rows = work.quarantine.newest(source=name, code=code, limit=limit)
    told = [{**row, "locator": mask_text(row["locator"]), "detail": mask_text(row["detail"])} for row in rows]
    door.give_lines([{**row, "next_step": str(words.next_step(row["code"]))} for row in told])
    for row in told:
        said = words.describe(source=row["source"], code=row["code"], place=row["locator"], detail=row["detail"])
        times = Text(f"共 {row['seen']} 次，最近 {door.when(row['last_seen_at'])}", f"{row['seen']} times")
        door.say(f"{said} {times}")
    _tell_waiting(door)
    if not rows:
        door.say(Text("没有未解决的问题。", "there are no open problems."))


def _show_sources(door: Door, sources: list[SourceHealth]) -> None:
    columns = (("来源", "source"), ("平台", "platform"), ("状态", "state"), ("上次成功", "last success"))
    counts = (("行数", "rows"), ("请求", "requests"), ("问题", "problems"), ("下次回访", "next visit"))
    door.table(Text("来源", "sources"), (*columns, *counts), [_source_row(door, source) for source in sources])


def _source_row(door: Door, source: SourceHealth) -> Row:
    standing: Text | str = STANDINGS[source.standing] if source.configured else Text("已停用", "not in sources.yaml")
    if source.standing == "good" and source.actions:
        standing = Text(f"正常，{len(source.actions)} 项待处理", f"good, {len(source.actions)} to do")
    visit = door.when(source.next_due)
    due = source.next_due is not None and source.next_due <= now()
    return (
        source.source,
        titles.platform(source.platform),
        standing,
        door.when(source.succeeded_at),
        _known(source.rows),
        _known(source.requests),
        sum(source.errors.values()) or "",
        Text("下次采集时", "with the next crawl") if due else visit,
    )


def _known(value: int | None) -> str:
    return "—" if value is None else f"{value:,}"


def _tell_waiting(door: Door) -> None:
    """What was crawled and is not in the database yet is in none of these figures."""
    waiting = len(waiting_files(door.app.reading, landing=door.app.workspace.landing))
    if waiting:
        text = Text(
            f"有 {waiting} 个落地文件尚未入库，以上不含其中的内容：先运行 yinliu load。",
            f"{waiting} landing files are not loaded and not counted here: run `yinliu load` first.",
        )
        door.say(text)


def _show_actions(door: Door, sources: list[SourceHealth]) -> None:
    """What somebody must do, a line each: wide enough to be read, too long for a table."""
    acting = [(source.source, action) for source in sources if source.configured for action in source.actions]
    if acting:
        door.say(Text("需要处理", "to be done"))
    for name, action in acting:
        place = f"：{in_chinese(action.example)}" if action.example else ""
        zh = f"{action.meaning}（{action.code}，{action.seen} 次{place}）→ {action.next_step}"
        place = f": {action.example}" if action.example else ""
        en = f"{action.meaning} ({action.code} × {action.seen}{place}) → {action.next_step}"
        door.say(Text(f"  {name}：{zh}", f"  {name}: {en}"))
    if acting:
        door.say("")


def _show_stages(door: Door, stages: list[dict[str, Any]]) -> None:
    columns = (("阶段", "stage"), ("时间", "at"), ("结果", "outcome"), ("计数", "counts"))
    rows = [
        (titles.stage(s["stage"]), door.when(s["at"]), _outcome(s["outcome"]), _counted(s["counts"])) for s in stages
    ]
    door.table(Text("阶段", "stages"), columns, rows)


def _outcome(name: str) -> Text:
    """How a stage ended; the code of a problem by what it means."""
    return Text("完成", "done") if name == "done" else Text(words.what(name).zh, name)


def _counted(counts: dict[str, int]) -> str:
    """The counts that are more than 0; in English all of them."""
    return str(Text(wording.listed({k: v for k, v in counts.items() if v}) or "没有新内容", wording.listed(counts)))


def _show_quarantine(door: Door, quarantine: list[dict[str, Any]]) -> None:
    columns = (("来源", "source"), ("原因", "reason"), ("次数", "seen"), ("下一步", "next step"))
    rows = [
        (q["source"], f"{words.what(q['code'])} [{q['code']}]", q["seen"], words.next_step(q["code"]))
        for q in quarantine
    ]
    door.table(Text("隔离区", "quarantine"), columns, rows)
