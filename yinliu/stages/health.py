"""health: how each source stands, and what somebody must do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from crawlers.problems import REMEDIES
from models.unit_of_work import UnitOfWork
from nlp.contacts import mask_text
from yinliu.language import Text
from yinliu.problems import next_step, what
from yinliu.stages.counts import Begin

Standing = Literal["never", "good", "unfinished", "retry", "act"]

STANDINGS: dict[str, Text] = {
    "never": Text("尚未采集", "not crawled yet"),
    "good": Text("正常", "good"),
    "unfinished": Text("未采完", "to be continued"),
    "retry": Text("稍后重试", "to be retried"),
    "act": Text("需要处理", "somebody must act"),
}
_BY_REMEDY: dict[str, Standing] = {"later": "unfinished", "retry": "retry"}


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody must do: the code and how often it was met, what it means, an example of it, the next step."""

    code: str
    seen: int
    meaning: str
    example: str
    next_step: str


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How one source stands; None is "not known" everywhere. ``errors`` counts the last crawl's problems by code."""

    source: str
    platform: str
    standing: Standing
    configured: bool
    crawled_at: datetime | None = None
    succeeded_at: datetime | None = None
    problem: str | None = None
    requests: int | None = None
    rows: int | None = None
    errors: dict[str, int] = field(default_factory=dict)
    next_due: datetime | None = None
    actions: tuple[Action, ...] = ()


def health(begin: Begin, *, configured: Sequence[Any]) -> list[SourceHealth]:
    """Every source of ``sources.yaml`` in its order, then those that are only known to the database."""
    with begin() as work:
        states = {state["source"]: state for state in work.runs.states()}
        problems = work.runs.problems()
        platforms = {source.name: source.platform for source in configured}
        lasting = {source.name for source in configured if not source.revisits}
        states = {name: state | ({"next_due": None} if name in lasting else {}) for name, state in states.items()}
        names = list(dict.fromkeys((*platforms, *states)))
        return [_one(work, name, platforms.get(name), states.get(name), problems) for name in names]


def _one(
    work: UnitOfWork,
    name: str,
    platform: str | None,
    state: dict[str, Any] | None,
    problems: Sequence[tuple[str, str, int]],
) -> SourceHealth:
    if state is None:
        return SourceHealth(name, platform or "", "never", configured=True)
    open_ = {code: seen for source, code, seen in problems if source == name}
    problem = state["problem"]
    needed = dict.fromkeys(([problem] if problem else []) + [code for code in open_ if REMEDIES.get(code) == "act"])
    return SourceHealth(
        source=name,
        platform=platform or state["platform"],
        standing=_BY_REMEDY.get(REMEDIES.get(problem, "act"), "act") if problem else "good",
        configured=platform is not None,
        actions=tuple(_action(work, name, code, open_.get(code, 1)) for code in needed),
        errors=state["errors"] or {},
        **{key: state[key] for key in ("crawled_at", "succeeded_at", "problem", "requests", "rows", "next_due")},
    )


def _action(work: UnitOfWork, source: str, code: str, seen: int) -> Action:
    rows = work.quarantine.newest(source=source, code=code, limit=1)
    example = mask_text(f"{rows[0]['locator']} {rows[0]['detail']}") if rows else ""
    return Action(code, seen, str(what(code)), example, str(next_step(code)))
