"""The real systems of ``../shared/peers``, started and seeded by ``.ci/run``; without them these tests are skipped."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from models.vault import new_key
from tests.run.conftest import Yinliu
from tests.run.rows import last_json
from yinliu.workspace.folder import write_starter

_SOURCES = (Path(__file__).parent / "sources.yaml").read_text(encoding="utf-8")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the peers, and one workspace: on one worker."""
    missing = pytest.mark.skip(
        reason="set PEERS to the folder of the real systems, started and seeded, as .ci/run does"
    )
    for item in items:
        if "tests/peers" in str(item.path):
            item.add_marker(pytest.mark.peers)
            item.add_marker(pytest.mark.xdist_group("peers"))
            if "PEERS" not in os.environ:
                item.add_marker(missing)


@dataclass(frozen=True)
class Gathered:
    """A workspace after one run over the peers, that run's summary, and the command."""

    workspace: Path
    summary: dict[str, Any]
    yinliu: Yinliu


def peers_state() -> Path:
    """Where the peers keep their data."""
    return Path(os.environ.get("PEER_STATE") or Path.home() / ".cache" / "peers")


@pytest.fixture(scope="session")
def seed() -> dict[str, Any]:
    """What the peers were seeded with: the ground truth."""
    found: dict[str, Any] = json.loads((peers_state() / "seed.json").read_text(encoding="utf-8"))
    return found


def write_peers_workspace(folder: Path) -> None:
    """A starter workspace over both peers."""
    folder.mkdir(parents=True)
    (folder / "sources.yaml").write_text(_SOURCES, encoding="utf-8")
    write_starter(folder)


@pytest.fixture(scope="session")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Gathered:
    """One run over both peers."""
    home = tmp_path_factory.mktemp("peers")
    write_peers_workspace(home / "workspace")
    yinliu = Yinliu(home, new_key())
    summary = last_json(yinliu("--workspace", str(home / "workspace"), "run", "--json"))
    return Gathered(home / "workspace", summary, yinliu)
