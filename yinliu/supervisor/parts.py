"""What is run: commands that end, commands that stay, and how to ask whether all is well."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from yinliu.supervisor.health import fetch_health, is_healthy

SLOTS = 4
SLOTS_BY_PLATFORM = {"page": 1}  # a browser takes 0.6 GiB: one at a time


@dataclass(frozen=True, slots=True)
class Component:
    """One command under a name; its output goes to ``logs/NAME.log``."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a supervisor runs: ``preparations`` to their end and in order, then ``services`` for as long as it lives."""

    preparations: tuple[Component, ...]
    services: tuple[Component, ...]
    healthy: Callable[[], bool]

    def beside(self, more: Sequence[Component]) -> Parts:
        """The same with further services, started last and stopped first."""
        return replace(self, services=(*self.services, *more))


def airflow_parts(*, port: int, pools_file: Path) -> Parts:
    """Airflow's components for one machine; no triggerer, because no task of ours defers."""
    since = datetime.now(UTC)
    return Parts(
        preparations=(
            _airflow("db-migrate", "db", "migrate"),
            _airflow("pools-import", "pools", "import", str(pools_file)),
        ),
        services=(
            _airflow("api-server", "api-server", "--host", "127.0.0.1", "--port", str(port)),
            _airflow("scheduler", "scheduler", "--skip-serve-logs"),
            _airflow("dag-processor", "dag-processor"),
        ),
        healthy=lambda: is_healthy(fetch_health(port), since=since),
    )


def pools(platforms: Sequence[str]) -> Mapping[str, Mapping[str, object]]:
    """Airflow's pools by name, one a platform, as ``airflow pools import`` reads them."""
    return {
        f"platform_{name}": {
            "slots": SLOTS_BY_PLATFORM.get(name, SLOTS),
            "description": f"{name}: 同时采集的来源数 / crawls at once",
            "include_deferred": False,
        }
        for name in platforms
    }


def _airflow(name: str, *words: str) -> Component:
    return Component(name, (sys.executable, "-m", "airflow", *words))
