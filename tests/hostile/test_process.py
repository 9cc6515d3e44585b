"""The crawl process itself: what it uses at most, how it ends, and what it leaves behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawlers.task import Job
from tests.hostile.conftest import Gather, list_page, post_page
from tests.hostile.server import Site
from tests.patience import PATIENCE, wait_until
from yinliu.errors import RetryLater

KIBIBYTES_A_MEBIBYTE = 1024
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """Where the process writes."""
    return tmp_path / "landing" / "run.jsonl"


@pytest.fixture
def start(gather: Gather, landing: Path) -> Start:
    """Start a crawl process by hand, told what to gather; its standard input stays open."""

    def begin(*, most_bytes: int | None = None, **changed: Any) -> subprocess.Popen[str]:
        source = gather.options("page", **changed).model_dump(mode="json")
        job = Job(source=source, run="1", landing=landing, started_at=datetime.now(UTC))
        limit = f"ulimit -f {most_bytes // 1024};" if most_bytes else ""
        command = ["bash", "-c", f"{limit} exec {sys.executable} -m crawlers"]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, start_new_session=True)
        assert process.stdin
        process.stdin.write(job.model_dump_json() + "\n")
        process.stdin.flush()
        return process

    return begin


def in_group(group: int) -> list[int]:
    """The living processes of a group."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == group and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def test_a_gzip_bomb_takes_little_memory(start: Start, site: Site) -> None:
    """100 MB of zeros in 100 kB: refused, and the process never takes 300 MB."""
    site.zip("/", bytes(100_000_000))
    process = start()
    peak = 0
    while process.poll() is None:
        peak = max(peak, high_water(process.pid))
        time.sleep(0.005)
    assert process.stdout
    summary = json.loads(process.stdout.readlines()[-1])
    assert process.returncode == 0
    assert [problem["code"] for problem in summary["problems"]] == ["decompressed_too_large"]
    assert 0 < peak < 300 * KIBIBYTES_A_MEBIBYTE


def high_water(pid: int) -> int:
    """The most memory (KiB) that a process ever held; wait4's figure would count the test's own process before exec."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def test_it_ends_with_whoever_started_it(start: Start, site: Site, landing: Path) -> None:
    """When its standard input closes, the whole group ends and no landing file appears."""
    site.hold("/")
    process = start(timeout_seconds=2 * PATIENCE)
    wait_until(lambda: site.asked["/"] == 1)
    assert process.stdin
    process.stdin.close()
    process.wait(timeout=PATIENCE)
    wait_until(lambda: in_group(process.pid) == [])
    assert not landing.exists()


def test_told_to_stop_it_does_not_look_complete(start: Start, site: Site, landing: Path) -> None:
    """SIGTERM in the middle of a crawl leaves no landing file: the next crawl begins where this one did."""
    site.give("/", list_page("/post"))
    site.hold("/post")
    process = start(timeout_seconds=2 * PATIENCE)
    wait_until(lambda: site.asked["/post"] == 1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=PATIENCE) != 0
    assert not landing.exists()


def test_a_killed_command_leaves_no_crawl_behind(gather: Gather, site: Site, tmp_path: Path) -> None:
    """kill -9 of ``yinliu crawl`` ends its crawl process, and the next crawl sweeps up and runs."""
    site.hold("/")
    script = (
        "import sys, json; from pathlib import Path; from models.database import open_engine;"
        "from models.unit_of_work import UnitOfWork; from yinliu.stages.crawl import crawl;"
        "from crawlers.platforms.page import PageOptions;"
        "given = json.loads(sys.argv[1]); engine = open_engine(given['database']);"
        "crawl(lambda: UnitOfWork(engine), source=PageOptions(**given['source']), landing=Path(given['landing']))"
    )
    source = gather.options("page", timeout_seconds=2 * PATIENCE).model_dump(mode="json")
    given = {"source": source, "landing": str(gather.landing), "database": f"sqlite:///{tmp_path / 'yinliu.db'}"}
    parent = subprocess.Popen([sys.executable, "-c", script, json.dumps(given)])
    wait_until(lambda: site.asked["/"] == 1)
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
    assert len(children) == 1
    parent.kill()
    parent.wait()
    wait_until(lambda: in_group(int(children[0])) == [])
    assert list(gather.landing.glob("*/.*.part"))
    site.give("/", list_page("/post"))
    site.give("/post", post_page())
    assert set(gather("page").posts) == {"/post"}
    assert not list(gather.landing.glob("*/.*.part"))


def test_a_full_disk_does_not_look_like_a_complete_crawl(start: Start, site: Site, landing: Path) -> None:
    """What cannot be written ends the process with an error and without a landing file."""
    site.give("/", list_page(*(f"/post-{number}" for number in range(40))))
    for number in range(40):
        site.give(f"/post-{number}", post_page(body="长" * 1000))
    process = start(most_bytes=64 * 1024)
    assert process.stdout and process.stderr
    lines, errors = process.stdout.readlines(), process.stderr.read()
    assert process.wait(timeout=PATIENCE) != 0
    assert "File too large" in errors.splitlines()[-1]
    assert not any("done" in json.loads(line) for line in lines)
    assert not landing.exists()


def test_a_process_that_dies_is_told(gather: Gather, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crawl process that dies is ``crawl_failed``: run it again, and here is the log."""
    dying = tmp_path / "dying"
    dying.write_text("#!/bin/sh\nread job; exit 7\n")
    dying.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(dying))
    with pytest.raises(RetryLater, match=r"crawl-hostile\.log") as caught:
        gather.crawl("page")
    assert caught.value.code == "crawl_failed"


def test_a_fault_of_a_parser_is_named_and_keeps_the_cursor(
    start: Start, site: Site, landing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception in a parser is ``unreadable`` with the scope of its page, so that nothing is skipped."""
    folder = tmp_path / "broken"
    folder.mkdir()
    wrapper = (
        "import crawlers.platforms.page as page\n"
        "def fail(*args, **kwargs): raise KeyError('a fault of ours')\n"
        "page.parse_links = fail\n"
    )
    (folder / "sitecustomize.py").write_text(wrapper)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    site.give("/", list_page("/post"))
    process = start()
    assert process.stdout and process.stderr
    summary = json.loads(process.stdout.readlines()[-1])
    problem = summary["problems"][0]
    assert (problem["code"], problem["scope"], problem["detail"]) == (
        "unreadable",
        "source",
        "KeyError: 'a fault of ours'",
    )
    assert "Traceback" in process.stderr.read()
    assert json.loads(landing.read_text().splitlines()[-1])["cursor"] is None
