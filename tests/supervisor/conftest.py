"""Start supervisors in processes of their own, and see what they leave."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.ports import free_port
from yinliu.supervisor.processes import marked, sweep
from yinliu.supervisor.settings import MARK

ROOT = Path(__file__).parents[2]
TRIAL = Path(__file__).parent / "trial.py"


def clean_environment(**more: str) -> dict[str, str]:
    """This process's environment without what other tests have set for Airflow."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "YINLIU"))}
    paths = [str(ROOT), kept.get("PYTHONPATH", "")]
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, paths))} | more


def eventually(fact: Callable[[], object], *, within: float = PATIENCE) -> bool:
    """Whether the fact comes true in time."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if fact():
            return True
        time.sleep(0.05)
    return False


@dataclass
class Trial:
    """One supervisor in a process of its own."""

    process: subprocess.Popen[str]
    home: Path
    output: Path

    @property
    def said(self) -> str:
        """Everything it has announced so far."""
        return self.output.read_text()

    @property
    def mark(self) -> dict[str, str]:
        """What the environment of its processes holds."""
        return {MARK: json.loads((self.home / "secrets.json").read_text())["identity"]}

    @property
    def pids(self) -> list[int]:
        """Its processes, the supervisor itself not among them."""
        return marked(self.mark)

    def ready(self, *, within: float = PATIENCE) -> bool:
        """Whether it says in time that all is well."""
        return eventually(
            lambda: "ready:" in self.said or self.process.poll() is not None,
            within=within,
        ) and ("ready:" in self.said)

    def stop(self, number: int = signal.SIGTERM, *, within: float = PATIENCE) -> int:
        """Send a signal and wait for the exit code."""
        self.process.send_signal(number)
        return self.process.wait(within)


@pytest.fixture
def port() -> int:
    """A free port."""
    return free_port()


@pytest.fixture
def trial(tmp_path: Path, port: int) -> Iterator[Callable[..., Trial]]:
    """Start a supervisor over fake components; whatever is left at the end is swept away."""
    begun: list[Trial] = []

    def begin(*services: tuple[str, ...], **options: object) -> Trial:
        told = {
            "home": str(tmp_path / "home"),
            "port": port,
            "services": services,
            **options,
        }
        output = tmp_path / f"said-{len(begun)}"
        with output.open("w") as stream:
            process = subprocess.Popen(
                [sys.executable, str(TRIAL), json.dumps(told)],
                env=clean_environment(FOLDER=str(tmp_path)),
                stdout=stream,
                stderr=subprocess.STDOUT,
                text=True,
            )
        begun.append(Trial(process, tmp_path / "home", output))
        return begun[-1]

    yield begin
    for one in begun:
        one.process.kill()
        one.process.wait()
        if (one.home / "secrets.json").exists():
            sweep(one.mark, grace=0)
