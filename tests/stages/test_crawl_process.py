"""The crawl stage around its process: one that dies at once, or says other things, is told apart from a whole crawl."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from crawlers.options import SourceOptions
from tests.stages.team import Team
from yinliu.errors import RetryLater
from yinliu.stages.crawl import crawl

SOURCE = SourceOptions(name="blog", platform="feed", url="http://127.0.0.1:9/")


def _pretend(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Let a script stand for the crawl process."""
    interpreter = folder / "python"
    interpreter.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    interpreter.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(interpreter))


@pytest.mark.parametrize("script", ["exec 0<&-; exit 7", "cat > /dev/null & sleep 0.1; kill -9 $$", "echo nonsense"])
def test_a_process_that_dies_is_told(team: Team, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    """Whenever it dies, the error names the source and the log, and nothing has landed."""
    _pretend(monkeypatch, tmp_path, script)
    with pytest.raises(RetryLater) as raised:
        crawl(team.begin, source=SOURCE, landing=tmp_path / "landing")
    assert raised.value.code == "crawl_failed"
    assert "blog" in str(raised.value)
    assert list((tmp_path / "landing").glob("*/*.jsonl")) == []


def test_a_librarys_words_are_passed_over(team: Team, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Lines that are no messages of ours do not disturb a whole crawl."""
    script = """
read job
echo "a library says hello"; echo 42
landing=$(echo "$job" | sed 's/.*"landing":"\\([^"]*\\)".*/\\1/')
mkdir -p "$(dirname "$landing")"; : > "$landing"
echo '{"done": {"post": 1}, "problems": []}'
"""
    _pretend(monkeypatch, tmp_path, script)
    done: Any = crawl(team.begin, source=SOURCE, landing=tmp_path / "landing")
    assert done.counts == {"post": 1}
