"""An Airflow of the tests' own: its home is set before anything imports airflow."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DAGS = Path(__file__).parents[2] / "dags"
FAKE = Path(__file__).parent / "fake"
PLATFORMS = ("feed", "page", "wordpress")
HOME = tempfile.mkdtemp(prefix="yinliu-dags-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ.update(
    AIRFLOW_HOME=HOME,
    AIRFLOW__CORE__DAGS_FOLDER=str(DAGS),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__UNIT_TEST_MODE="False",
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{HOME}/airflow.db",
    AIRFLOW__LOGGING__LOGGING_LEVEL="WARNING",
    YINLIU_PLATFORMS=",".join(PLATFORMS),
)


class Fake:
    """A ``yinliu`` first on PATH that answers as told and remembers what it was called with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def exits(self, command: str, code: int, *, seconds: float = 0) -> None:
        """Let ``command`` (or ``command-word``) end with that exit code."""
        (self.folder / command).write_text(f"{code} {seconds}\n")

    @property
    def calls(self) -> list[str]:
        """The command lines so far."""
        calls = self.folder / "calls"
        return calls.read_text().splitlines() if calls.exists() else []


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """The fake ``yinliu``, found before any other."""
    monkeypatch.setenv("PATH", f"{FAKE}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_YINLIU", str(tmp_path))
    return Fake(tmp_path)


@pytest.fixture(scope="session")
def bag() -> Any:
    """Every DAG in the folder, as Airflow parses it."""
    return _parsed()


def _parsed() -> Any:
    from airflow.dag_processing.dagbag import BundleDagBag

    return BundleDagBag(str(DAGS), bundle_path=DAGS, bundle_name="dags-folder")


@pytest.fixture(scope="session")
def database() -> None:
    """Airflow's tables in a SQLite file, and the pools."""
    airflow = [sys.executable, "-m", "airflow"]
    subprocess.run([*airflow, "db", "migrate"], check=True, capture_output=True)
    from airflow.models.pool import Pool

    for name in PLATFORMS:
        Pool.create_or_update_pool(f"platform_{name}", slots=4, description="", include_deferred=False)


@pytest.fixture
def run(database: None, fake: Fake) -> Callable[..., tuple[str, dict[str, list[str]]]]:
    """Run one DAG in this process; answers the run's state and each task's states."""

    def once(dag_id: str, **conf: object) -> tuple[str, dict[str, list[str]]]:
        # parsed anew: Airflow writes what a run is told into the DAG's own Params, and would tell it the next one too
        result = _parsed().dags[dag_id].test(run_conf=conf)
        states: dict[str, list[str]] = {}
        for instance in result.get_task_instances():
            states.setdefault(instance.task_id, []).append(str(instance.state))
        return str(result.state), {task: sorted(found) for task, found in states.items()}

    return once
