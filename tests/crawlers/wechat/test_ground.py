"""Where the walk through the list ends: at articles that complete crawls have read, so that no lost page stays lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.crawlers.wechat.conftest import Reader
from tests.crawlers.wechat.server import FIGURES, LIST, Account
from tests.crawlers.wechat.test_reading import article, many


def lose_once(account: Account, offset: int) -> None:
    """Let one page of the list be something else, once."""
    page, lost = account._list, list[int]()

    def losing(fields: dict[str, Any]) -> Any:
        if fields["offset"] == offset and not lost:
            lost.append(offset)
            return []
        return page(fields)

    account._list = losing  # type: ignore[method-assign]


def test_a_page_lost_among_news_is_read_by_the_next_crawl(account: Account, read: Reader) -> None:
    """25 articles come, as many old ones go, page 2 is lost: page 1 is known, still all of them are read."""
    account.articles = many(40)
    read(comments=False)
    news = [article(7000 - n, days_ago=40 + n / 10) for n in range(25)]
    account.articles = [*news, *account.articles[:15]]
    lose_once(account, 10)
    lost = read(comments=False)
    assert (lost.problems, lost.cursor, len(lost.posts)) == ([("not_json", "source")], None, 10)
    found = read(comments=False)
    assert {one.msgid for one in news} <= {*lost.posts, *found.posts}
    assert found.cursor is not None
    account.calls.clear()
    read(comments=False)
    assert account.called(LIST) == 1


def test_a_page_lost_by_the_first_crawl_is_read_by_the_next(account: Account, read: Reader) -> None:
    """Nothing is known ground before a walk has come to the end."""
    account.articles = many(40)
    lose_once(account, 10)
    lost = read(comments=False)
    assert (len(lost.posts), lost.cursor) == (10, None)
    assert {*lost.posts, *read(comments=False).posts} == {one.msgid for one in account.articles}


def test_a_quota_that_ends_after_one_page_loses_nothing(account: Account, read: Reader) -> None:
    """The next day begins behind the first page, though nothing new came."""
    account.articles = many(40)
    account.quotas[LIST] = 1
    first = read(comments=False)
    assert (len(first.posts), first.problems) == (10, [("quota_exhausted", "item")])
    account.now += timedelta(days=1)
    account.quotas[LIST] = 50
    assert {*first.posts, *read(comments=False).posts} == {one.msgid for one in account.articles}


def test_articles_that_only_the_figures_brought_are_no_ground(account: Account, read: Reader) -> None:
    """What was sent to the followers is known, but stands in no list: it says nothing of what the list has."""
    account.articles = [article(6000 + n, days_ago=n + 1, notified=True) for n in range(12)]
    account.unauthorized = {LIST}
    read(comments=False)
    for one in account.articles:
        one.notified = False
    account.articles += many(30)
    account.unauthorized = {FIGURES}
    assert set(read(comments=False).posts) == {one.msgid for one in account.articles}


def test_the_cursor_is_bounded(account: Account, read: Reader) -> None:
    """However long the list, three hundred of its newest articles are kept."""
    account.articles = many(330)
    found = read(comments=False, page_size=20)
    assert found.cursor is not None
    assert found.cursor["seen"] == [one.msgid for one in account.articles[:300]]
