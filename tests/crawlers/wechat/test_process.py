"""The crawl process over the fake: secrets on no disk, a kill in the middle, the same result."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.crawlers.wechat.conftest import Reader
from tests.crawlers.wechat.server import COMMENTS, LIST, TOKEN, Account
from tests.crawlers.wechat.test_reading import article, comment
from tests.patience import wait_until


def written(folder: Path) -> bytes:
    """Everything that lies under a folder: landing files, journals, logs."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def fill(account: Account, *, count: int = 40) -> None:
    """Articles with comments, by the clock of this machine: the process has no other."""
    account.now = datetime.now(UTC)
    account.articles = [article(5000 - n, days_ago=60 + n, comments=[comment(1)]) for n in range(count)]
    for one in account.articles:
        one.published = account.now - timedelta(days=60, hours=one.mid)


def test_a_crawl_process_reads_the_account(account: Account, read: Reader) -> None:
    """Over Scrapy's own downloader: articles, comments, and the token in the query of every call but its own."""
    fill(account)
    found = read.process()
    assert (len(found.posts), len(found.of("comment"))) == (40, 40)
    assert found.problems == []
    assert all(("access_token=" in address) == (TOKEN not in address) for address in account.queries)


def test_no_file_has_the_secret_or_the_token(account: Account, read: Reader) -> None:
    """Neither in landing files nor journals nor logs, of crawls that end well, are refused, or lose their token."""
    fill(account)
    read.process()
    account.quotas[LIST] = 2
    read.known = ()
    read.cursor = {}
    read.process()
    account.token_seconds = 0
    account.revoke()
    read.process()
    account.known_ip = False
    read.process()
    found = written(read.folder)
    assert b"5000_1" in found
    assert account.secret.encode() not in found
    assert b"_t0ken_" not in found
    assert b"access_token=" not in found


def test_a_killed_crawl_goes_on_with_a_token_of_its_own(account: Account, read: Reader) -> None:
    """kill -9 in the middle: the second process asks for the token first, and everything is there once."""
    fill(account, count=60)
    job = read.job(delay_seconds=0.02)
    running = read.started(job)
    wait_until(lambda: account.called(COMMENTS) >= 10)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    wait_until(lambda: not account.connections)  # what it had asked last is noted, however late
    before = len(account.calls)
    assert not job.landing.exists()
    found = read.finished(read.started(job), job)
    assert account.calls[before][0] == TOKEN
    posts = found.posts
    assert sorted(posts) == sorted(one.msgid for one in account.articles)
    assert len(found.of("comment")) == 60
    assert found.problems == []


def test_a_spent_budget_is_continued_by_the_next_crawl(account: Account, read: Reader) -> None:
    """max_requests ends a crawl early; the next ones bring the rest, and no page of the list is asked for in vain."""
    fill(account, count=40)
    first = read.process(max_requests=40)
    assert [code for code, _ in first.problems] == ["crawl_budget_exhausted"]
    assert first.cursor is None
    posts, comments = set(first.posts), len(first.of("comment"))
    for _ in range(4):
        following = read.process(max_requests=40)
        posts |= set(following.posts)
        comments += len(following.of("comment"))
        if following.cursor is not None:
            break
    assert len(posts) == 40
    assert comments == 40
    assert account.called(LIST) < 20
