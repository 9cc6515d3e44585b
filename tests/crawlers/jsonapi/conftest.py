"""One crawl of a JSON API as a process of its own, without a database: what it landed, its cursor, what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.server import Site, serving
from tests.patience import PATIENCE

QUICK: dict[str, Any] = {"delay_seconds": 0, "max_wait_seconds": 0.1, "timeout_seconds": 30, "allow_private": True}


@dataclass(frozen=True)
class Landed:
    """What one crawl came to: the records of its landing file, its cursor (None: not moved), its summary."""

    records: list[dict[str, Any]]
    cursor: dict[str, Any] | None
    requests: int
    log: str

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The records of a kind."""
        return [record for record in self.records if record["kind"] == kind]

    def ids(self, kind: str) -> list[str]:
        """The external ids of a kind, in order."""
        return [record["external_id"] for record in self.of(kind)]

    @property
    def codes(self) -> Counter[str]:
        """How often each problem occurred."""
        return Counter(problem["code"] for problem in self.of("problem"))


@dataclass
class Crawling:
    """Crawls sources one after the other into a folder; the frontier stays between crawls as it does in earnest."""

    folder: Path
    number: int = 0
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, source: dict[str, Any], **job: Any) -> Landed:
        """One crawl to its end."""
        self.number += 1
        landing = self.folder / f"20261121T0000{self.number:02}.jsonl"
        whole = {"name": "api", "platform": "json", **QUICK, **source}
        told = {"source": whole, "run": landing.stem, "landing": str(landing), "started_at": "2026-11-21T04:00:00Z"}
        process = subprocess.Popen(
            [sys.executable, "-m", "crawlers"],
            env={**os.environ, **self.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(json.dumps({**told, **job}) + "\n")
        process.stdin.flush()
        said, log = process.stdout.read(), process.stderr.read()
        process.stdin.close()
        assert process.wait(PATIENCE) == 0, log
        summary = json.loads(said.splitlines()[-1])
        lines = [json.loads(line) for line in landing.read_text(encoding="utf-8").splitlines()]
        return Landed(lines[1:-1], lines[-1].get("cursor"), summary["requests"], log)


@pytest.fixture
def crawling(tmp_path: Path) -> Crawling:
    """Crawls into a folder of the test's own."""
    folder = tmp_path / "api"
    folder.mkdir()
    return Crawling(folder)


@pytest.fixture
def site() -> Iterator[Site]:
    """An API that answers what the test says."""
    with serving() as running:
        yield running
