"""``yinliu up``: Airflow's components over this workspace, under the supervisor."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from pathlib import Path

from yinliu.cli.door import Door
from yinliu.errors import ActionNeeded
from yinliu.language import Text, chosen
from yinliu.settings import state_home
from yinliu.supervisor import supervise


def run_airflow(door: Door, *, port: int) -> int:
    """Check what the tasks will need, then run Airflow until it is told to stop; gives the exit code."""
    app = door.app
    if importlib.util.find_spec("airflow") is None:
        text = Text("没有安装 Airflow，请先运行 make setup。", "Airflow is not installed: run `make setup` first.")
        raise ActionNeeded(text, code="airflow_missing")
    app.sources  # noqa: B018 (mistakes in the workspace are told now, not in a task's log)
    app.vault  # noqa: B018 (the database and the key are made before tasks race for them)
    return supervise(
        home=state_home() / f"airflow-{_mark(app.workspace.folder)}",
        dags_folder=dags_folder(),
        workspace=app.workspace.folder,
        environment={**os.environ, **_for_tasks(door)},
        port=port,
        platforms=sorted(app.platforms),
        announce=door.say,
    )


def dags_folder() -> Path:
    """Where the DAG files lie: beside the package in a checkout, inside it once installed."""
    package = Path(__file__).resolve().parents[1]
    beside = package.parent / "dags"
    return beside if (beside / "gather.py").exists() else package / "_dags"


def _for_tasks(door: Door) -> dict[str, str]:
    """What a task's own ``yinliu`` needs to work on the same database in the same language."""
    return {"YINLIU_DATABASE_URL": door.app.database_url, "YINLIU_LANG": chosen()}


def _mark(folder: Path) -> str:
    """A short name for a workspace's folder."""
    return hashlib.sha256(str(folder).encode("utf-8")).hexdigest()[:12]
