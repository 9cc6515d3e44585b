"""What people see of gathering: how sources stand, what could not be read, how counters went."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call
from yinliu.bootstrap import App
from yinliu.settings import Settings

STARTED = "2026-11-20T00:00:00+00:00"
POST = {"kind": "post", "external_id": "1", "url": "http://x.example/1", "title": "雪山露营", "body": "文"}
POST |= {"published": "2026-11-18T00:00:00+00:00"}
PROBLEM = {"kind": "problem", "code": "body_too_large", "url": "http://x.example/2", "detail": "> max_body_mib 10"}
SOURCES = "sources:\n- {name: blog, platform: feed, url: 'https://x.example/feed'}\n"
SOURCES += "- {name: shop, platform: wordpress, url: 'https://y.example/'}\n"


@pytest.fixture
def gathered(workspace: Path, call: Call) -> list[str]:
    """A workspace of two sources, one of them gathered; gives the options that name it."""
    likes = {"kind": "metric", "post_id": "1", "name": "likes", "value": 12000, "raw": "1.2万"}
    land(workspace, "1", POST, likes, PROBLEM, started=STARTED)
    fewer = {**likes, "value": 11000, "raw": "1.1万"}
    land(workspace, "2", fewer, started="2026-11-21T06:00:00+00:00")
    (workspace / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    options = ["--workspace", str(workspace)]
    assert call(*options, "load").code == 0
    return options


def land(workspace: Path, run: str, *rows: dict[str, Any], started: str) -> None:
    """A landing file as a crawl leaves it."""
    first = {"kind": "run", "source": "blog", "platform": "feed", "started_at": started}
    last = {"kind": "end", "lines": len(rows), "requests": 7, "cursor": {}}
    file = workspace / "data" / "landing" / "blog" / f"{run}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in (first, *rows, last)), encoding="utf-8")


def test_status_tells_every_source(call: Call, gathered: list[str]) -> None:
    """Configured ones first, also those that were never gathered."""
    said = call(*gathered, "status")
    assert all(word in said.out for word in ("blog", "正常", "shop", "尚未采集", "metric_regressed"))


def test_status_is_json_for_programs(call: Call, gathered: list[str]) -> None:
    """Rows, requests and errors of the last crawl; unknown is null."""
    told = json.loads(call(*gathered, "status", "--json").out)
    blog, shop = told["sources"]
    assert (blog["source"], blog["standing"], blog["rows"], blog["requests"]) == ("blog", "good", 1, 7)
    assert (shop["standing"], shop["rows"], shop["succeeded_at"]) == ("never", None, None)
    assert {row["code"] for row in told["quarantine"]} == {"body_too_large", "metric_regressed"}


def test_problems_are_listed_with_what_to_do(call: Call, gathered: list[str]) -> None:
    """Source, address, limit, next step and code, in one line each."""
    lines = call(*gathered, "problems", "--code", "body_too_large").out.splitlines()
    assert len(lines) == 1
    assert all(
        part in lines[0] for part in ("blog", "http://x.example/2", "max_body_mib 10", "下一步", "body_too_large")
    )
    assert "没有未解决的问题" in call(*gathered, "problems", "shop").out


def test_problems_are_json_lines_for_programs(call: Call, gathered: list[str]) -> None:
    """One object a line, nothing else."""
    rows = [json.loads(line) for line in call(*gathered, "problems", "blog", "--json").out.splitlines()]
    assert {(row["code"], row["scope"]) for row in rows} == {("body_too_large", "item"), ("metric_regressed", "note")}
    assert all(row["next_step"] for row in rows)


def test_a_curve_shows_windows_and_falls(call: Call, gathered: list[str]) -> None:
    """What was written is shown beside what was read; a fall is marked."""
    said = call(*gathered, "curve", "1")
    assert all(word in said.out for word in ("雪山露营", "24 小时", "12,000", "1.2万", "72 小时", "11,000", "变少"))
    told = json.loads(call(*gathered, "curve", "1", "--json").out)
    assert [(one["window"], one["value"], one["regressed"]) for one in told["snapshots"]] == [
        ("24h", 12000, False),
        ("72h", 11000, True),
    ]


def test_a_curve_of_no_post_is_refused(call: Call, gathered: list[str]) -> None:
    """With the command that lists them."""
    said = call(*gathered, "curve", "99")
    assert (said.code, "yinliu posts" in said.err) == (2, True)


def test_a_folder_is_gathered_again_and_again(call: Call, workspace: Path) -> None:
    """A file that is put there tomorrow is read tomorrow, by real crawls."""
    folder = workspace / "inbox"
    folder.mkdir()
    (workspace / "sources.yaml").write_text(
        "sources:\n- {name: exports, platform: file, folder: inbox, settle_seconds: 0}\n", encoding="utf-8"
    )
    for number in (1, 2, 3):
        table = f"标题,链接,发布时间,阅读量\n露营,https://x.example/{number},2026-11-0{number} 10:00,7\n"
        (folder / f"{number}.csv").write_text(table, encoding="utf-8")
        for stage in ("crawl", "load"):
            said = call("--workspace", str(workspace), stage)
            assert said.code == 0, said
    with App(Settings(workspace=workspace)).begin() as work:
        assert [post["title"] for post in work.links.posts()] == ["露营"] * 3
