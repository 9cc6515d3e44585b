"""A run that is killed at any moment is finished by the next one, as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.run.conftest import Yinliu
from tests.run.rows import business_rows, exported_leads
from yinliu.demo.tour import write_demo_workspace

ROUNDS = 10
KILLS_A_ROUND = 5
WHOLE_GROUP_SHARE = 0.5


def _kill_after(process: subprocess.Popen[str], seconds: float, *, whole_group: bool) -> None:
    """SIGKILL, to the one process or to all that it started."""
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        if whole_group:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.communicate()


def _crawls_of(workspace: Path) -> list[int]:
    """Crawl processes that are still alive, found by what was written to them: their landing file is open."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                targets = [str(link.readlink()) for link in (entry / "fd").iterdir()]
            except OSError:
                continue
            if any(target.startswith(f"{workspace}/data/landing") for target in targets):
                found.append(int(entry.name))
    return found


@dataclass(frozen=True)
class Undisturbed:
    """A run that nobody killed: how long it took and what it left."""

    seconds: float
    rows: dict[str, list[Any]]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, site: str, key: str) -> Undisturbed:
    """One run from nothing, with the key that the killed runs use too."""
    home = tmp_path_factory.mktemp("undisturbed")
    write_demo_workspace(home / "workspace", base=site, render=False)
    began = time.monotonic()
    Yinliu(home, key)("--workspace", str(home / "workspace"), "run")
    return Undisturbed(time.monotonic() - began, business_rows(home / "workspace"))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_killed_run_leaves_nothing_wrong(
    seed: int, yinliu: Yinliu, workspace: Path, undisturbed: Undisturbed
) -> None:
    """Five kills at random moments, then one whole run: the rows of an undisturbed run, and no lead exported twice."""
    moment = random.Random(seed)
    for _ in range(KILLS_A_ROUND):
        process = yinliu.start("--workspace", str(workspace), "run")
        _kill_after(process, moment.uniform(0.2, undisturbed.seconds), whole_group=moment.random() < WHOLE_GROUP_SHARE)
    yinliu("--workspace", str(workspace), "run")

    found = business_rows(workspace)
    for table, rows in undisturbed.rows.items():
        assert found[table] == rows, table
    exported = exported_leads(workspace)
    assert len(exported) == len(set(exported)) == len(undisturbed.rows["export"])
    assert _crawls_of(workspace) == []
