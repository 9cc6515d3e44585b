"""A crawl that is killed goes on where it was: in the list, below the bound of posts, among the comment pages."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from crawlers.task import Job
from tests.crawlers.pages.conftest import COMMENTS, LISTED, Reader, comment_pages, list_pages
from tests.hostile.server import Exchange, Site
from tests.patience import wait_until

PATHS = [f"/post-{number}" for number in range(12, 0, -1)]


def kill_when(site: Site, job: Job, path: str) -> None:
    """Start a crawl and kill it (-9) once a path is asked, which is not answered."""
    process = subprocess.Popen(
        [sys.executable, "-m", "crawlers"], stdin=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdin
    process.stdin.write(job.model_dump_json() + "\n")
    process.stdin.flush()
    wait_until(lambda: site.asked[path])
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("path", ["/post-12", "/post-8", "/comments-10"])
def test_nothing_is_lost_or_read_twice(read: Reader, site: Site, path: str) -> None:
    """Killed at any point, then continued: the same posts, comments and bound as undisturbed, each once."""
    list_pages(site, lambda: PATHS)
    for number, post in enumerate(reversed(PATHS), start=1):
        comment_pages(site, post, [3, 2, 1])
        _move_comments(site, post, f"/comments-{number}")
    source: dict[str, Any] = {**LISTED, "comments": COMMENTS, "max_posts": 8, "concurrency": 1}
    job = read.job(source, digest="x")
    hanging = site.find(path)
    site.hold(path)
    kill_when(site, job, path)
    site.on(path, hanging)
    landed = read.again(job)
    assert sorted(landed.posts) == sorted(PATHS[:8])
    assert len(landed.comments) == 8 * 3
    assert {asked for asked, times in site.asked.items() if times > 1} - {"/", "/robots.txt"} == {path}
    assert landed.codes == ["crawl_budget_exhausted"]
    assert landed.cursor is not None and landed.cursor["backlog"]["url"] == f"{site.base}/?page=2"


def _move_comments(site: Site, post: str, path: str) -> None:
    """Let the second page of a post's comments have a path of its own."""
    answer = site.find(post)

    def second(exchange: Exchange) -> None:
        exchange.path = f"{post}?page=2"
        answer(exchange)

    def first(exchange: Exchange) -> None:
        say = exchange.say
        exchange.say = lambda body, **options: say(str(body).replace("?page=2", path), **options)  # type: ignore[method-assign]
        answer(exchange)

    site.on(path, second)
    site.on(post, first)
