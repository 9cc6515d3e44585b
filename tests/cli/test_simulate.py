"""``yinliu simulate``: what is told, and how bad input is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.cli.conftest import Call
from yinliu.cli.simulate import read_start
from yinliu.errors import Misconfigured
from yinliu.workspace.folder import Workspace

CHINA = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
NEW = "communities:\n  - {name: other, title: 新群, capacity: 1, operators: [阿禾]}\n"


@pytest.fixture
def options(workspace: Path, call: Call) -> list[str]:
    """A workspace in which two people qualified; gives the options that name it."""
    now = datetime.now(UTC).isoformat()
    rows: list[dict[str, Any]] = [
        {
            "kind": "comment",
            "external_id": f"c{n}",
            "post_id": "p",
            "author": f"买家{n}",
            "author_id": f"u{n}",
            "text": f"想买，多少钱？1391234567{n}",
            "published": now,
        }
        for n in range(2)
    ]
    first = {"kind": "run", "source": "blog", "platform": "feed", "started_at": now}
    file = workspace / "data" / "landing" / "blog" / "1.jsonl"
    file.parent.mkdir(parents=True)
    lines = (first, *rows, {"kind": "end", "lines": len(rows), "cursor": {}})
    file.write_text("".join(json.dumps(row) + "\n" for row in lines), encoding="utf-8")
    chosen = ["--workspace", str(workspace)]
    for stage in ("load", "tag", "qualify"):
        assert call(*chosen, stage).code == 0
    return chosen


@pytest.fixture
def new_file(tmp_path: Path) -> Path:
    """Another file: one community with one seat."""
    path = tmp_path / "NEW.yaml"
    path.write_text(NEW, encoding="utf-8")
    return path


def test_a_program_is_told_everything(call: Call, options: list[str], new_file: Path) -> None:
    """One JSON object: both files by community and operator, who changes, what starves."""
    said = call(*options, "--json", "simulate", "--communities", str(new_file), "--since", "2w")
    assert said.code == 0
    found = json.loads(said.out)
    assert found["leads"] == 2
    assert found["now"]["communities"]["welcome"]["people"] == 2
    assert found["new"]["communities"]["other"] == {"people": 1, "queued": 0, "waiting": 1, "free": 0}
    assert [one["name"] for one in found["changes"]] == ["买家0", "买家1"]
    assert found["changes"][1]["new"]["state"] == "blocked_full"
    assert found["starving"] == {"communities": [], "operators": []}
    assert "139" not in said.out


def test_people_are_told_in_tables(call: Call, options: list[str], new_file: Path) -> None:
    """In Chinese, with the words of states and reasons; a second time, from the same day on, the same."""
    day = (datetime.now(UTC) - timedelta(days=14)).date().isoformat()
    told = ("simulate", "--communities", str(new_file), "--since", day)
    welcome = Workspace(Path(options[1])).titles["community:welcome"]
    said = call(*options, *told)
    for word in ("没有写入任何数据", f"{welcome} 已分配", "新群 社群已满", "买家1", "等名额 1", "接收所有人"):
        assert word in said.out
    assert call(*options, *told).out == said.out
    english = call(*options, "--lang", "en", *told)
    assert "nothing was written" in english.out


def test_nobody_to_replay_is_told(call: Call, workspace: Path, new_file: Path) -> None:
    """An empty database."""
    said = call("--workspace", str(workspace), "simulate", "--communities", str(new_file))
    assert said.code == 0
    assert "0 条" in said.out


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, ("NEW.yaml", "没有这个文件")),
        ("communities:\n  - {name: a, title: A, capacity: 5, operators: [x], topics: [nowhere]}\n", ("nowhere",)),
        ("communities:\n  - {name: a, title: A, capacity: 0, operators: [x]}\n", ("NEW.yaml:2", "不能小于 1")),
        ("communities: [\n", ("NEW.yaml",)),
    ],
)
def test_a_bad_file_is_refused(
    call: Call, workspace: Path, new_file: Path, content: str | None, told: tuple[str, ...]
) -> None:
    """With its name, the line and what is wrong."""
    if content is None:
        new_file.unlink()
    else:
        new_file.write_text(content, encoding="utf-8")
    said = call("--workspace", str(workspace), "simulate", "--communities", str(new_file))
    assert said.code == 2
    assert all(word in said.err for word in told), said.err


@pytest.mark.parametrize(
    "since",
    [
        "",
        "14",
        "d",
        "-3d",
        "1.5d",
        "14 d",
        "99999w",
        "昨天",
        "2026-13-01",
        "2999-01-01",
        "0d",
        "0001-01-01",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_a_bad_duration_is_refused(call: Call, workspace: Path, new_file: Path, since: str) -> None:
    """With what is allowed."""
    said = call("--workspace", str(workspace), "simulate", "--communities", str(new_file), f"--since={since}")
    assert said.code == 2
    assert "--since" in said.err


@pytest.mark.parametrize(
    ("since", "start"),
    [
        ("36h", "2026-11-18T16:00:00+00:00"),
        ("14d", "2026-11-06T04:00:00+00:00"),
        ("2W", "2026-11-06T04:00:00+00:00"),
        ("2026-11-01", "2026-10-31T16:00:00+00:00"),
        ("2026-11-01T00:00:00+00:00", "2026-11-01T00:00:00+00:00"),
    ],
)
def test_since_when(since: str, start: str) -> None:
    """A duration back, or a date in the team's zone."""
    assert read_start(since, zone=CHINA, moment=NOON).astimezone(UTC).isoformat() == start


def test_a_duration_of_nine_thousand_weeks_is_too_long() -> None:
    """There is no such day."""
    with pytest.raises(Misconfigured):
        read_start("9999w" * 2, zone=CHINA, moment=NOON)


def test_a_missing_file_option_is_told_a_program(call: Call, workspace: Path) -> None:
    """One JSON object, as for every other error."""
    said = call("--workspace", str(workspace), "simulate", "--since", "30d", "--json")
    assert (said.code, json.loads(said.out)["error"]) == (2, "usage")
    assert "--communities" in json.loads(said.out)["message"]
