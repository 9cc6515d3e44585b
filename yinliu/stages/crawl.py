"""crawl: one source into one landing file, in a process of its own that never outlives this one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawlers.frontier import FILE, SINCE_FILE, source_digest, unfinished_run
from crawlers.options import SourceOptions
from crawlers.problems import REMEDIES
from crawlers.task import Job, Visit
from yinliu.errors import ActionNeeded, RetryLater, YinliuError
from yinliu.language import Text
from yinliu.locks import only_one
from yinliu.problems import describe
from yinliu.stages.counts import Begin, Counts, Progress, now, silent

_TAIL = 2000
_VISITS_MOST, _VISITS_SHARE = 500, 4
"""Visits of one crawl: at most so many, and at most a quarter of its requests; what is overdue longest comes first."""

_SWEEP = 5
"""Resting posts looked at in each crawl: so few that history costs nothing, and each old post still has its turn.

Never more than the due ones may be: with a small budget they would keep a crawl from ever reading the rest of a site.
"""

_RUN = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True, slots=True)
class Crawled:
    """What one crawl brought: items by kind, and the problems it met (code, url, detail, scope)."""

    source: str
    run: str
    counts: Counts
    problems: list[dict[str, str]] = field(default_factory=list)
    requests: int = 0

    def error(self) -> YinliuError | None:
        """The error of a crawl that something source-wide went wrong with; its landing file is whole all the same."""
        wide = [p for p in self.problems if p["scope"] == "source" and REMEDIES.get(p["code"]) != "later"]
        if not wide:
            return None
        acting = [problem for problem in wide if REMEDIES.get(problem["code"]) != "retry"]
        problem = (acting or wide)[0]
        return (ActionNeeded if acting else RetryLater)(_said(self.source, problem), code=problem["code"])

    def notes(self) -> list[Text]:
        """What the next crawl will put right by itself."""
        wide = [p for p in self.problems if p["scope"] == "source" and REMEDIES.get(p["code"]) == "later"]
        return [_said(self.source, problem) for problem in wide]


def _said(source: str, problem: dict[str, str]) -> Text:
    return describe(source=source, code=problem["code"], place=problem["url"], detail=problem["detail"])


def crawl(
    begin: Begin,
    *,
    source: SourceOptions,
    landing: Path,
    since: datetime | None = None,
    browser: str | None = None,
    progress: Progress = silent,
) -> Crawled:
    """Gather one source; what is whole lies in ``landing/SOURCE/RUN.jsonl`` afterwards."""
    folder = landing / source.name
    with only_one(folder / ".lock", what=Text(f"来源 {source.name} 的采集", f"the crawl of {source.name}")):
        job = _job(source, folder=folder, known=_known(begin, source), since=since, browser=browser)
        _sweep(folder, keep=job.run)
        summary = _watch(job, log=landing.parent / "logs" / f"crawl-{source.name}.log", progress=progress)
    return Crawled(source.name, job.run, summary["done"], summary["problems"], summary.get("requests", 0))


def _known(begin: Begin, source: SourceOptions) -> dict[str, Any]:
    """What the database knows of a source: its cursor, its newest posts, and the posts to be read again."""
    with begin() as work:
        known: dict[str, Any] = {"cursor": work.runs.cursor(source.name)}
        _refuse_another_site(source, known["cursor"].get("of"))
        if source.revisits:
            budget = min(source.max_requests, source.daily_requests)
            most = min(_VISITS_MOST, max(1, budget // _VISITS_SHARE))
            resting = work.visits.resting(source.name, min(_SWEEP, most))
            due = [*work.visits.due(source.name, now(), most), *resting]
            known["visits"] = tuple(Visit(post_id=one.post, url=one.url, known=one.known) for one in due)
            known["known_posts"] = tuple(work.visits.known_posts(source.name))
    return known


def _refuse_another_site(source: SourceOptions, before: str | None) -> None:
    """Two sites count their posts from 1: under one name the second would overwrite the first."""
    if before in (None, source.identity):
        return
    text = Text(
        f"来源 {source.name} 原来是 {before}，现在成了 {source.identity}。两个站点的编号会混在一起。"
        f"下一步：在 sources.yaml 里给新站点另起一个 name。",
        f"source {source.name} was {before} and is now {source.identity}: their ids would mix. "
        f"Next: give the new site a name of its own in sources.yaml.",
    )
    raise ActionNeeded(text, code="source_changed")


def _job(source: SourceOptions, *, folder: Path, known: dict[str, Any], since: datetime | None, browser: Any) -> Job:
    """A new run, or the one that was killed."""
    given = source.model_dump(mode="json")
    digest, journal = source_digest(given, since=since), SINCE_FILE if since else FILE
    started = now()
    run = unfinished_run(folder / journal, digest=digest) or started.strftime(_RUN)
    return Job(
        source=given,
        run=run,
        landing=folder / f"{run}.jsonl",
        started_at=datetime.strptime(run, _RUN).replace(tzinfo=UTC),
        frontier=journal,
        digest=digest,
        since=since,
        browser=browser,
        **known,
    )


def _sweep(folder: Path, *, keep: str) -> None:
    """Remove what nobody will continue; the lock says that nobody writes it now."""
    for part in folder.glob(".*.part"):
        if part.name != f".{keep}.jsonl.part":
            part.unlink()


def _watch(job: Job, *, log: Path, progress: Progress) -> dict[str, Any]:
    """Run the crawl process to its end; gives its summary."""
    log.parent.mkdir(parents=True, exist_ok=True)
    summary: dict[str, Any] | None = None
    done = 0
    with log.open("wb") as errors, _process(job, errors) as process:
        for message in _messages(process.stdout or ()):
            if "progress" in message or "done" in message:
                total = sum((message["done"] if "done" in message else message["progress"]).values())
                progress(total - done)
                done = total
            summary = message if "done" in message else summary
    if summary is None or process.returncode != 0 or not job.landing.exists():
        raise _died(job, process.returncode, log)
    return summary


def _messages(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """What the crawl process says; a library's own words in between are passed over."""
    for line in lines:
        with suppress(ValueError):
            message = json.loads(line)
            if isinstance(message, dict):
                yield message


@contextmanager
def _process(job: Job, errors: Any) -> Iterator[subprocess.Popen[str]]:
    """The crawl process in a group of its own; its open standard input is what keeps it alive."""
    command = [sys.executable, "-m", "crawlers"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
    )
    try:
        with suppress(BrokenPipeError):  # it died already; its exit code and its log will say why
            assert process.stdin
            process.stdin.write(job.model_dump_json() + "\n")
            process.stdin.flush()
        yield process
        process.wait()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _died(job: Job, code: int, log: Path) -> RetryLater:
    tail = log.read_text(encoding="utf-8", errors="replace")[-_TAIL:].strip().splitlines()
    last = tail[-1][:200] if tail else ""
    source = job.source["name"]
    message = Text(
        f"来源 {source} 的采集进程意外退出（代码 {code}）：{last} 日志：{log}。下一步：再运行一次。",
        f"the crawl process of {source} died (code {code}): {last} Log: {log}. Next: run it again.",
    )
    return RetryLater(message, code="crawl_failed")
