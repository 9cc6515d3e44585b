"""The DAG files as they stand: parsed, documented, tied to existing pools, importing nothing of ours."""

from __future__ import annotations

import ast
import re
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from crawlers.settings import platforms
from yinliu.supervisor import pools

DAGS = Path(__file__).parents[2] / "dags"
FILES = sorted(DAGS.glob("*.py"))
IDS = ["crm_export", "gather", "onboard", "upkeep", "weekly_report"]
PLATFORMS = ("feed", "page", "wordpress")


def imported(file: Path) -> set[str]:
    """The top packages a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_dag_file_imports_airflow_and_the_standard_library_only(file: Path) -> None:
    """Nothing of ours, nothing heavy: a DAG file parses in milliseconds."""
    assert imported(file) <= sys.stdlib_module_names | {"airflow", "commands"}


def test_every_dag_parses(bag: Any) -> None:
    """The folder holds the five DAGs and no import error."""
    assert bag.import_errors == {}
    assert sorted(bag.dags) == IDS


@pytest.mark.parametrize("name", IDS)
def test_a_dag_tells_what_it_is(bag: Any, name: str) -> None:
    """Each DAG has an owner, tags, and a title and a text that begin in Chinese and go on in English."""
    dag = bag.dags[name]
    assert dag.owner == "yinliu"
    assert "yinliu" in dag.tags
    assert re.match("[\u4e00-\u9fff]", dag.dag_display_name)
    assert re.search(
        "^## [\u4e00-\u9fff]+$.*失败了怎么办.*^## [A-Z]",
        dag.doc_md,
        re.DOTALL | re.MULTILINE,
    )


@pytest.mark.parametrize("name", IDS)
def test_a_dag_neither_catches_up_nor_overlaps(bag: Any, name: str) -> None:
    """No run for the past, one run at a time."""
    assert (bag.dags[name].catchup, bag.dags[name].max_active_runs) == (False, 1)


@pytest.mark.parametrize("name", IDS)
def test_a_task_names_only_pools_that_are_generated(bag: Any, name: str) -> None:
    """A task whose pool does not exist would never run."""
    known = {"default_pool", *pools(PLATFORMS)}
    assert {task.pool for task in bag.dags[name].tasks} <= known


@pytest.mark.parametrize("name", [name for name in IDS if name != "onboard"])
def test_a_first_run_waits_for_the_next_tick(bag: Any, name: str) -> None:
    """A schedule is in Shanghai's time and does not fire for a tick that went by before it was known."""
    told = bag.dags[name].timetable.serialize()
    assert (told["timezone"], told["run_immediately"]) == ("Asia/Shanghai", 60.0)


def test_gather_gives_each_platform_a_mapped_crawl_in_its_pool(bag: Any) -> None:
    """plan → sources → crawl (mapped) for each platform."""
    dag = bag.dags["gather"]
    for name in PLATFORMS:
        crawl = dag.get_task(f"crawl_{name}")
        assert (crawl.is_mapped, crawl.pool, crawl.retries) == (
            True,
            f"platform_{name}",
            2,
        )
        assert crawl.upstream_task_ids == {f"sources_{name}"}
        assert dag.get_task(f"sources_{name}").upstream_task_ids == {"plan"}


def test_gather_knows_every_platform_unless_told(bag: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody set YINLIU_PLATFORMS each platform of the crawlers has its tasks."""
    monkeypatch.syspath_prepend(str(Path(bag.dags["gather"].fileloc).parent))
    assert runpy.run_path(bag.dags["gather"].fileloc)["EVERY"] == ",".join(platforms())


def test_gather_loads_after_every_crawl_whatever_became_of_it(bag: Any) -> None:
    """load waits for all crawls, runs after failures too, and is what updates the asset."""
    load = bag.dags["gather"].get_task("load")
    assert load.upstream_task_ids == {f"crawl_{name}" for name in PLATFORMS}
    assert load.trigger_rule == "all_done"
    assert [asset.name for asset in load.outlets] == ["content"]


def test_gather_has_one_leaf_that_fails_the_run(bag: Any) -> None:
    """verdict is the only leaf and looks at every step that may fail."""
    dag = bag.dags["gather"]
    assert [task.task_id for task in dag.leaves] == ["verdict"]
    assert dag.get_task("verdict").upstream_task_ids == {
        "plan",
        "load",
        *(f"crawl_{name}" for name in PLATFORMS),
    }
    assert dag.get_task("verdict").trigger_rule == "one_failed"


def test_gather_refuses_a_plan_with_an_unknown_platform(bag: Any) -> None:
    """A source on a platform without a task must not be left out in silence."""
    plan = bag.dags["gather"].get_task("plan")
    with pytest.raises(Exception, match=r"YINLIU_PLATFORMS.*weibo"):
        plan.output_processor('{"weibo": ["brand"]}')


def test_onboard_follows_the_content(bag: Any) -> None:
    """onboard is scheduled by the asset that gather's load updates, and updates leads."""
    dag = bag.dags["onboard"]
    assert [asset.name for asset in dag.timetable.asset_condition.objects] == ["content"]
    assert [asset.name for asset in dag.get_task("route").outlets] == ["leads"]
    assert {task.trigger_rule for task in dag.tasks} == {"none_failed"}
