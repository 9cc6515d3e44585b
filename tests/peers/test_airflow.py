"""The same through Airflow: ``yinliu up``, a trigger by REST, and ``onboard`` follows by itself."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from models.vault import new_key
from tests.peers.conftest import Gathered, write_peers_workspace
from tests.ports import free_port
from tests.run.conftest import Yinliu
from tests.run.rows import business_rows
from yinliu.supervisor.processes import environment_of

_PATIENCE_SECONDS = 240


@dataclass(frozen=True)
class Airflow:
    """A running Airflow over the peers."""

    base: str
    token: str
    workspace: Path

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One call of its REST API."""
        return _call(method, self.base + path, body, {"Authorization": f"Bearer {self.token}"})

    def states(self, dag: str) -> list[str]:
        """The states of a DAG's runs."""
        return [run["state"] for run in self.ask("GET", f"/api/v2/dags/{dag}/dagRuns")["dag_runs"]]


def _call(method: str, url: str, body: Any, headers: dict[str, str]) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers}, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def _await(what: str, ready: Any) -> Any:
    """Ask until there is an answer."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            if found := ready():
                return found
        except OSError:
            pass
        time.sleep(0.5)
    raise AssertionError(f"no {what} in {_PATIENCE_SECONDS} s")


@pytest.fixture
def airflow(tmp_path: Path) -> Iterator[Airflow]:
    """``yinliu up`` over the peers, healthy; stopped by SIGTERM at the end."""
    workspace, port = tmp_path / "workspace", free_port()
    write_peers_workspace(workspace)
    process = Yinliu(tmp_path, new_key()).start("--workspace", str(workspace), "up", "--port", str(port))
    try:
        base = f"http://127.0.0.1:{port}"
        passwords = _await("password", lambda: list(tmp_path.glob(".local/state/yinliu/*/passwords.json")))[0]
        login = {"username": "admin", "password": json.loads(passwords.read_text())["admin"]}
        token = _await("token", lambda: _call("POST", f"{base}/auth/token", login, {})["access_token"])
        yield Airflow(base, token, workspace)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=_PATIENCE_SECONDS)


@pytest.mark.airflow
def test_onboard_follows_gather(airflow: Airflow, gathered: Gathered) -> None:
    """A gather run triggered by REST leads to an onboard run, and both to the same rows as ``yinliu run``."""
    _await("dag", lambda: airflow.ask("GET", "/api/v2/dags/gather"))
    airflow.ask("POST", "/api/v2/dags/gather/dagRuns", {"logical_date": None, "conf": {}})
    _await("gather", lambda: airflow.states("gather") == ["success"])
    _await("onboard", lambda: airflow.states("onboard") == ["success"])
    found, wanted = business_rows(airflow.workspace), business_rows(gathered.workspace)
    for table in ("post", "comment", "tag", "person"):
        assert found[table] == wanted[table], table
    assert len(found["ticket"]) == len(wanted["ticket"]) > 0


@pytest.fixture(autouse=True)
def _no_process_left(tmp_path: Path) -> Iterator[None]:
    """Nothing that was started for a test outlives it."""
    yield
    numbers = [entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    left = [pid for pid in numbers if _belongs(pid, str(tmp_path))]
    assert left == []


def _belongs(pid: str, folder: str) -> bool:
    try:
        return pid != str(os.getpid()) and folder.encode() in environment_of(Path("/proc", pid))
    except OSError:
        return False
