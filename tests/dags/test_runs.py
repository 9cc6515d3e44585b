"""Whole DAG runs against a fake ``yinliu``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Airflow's own, while it reads .airflowignore
Run = Callable[..., tuple[str, dict[str, list[str]]]]


def test_gather_crawls_each_planned_source_then_loads(run: Run, fake: Any) -> None:
    """A run crawls every source of the plan once and loads afterwards."""
    state, tasks = run("gather")
    assert state == "success"
    assert tasks["crawl_wordpress"] == ["success", "success"]
    assert tasks["crawl_feed"] == ["skipped"]
    assert tasks["verdict"] == ["skipped"]
    assert sorted(fake.calls[1:-1]) == [
        "crawl blog --json",
        "crawl club --json",
        "crawl news --json",
    ]
    assert (fake.calls[0], fake.calls[-1]) == ("plan --json", "load --json")


def test_gather_loads_but_fails_when_one_crawl_failed(run: Run, fake: Any) -> None:
    """One crawl that needs somebody fails the run; the others' landing files are loaded all the same."""
    fake.exits("crawl-blog", 4)
    state, tasks = run("gather")
    assert state == "failed"
    assert tasks["crawl_wordpress"] == ["failed", "success"]
    assert (tasks["load"], tasks["verdict"]) == (["success"], ["failed"])
    assert fake.calls.count("crawl blog --json") == 1


def test_gather_hands_params_over_as_single_words(run: Run, fake: Any) -> None:
    """The Params arrive as words of the command line."""
    assert run("gather", sources=["blog", "club"], since="2026-11-01")[0] == "success"
    assert fake.calls[0] == "plan --json blog club --since 2026-11-01"
    assert "crawl blog --json --since 2026-11-01" in fake.calls


@pytest.mark.parametrize("conf", [{"sources": ["blog; touch x"]}, {"sources": ["--all"]}, {"since": "$(id)"}])
def test_gather_refuses_params_that_are_no_names(run: Run, fake: Any, conf: dict[str, Any]) -> None:
    """A Param that breaks its schema never reaches a shell."""
    with pytest.raises(ValueError, match="Invalid input"):
        run("gather", **conf)
    assert fake.calls == []


def test_gather_skips_the_crawls_but_loads_when_the_plan_is_empty(run: Run, fake: Any) -> None:
    """Nothing to crawl: landing files of a killed run are still loaded."""
    fake.exits("plan", 99)
    state, tasks = run("gather")
    assert (state, tasks["crawl_page"], tasks["load"]) == (
        "success",
        ["skipped"],
        ["success"],
    )


@pytest.mark.parametrize("idle", [["tag"], ["tag", "qualify"], ["tag", "qualify", "route"]])
def test_onboard_goes_on_after_a_step_with_nothing_to_do(run: Run, fake: Any, idle: list[str]) -> None:
    """Exit 99 skips that step only."""
    for command in idle:
        fake.exits(command, 99)
    state, tasks = run("onboard")
    assert state == "success"
    assert [task for task, found in tasks.items() if found == ["skipped"]] == sorted(idle, key=list(tasks).index)
    assert fake.calls == ["tag --json", "qualify --json", "route --json"]


def test_onboard_stops_after_a_step_that_failed(run: Run, fake: Any) -> None:
    """A failed step leaves the next ones unrun."""
    fake.exits("tag", 4)
    state, tasks = run("onboard")
    assert state == "failed"
    assert (tasks["qualify"], tasks["route"]) == (
        ["upstream_failed"],
        ["upstream_failed"],
    )
    assert fake.calls == ["tag --json"]


def test_crm_export_sends_to_each_target(run: Run, fake: Any) -> None:
    """Without a Param every target of the plan is served, in whatever order the scheduler takes them."""
    assert run("crm_export")[0] == "success"
    listed, *sent = fake.calls
    assert listed == "export --list --json"
    assert sorted(sent) == ["export csv --json", "export webhook --json"]


def test_crm_export_refuses_an_unknown_target(run: Run, fake: Any) -> None:
    """A target that crm.yaml does not have fails the run instead of doing nothing."""
    assert run("crm_export", target=["sap"])[0] == "failed"
    assert fake.calls == ["export --list --json"]


def test_weekly_report_is_written_before_it_is_delivered(run: Run, fake: Any) -> None:
    """The week reaches both commands."""
    assert run("weekly_report", week="2026-W47")[0] == "success"
    assert fake.calls == [
        "report --json --week 2026-W47",
        "deliver --json --week 2026-W47",
    ]


def test_upkeep_with_nothing_to_do_is_no_failure(run: Run, fake: Any) -> None:
    """Exit 99 of the first task leaves a good run."""
    fake.exits("upkeep", 99)
    assert run("upkeep")[0] == "success"


@pytest.mark.parametrize("idle", [["upkeep"], ["upkeep", "invite", "observe"]])
def test_upkeep_goes_on_after_a_step_with_nothing_to_do(run: Run, fake: Any, idle: list[str]) -> None:
    """Tickets, then invitations, then who joined; exit 99 skips that step only."""
    for command in idle:
        fake.exits(command, 99)
    state, tasks = run("upkeep")
    assert state == "success"
    assert {task for task, found in tasks.items() if found == ["skipped"]} == set(idle)
    assert fake.calls == ["upkeep --json", "invite --json", "observe --json"]


@pytest.mark.parametrize("code", [3, 4])
def test_a_hub_that_fails_is_seen(run: Run, fake: Any, code: int) -> None:
    """The run fails, nothing is tried again within it, and nobody is looked for."""
    fake.exits("invite", code)
    state, tasks = run("upkeep")
    assert (state, tasks["invite"]) == ("failed", ["failed"])
    assert fake.calls == ["upkeep --json", "invite --json"]
