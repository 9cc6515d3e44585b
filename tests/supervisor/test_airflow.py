"""A real Airflow under the supervisor, with a fake ``yinliu``: the whole way from start to stop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE, wait_until

ROOT = Path(__file__).parents[2]
FAKE = ROOT / "tests" / "dags" / "fake"
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Api:
    """Airflow's REST interface, as the admin."""

    def __init__(self, port: int, password: str) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.token = ""
        self.token = self.ask("/auth/token", {"username": "admin", "password": password})["access_token"]

    def ask(self, path: str, body: object = None) -> Any:
        """GET, or POST when there is a body."""
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.token}",
        }
        data = None if body is None else json.dumps(body).encode()
        with direct.open(urllib.request.Request(self.base + path, data, headers), timeout=PATIENCE) as answer:
            return json.load(answer)

    def state(self, dag: str, run: str) -> str:
        """The state of one run."""
        return str(self.ask(f"/api/v2/dags/{dag}/dagRuns/{urllib.parse.quote(run)}")["state"])

    def states(self, dag: str, *, kind: str) -> list[str]:
        """The states of a DAG's runs of one kind; a full hour brings a scheduled one."""
        return [run["state"] for run in self.ask(f"/api/v2/dags/{dag}/dagRuns")["dag_runs"] if run["run_type"] == kind]


def refused(url: str) -> int:
    """The status a stranger gets."""
    try:
        with direct.open(url, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.airflow
def test_gather_runs_and_onboard_follows_and_nothing_is_left(
    trial: Callable[..., Any],
    port: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Up, gather by REST, onboard by its asset, each command run once, down, no process left."""
    scripts = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", os.pathsep.join([str(FAKE), scripts, os.environ["PATH"]]))
    monkeypatch.setenv("FAKE_YINLIU", str(tmp_path))
    supervisor = trial(dags=str(ROOT / "dags"), patience={"stop": 15})
    assert supervisor.ready(), supervisor.said
    password = json.loads((supervisor.home / "passwords.json").read_text())["admin"]
    api = Api(port, password)
    assert refused(f"http://127.0.0.1:{port}/api/v2/dags") == 401
    wait_until(lambda: api.ask("/api/v2/dags")["total_entries"] == 5)
    api.ask(
        "/api/v2/dags/gather/dagRuns",
        {"logical_date": None, "conf": {"since": "2026-11-01"}},
    )
    wait_until(lambda: "success" in api.states("onboard", kind="asset_triggered"))
    wait_until(lambda: "running" not in api.states("gather", kind="manual"))  # its asset came before its end
    assert api.states("gather", kind="manual") == ["success"]
    assert "crawl blog --json --since 2026-11-01" in (tmp_path / "calls").read_text()
    assert password not in "".join(log.read_text() for log in supervisor.home.glob("logs/*.log"))
    assert supervisor.stop() == 0
    assert supervisor.pids == []
    assert str(supervisor.home) not in subprocess.check_output(["ps", "-eo", "args"], text=True)
