"""Commands that only tell wait for no writer."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from models import database
from tests.cli.conftest import Call

TELLING = (
    ("leads",), ("leads", "--as-of", "2026-11-20"), ("posts",), ("status",), ("problems",), ("links",),
    ("queue", "list"), ("queue", "parked"), ("queue", "walk-ins"),
    ("people", "list"), ("people", "suggest"), ("people", "merges"),
    ("simulate", "--since", "2w", "--communities"), ("suggest", "--week", "2026-W40"),
)  # fmt: skip


@pytest.mark.parametrize("command", TELLING, ids=" ".join)
def test_it_answers_while_somebody_writes(
    call: Call, workspace: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of another process's transaction, however long that takes."""
    at = ("--workspace", str(workspace))
    assert call(*at, "status").code == 0
    monkeypatch.setattr(database, "BUSY_SECONDS", 1)
    writer = sqlite3.connect(workspace / "data" / "yinliu.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    if command[-1] == "--communities":
        command = (*command, str(workspace / "communities.yaml"))
    said = call(*at, *command)
    writer.execute("ROLLBACK")
    writer.close()
    assert "locked" not in said.out + said.err and said.code in (0, 99), said.err
