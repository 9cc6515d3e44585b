"""The command line called in this process, with an environment of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from yinliu import language
from yinliu.cli import main
from yinliu.workspace.folder import write_starter


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Call = Callable[..., Said]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Call]:
    """``call("leads", "--json")`` as a shell would, without the tester's own settings."""
    for name in ("WORKSPACE", "DATABASE_URL", "KEY", "KEY_FILE", "LANG", "CHROMIUM"):
        monkeypatch.delenv(f"YINLIU_{name}", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["yinliu", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Said(int(ended.value.code or 0), printed.out, printed.err)

    yield run
    language.choose("zh")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A starter workspace."""
    write_starter(tmp_path / "workspace")
    return tmp_path / "workspace"
