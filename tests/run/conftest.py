"""A small site, workspaces over it, and ``yinliu`` as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.vault import new_key
from yinliu.demo.composition import compose
from yinliu.demo.site import serve
from yinliu.demo.tour import write_demo_workspace

_FIRST, _WEEK = datetime(2026, 11, 20, 12, tzinfo=UTC), timedelta(days=7)
FRIDAY = _FIRST + (datetime.now(UTC) - _FIRST) // _WEEK * _WEEK
"""Noon of the last Friday: what the site published is at all times as old as it was in the week of its first day."""


@dataclass(frozen=True)
class Yinliu:
    """The command, with an environment of its own."""

    home: Path
    key: str

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the tester's own key or settings."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("YINLIU_")}
        return clean | {"YINLIU_KEY": self.key, "HOME": str(self.home), "COLUMNS": "200"}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The command as a process in a group of its own."""
        command = [sys.executable, "-m", "yinliu", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, env=self.environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True, start_new_session=True
        )

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """What the command prints; its exit code must be ``code``."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=300)
        assert process.returncode == code, f"{arguments}: {process.returncode}\n{out}\n{err}"
        return out + err


@pytest.fixture(scope="session")
def key() -> str:
    """A key of the tests' own."""
    return new_key()


@pytest.fixture
def yinliu(tmp_path: Path, key: str) -> Yinliu:
    """The command; every workspace shares one key."""
    return Yinliu(tmp_path, key)


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The demo site as it stood last Friday."""
    with serve(compose(now=FRIDAY)) as base:
        yield base


@pytest.fixture
def workspace(tmp_path: Path, site: str) -> Path:
    """A workspace over three parts of the site, without the one that needs a browser."""
    folder = tmp_path / "workspace"
    write_demo_workspace(folder, base=site, render=False)
    return folder
