"""A folder is watched: each content is loaded once, whatever its name, and a refused one is told once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from crawlers.items import Item, MetricItem, PostItem, ProblemItem
from crawlers.platforms.file import READER, REMEMBERED, FileOptions, FileSpider

CSV = "作品名称,发布时间,体裁,播放量,5s完播率,点赞量\n好,2026-01-01,视频,1,0,1\n"
ODD = "日期,访客数\n2026-01-01,3\n"


def options(folder: Path, **more: Any) -> FileOptions:
    """A source of this folder."""
    return FileOptions.model_validate({"name": "files", "platform": "file", "folder": folder, **more})


def put(folder: Path, name: str, text: str = CSV, *, age: float = 3600) -> Path:
    """A file that was last written so many seconds ago."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def crawl(folder: Path, cursor: dict[str, Any] | None = None, **more: Any) -> tuple[list[Any], dict[str, Any]]:
    """One crawl of the folder: what it gave, and the cursor it leaves, as it comes back from a landing file."""
    since = more.pop("since", None)
    spider = FileSpider(options=options(folder, **more), cursor=cursor or {}, since=since)
    items = list(spider.first_requests())
    return items, json.loads(json.dumps(spider.next_cursor()))


def posts(items: list[Item]) -> int:
    """How many posts."""
    return sum(isinstance(item, PostItem) for item in items)


def told(items: list[Item]) -> list[tuple[str, str, str]]:
    """Problems: code, place, scope."""
    return [(item.code, item.url, item.scope) for item in items if isinstance(item, ProblemItem)]


def test_a_content_is_loaded_once_whatever_its_name(tmp_path: Path) -> None:
    """A copy under another name is passed over in the same crawl and in the next one."""
    put(tmp_path, "a.csv")
    put(tmp_path, "sub/副本.csv")
    items, cursor = crawl(tmp_path)
    assert posts(items) == 1
    assert list(cursor["files"].values()) == ["a.csv"]
    (tmp_path / "a.csv").rename(tmp_path / "b.csv")
    assert crawl(tmp_path, cursor) == ([], cursor)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    """The loader takes what it knows as an update, so a file that grows may be read whole again."""
    put(tmp_path, "a.csv")
    _, cursor = crawl(tmp_path)
    put(tmp_path, "a.csv", CSV + "更好,2026-01-02,视频,1,0,1\n")
    items, cursor = crawl(tmp_path, cursor)
    assert posts(items) == 2
    assert len(cursor["files"]) == 2


def test_a_file_that_may_still_be_written_is_left_to_the_next_crawl(tmp_path: Path) -> None:
    """A clock that is ahead on another machine delays nothing."""
    put(tmp_path, "new.csv", age=2)
    put(tmp_path, "ahead.csv", CSV.replace("好", "坏"), age=-8 * 3600)
    items, cursor = crawl(tmp_path, settle_seconds=600)
    assert list(cursor["files"].values()) == ["ahead.csv"]
    assert posts(items) == 1
    assert posts(crawl(tmp_path, cursor, settle_seconds=0)[0]) == 1


def test_a_file_that_has_just_been_put_there_is_waited_for(tmp_path: Path) -> None:
    """Somebody copies an export and starts a crawl: it is read, a few seconds later."""
    put(tmp_path, "new.csv", age=1)
    assert posts(crawl(tmp_path, settle_seconds=2)[0]) == 1


def test_a_relative_time_does_not_make_another_post(tmp_path: Path) -> None:
    """昨天 is another day in next week's export, and the post is the same."""
    head = "标题,发布时间,阅读量\n"
    ids = []
    for week, name in enumerate(("a.csv", "b.csv")):
        put(tmp_path / name[0], name, f"{head}周末去哪儿,昨天,{week}\n", age=7 * 86400 * (2 - week))
        items = crawl(tmp_path / name[0])[0]
        ids += [(item.external_id, item.published) for item in items if isinstance(item, PostItem)]
    assert len(ids) == 2
    assert ids[0] == ids[1]
    assert ids[0][1] is None


def test_a_file_that_changes_while_it_is_read_is_not_remembered(tmp_path: Path) -> None:
    """It is read again by the next crawl."""
    path = put(tmp_path, "a.csv")
    spider = FileSpider(options=options(tmp_path), cursor={}, since=None)
    reading = spider.first_requests()
    next(reading)
    os.utime(path, (time.time(), time.time()))
    list(reading)
    assert spider.next_cursor()["files"] == {}


def test_a_refused_file_is_told_once_until_the_presets_change(tmp_path: Path) -> None:
    """The content is remembered as refused; other columns in the options are another preset."""
    put(tmp_path, "odd.csv", ODD)
    items, cursor = crawl(tmp_path)
    assert told(items) == [("file_not_recognised", "odd.csv", "item")]
    assert cursor["files"] == {}
    assert crawl(tmp_path, cursor) == ([], cursor)
    columns = {"title": ["日期"], "published": ["日期"], "views": ["访客数"]}
    items, cursor = crawl(tmp_path, cursor, preset="table", columns=columns)
    assert [item.name for item in items if isinstance(item, MetricItem)] == []
    assert len(told(items)) == 1, "a column 日期 rules this preset out"
    put(tmp_path, "presets/own.yaml", "name: own\ntitle: t\nsheets: [{kind: post, columns: {title: [日期]}}]\n")
    items, cursor = crawl(tmp_path, cursor, preset=str(tmp_path / "presets/own.yaml"), pattern="*.csv")
    assert posts(items) == 1
    assert cursor["refused"] == {}


def test_a_window_reads_files_of_that_time_again(tmp_path: Path) -> None:
    """``since`` overrides the cursor, as in every platform."""
    put(tmp_path, "old.csv", age=9 * 86400)
    put(tmp_path, "new.csv", CSV.replace("好", "坏"), age=3600)
    _, cursor = crawl(tmp_path)
    items, after = crawl(tmp_path, cursor, since=datetime.now(UTC) - timedelta(days=1))
    assert posts(items) == 1
    assert after["files"].keys() == cursor["files"].keys()


def test_what_is_no_export_is_passed_over(tmp_path: Path) -> None:
    """Hidden, temporary and picture files, and a database's companions, are nobody's exports."""
    for name in (".hidden.csv", "~$a.xlsx", "a.csv.crdownload", "a.tmp", "cover.JPG", "d.db-wal", ".cache/a.csv"):
        put(tmp_path, name, name)
    assert told(crawl(tmp_path)[0]) == []


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    """What lies elsewhere on the machine is not read."""
    outside = put(tmp_path, "outside/a.csv")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").symlink_to(outside)
    assert told(crawl(tmp_path / "in")[0]) == [("file_unreadable", "a.csv", "item")]


def test_a_missing_folder_and_a_broken_preset_stop_the_source(tmp_path: Path) -> None:
    """Nothing else can be read then, and the cursor stays as it was."""
    assert told(crawl(tmp_path / "none")[0])[0][2] == "source"
    for text in (
        "name: [",
        "name: own\ntitle: t\nsheets: []\n",
        "name: own\ntitle: t\nsheets: [{kind: x}]\n",
        "[" * 9999,
    ):
        put(tmp_path, "own.yaml", text)
        (problem,) = crawl(tmp_path, preset=str(tmp_path / "own.yaml"))[0]
        assert (problem.code, problem.scope) == ("file_unreadable", "source")
    (problem,) = crawl(tmp_path, preset=str(tmp_path / "gone.yaml"))[0]
    assert "gone.yaml" in problem.detail


def test_a_fault_in_one_file_does_not_lose_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours is told each time, and the file is tried again by the next crawl."""
    put(tmp_path, "a.csv")
    put(tmp_path, "b.csv", CSV.replace("好", "坏"))
    real = FileSpider._content

    def faulty(self: FileSpider, path: Path, place: str, desk: Any) -> Any:
        if place == "a.csv":
            raise ZeroDivisionError("a fault")
        return real(self, path, place, desk)

    monkeypatch.setattr(FileSpider, "_content", faulty)
    items, cursor = crawl(tmp_path)
    assert told(items) == [("unreadable", "a.csv", "item")]
    assert posts(items) == 1
    assert list(cursor["files"].values()) == ["b.csv"]


def test_the_cursor_stays_small(tmp_path: Path) -> None:
    """The oldest contents are forgotten first."""
    put(tmp_path, "a.csv")
    before = {f"{n:016x}": "x" for n in range(REMEMBERED)}
    cursor = crawl(tmp_path, {"files": before, "reader": READER})[1]
    assert len(cursor["files"]) == REMEMBERED
    assert list(cursor["files"].values())[-1] == "a.csv"


@pytest.mark.parametrize(
    "wrong",
    [
        {"preset": "douyinn"},
        {"columns": {"Views!": ["x"]}},
        {"pattern": "../*"},
        {"pattern": "/etc/*"},
        {"settle_seconds": -1},
        {"unknown": 1},
    ],
)
def test_wrong_options_are_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    """A mistake is found when the sources are read, not when they are crawled."""
    with pytest.raises(ValidationError):
        options(tmp_path, **wrong)


def test_a_real_crawl_process_writes_the_items(tmp_path: Path) -> None:
    """Through Scrapy and the landing file, with no request, and with the cursor at its end."""
    put(tmp_path, "in/a.csv")
    put(tmp_path, "in/odd.csv", ODD)
    landing = tmp_path / "landing" / "1.jsonl"
    source = json.loads(options(tmp_path / "in").model_dump_json())
    job = {"source": source, "run": "1", "landing": str(landing), "started_at": datetime.now(UTC).isoformat()}
    command = [sys.executable, "-m", "crawlers"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True) as process:
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.flush()
        said = process.stdout.read()
    assert process.returncode == 0, said
    lines = [json.loads(line) for line in landing.read_text(encoding="utf-8").splitlines()]
    assert [line["kind"] for line in lines] == ["run", "post", "metric", "metric", "problem", "end"]
    assert list(lines[-1]["cursor"]["files"].values()) == ["a.csv"]


def test_what_an_older_reader_read_is_read_once_more(tmp_path: Path) -> None:
    """It said no platforms; whatever else the cursor knows."""
    put(tmp_path, "a.csv")
    items, cursor = crawl(tmp_path)
    assert {item.platform for item in items if item.kind == "post"} == {"douyin"}
    old = {name: value for name, value in cursor.items() if name != "reader"}
    again, after = crawl(tmp_path, old)
    assert (again, after) == (items, cursor)
    assert crawl(tmp_path, after) == ([], after)
