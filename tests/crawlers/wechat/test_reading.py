"""What a crawl of an official account brings: articles, figures, comments; and how little it asks for news."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from crawlers.task import Visit
from tests.crawlers.wechat.conftest import Reader
from tests.crawlers.wechat.server import COMMENTS, FIGURES, LIST, TOKEN, Account, Article

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


def article(mid: int, *, idx: int = 1, days_ago: float = 3, **changed: Any) -> Article:
    """An article of some days ago."""
    given: dict[str, Any] = {"title": f"第{mid}期", "published": NOON - timedelta(days=days_ago), **changed}
    return Article(mid=mid, idx=idx, **given)


def comment(number: int, *, text: str = "怎么报名？", **changed: Any) -> dict[str, Any]:
    """One comment, as the API writes it."""
    stamp = int((NOON - timedelta(days=2)).timestamp()) + number
    row = {"user_comment_id": number, "openid": f"o{number}", "create_time": stamp, "content": text, "comment_type": 0}
    return {**row, **changed}


def many(count: int) -> list[Article]:
    """Old articles, the newest first."""
    return [article(5000 - n, days_ago=60 + n) for n in range(count)]


def test_an_article_is_one_post_under_its_message_and_place(account: Account, read: Reader) -> None:
    """The id of an article is mid_idx of its address: what figures and comments call it too."""
    account.articles = [article(2247, idx=1), article(2247, idx=2, title="次条", content="<p>一</p><p>二</p>")]
    posts = read().of("post")
    assert [(one["external_id"], one["title"], one["body"]) for one in posts] == [
        ("2247_1", "第2247期", "正文"),
        ("2247_2", "次条", "一\n二"),
    ]
    assert posts[0]["author"] == "编辑部"
    assert posts[0]["published"] == "2026-11-18T04:00:00+00:00"


def test_figures_are_a_curve_of_days_that_are_over(account: Account, read: Reader) -> None:
    """Each day of an article is a metric taken when that day ended in Shanghai."""
    account.articles = [article(2247, days_ago=2)]
    found = [one for one in read().of("metric") if one["name"] == "read_users"]
    assert [(one["post_id"], one["value"], one["taken"]) for one in found] == [
        ("2247_1", 100, "2026-11-19T16:00:00+00:00"),
        ("2247_1", 200, "2026-11-20T16:00:00+00:00"),
    ]


def test_all_documented_counts_are_read_and_no_views_are_made_up(account: Account, read: Reader) -> None:
    """The API counts people who read, not how often: there is no metric called views."""
    account.articles = [article(2247, days_ago=1)]
    names = {one["name"] for one in read().of("metric")}
    assert names == {"read_users", "shares", "likes", "favorites", "comments", "followers_gained", "zaikan_users"}


def test_what_was_sent_to_the_followers_is_known_by_its_figures(account: Account, read: Reader) -> None:
    """No list has a notified article: the figures bring it, with its title, address and day, and its comments."""
    account.articles = [article(2250, notified=True, comments=[comment(1)])]
    first = read()
    assert [(one["external_id"], one["title"], one["body"]) for one in first.of("post")] == [("2250_1", "第2250期", "")]
    assert [one["external_id"] for one in first.of("comment")] == ["2250_1:1"]
    account.now += timedelta(days=1)
    assert read().posts == []


def test_figures_under_another_id_are_tied_by_title_and_day(account: Account, read: Reader) -> None:
    """Where the list's address names another message, the only article of that title and day is the one."""
    account.articles = [article(2247, listed_mid=100000012, days_ago=1, comments=[comment(1)])]
    first = read()
    assert first.posts == ["100000012_1"]
    assert {one["post_id"] for one in first.of("metric")} == {"100000012_1"}
    assert first.cursor is not None
    assert first.cursor["ties"] == {"100000012_1": "2247_1"}
    again = read(visits=(Visit(post_id="100000012_1", url=""),))
    assert [one["external_id"] for one in again.of("comment")] == ["100000012_1:1"]
    assert account.calls[-1][1]["msg_data_id"] == 2247


def test_an_address_without_a_message_is_told(account: Account, read: Reader) -> None:
    """An article under a short address is kept under the platform's article_id, and what cannot be asked is said."""
    account.articles = [article(2247, short=True, days_ago=50)]
    first = read()
    assert first.posts == ["q2247:1"]
    assert first.problems == [("item_incomplete", "item")]
    assert account.called(COMMENTS) == 0


def test_comments_and_the_accounts_replies_are_read_to_the_last_page(account: Account, read: Reader) -> None:
    """49 comments a page, all pages, whatever their order; a reply hangs under its comment."""
    rows = [comment(n) for n in range(1, 121)]
    rows[7]["reply"] = {"content": "扫文末二维码", "create_time": int(NOON.timestamp())}
    account.articles = [article(2247, comments=rows)]
    found = read()
    comments = found.of("comment")
    assert len(comments) == 121
    reply = next(one for one in comments if one["parent_id"])
    assert (reply["external_id"], reply["parent_id"]) == ("2247_1:8:reply", "2247_1:8")
    assert reply["author_id"] == f"account:{account.appid}"
    visits = found.of("visit")
    assert [(one["page"], one["last"], one["whole"]) for one in visits] == [
        (1, False, False),
        (2, False, False),
        (3, True, True),
    ]
    assert sum(len(one["ids"]) for one in visits) == 121


def test_the_second_article_of_a_message_has_its_own_comments(account: Account, read: Reader) -> None:
    """msgid counts articles from 1, comment/list from 0."""
    account.articles = [article(2247, idx=1), article(2247, idx=2, comments=[comment(5)])]
    assert [(one["post_id"], one["external_id"]) for one in read().of("comment")] == [("2247_2", "2247_2:5")]
    assert sorted(fields["index"] for path, fields in account.calls if path == COMMENTS) == [0, 1]


def test_somebody_without_a_wechat_identity_has_no_author(account: Account, read: Reader) -> None:
    """No openid is given for them: the author is unknown, the comment is not lost."""
    row = comment(1)
    del row["openid"]
    account.articles = [article(2247, comments=[row, {"content": "没有编号", "openid": "oPRIVATE"}])]
    found = read()
    assert [one["author_id"] for one in found.of("comment")] == [None]
    assert found.problems == [("item_incomplete", "item")]
    assert "oPRIVATE" not in str(found.of("problem"))


def test_nothing_new_costs_a_token_and_one_page(account: Account, read: Reader) -> None:
    """The second crawl of the same day asks for the token and the newest articles, and for nothing else."""
    account.articles = many(40)
    assert len(read().posts) == 40
    assert account.called(LIST) == 4
    account.calls.clear()
    assert len(read().posts) == 10
    assert [path for path, _ in account.calls] == [TOKEN, LIST]


def test_a_new_day_asks_for_the_figures_of_its_week(account: Account, read: Reader) -> None:
    """Later, the last seven publication days are asked for, each once, after 08:00 and once a day."""
    account.articles = [article(2247, days_ago=3)]
    read()
    assert account.called(FIGURES) == 30
    account.calls.clear()
    account.now += timedelta(days=1)
    read()
    read()
    assert account.called(FIGURES) == 7


def test_before_eight_yesterday_is_not_asked_for(account: Account, read: Reader) -> None:
    """At 07:59 in Shanghai the newest day asked for is the day before yesterday: the API is never refused."""
    account.articles = [article(2247, days_ago=3)]
    account.now = datetime(2026, 11, 20, 23, 59, tzinfo=UTC)
    assert read().problems == []
    days = [fields["begin_date"] for path, fields in account.calls if path == FIGURES]
    assert days[0] == "2026-11-19"


def test_a_due_visit_reads_an_articles_comments_again(account: Account, read: Reader) -> None:
    """Comments of known articles are asked for when they are due, and only then."""
    account.articles = many(3)
    account.articles[2].comments = [comment(1)]
    read()
    account.articles[2].comments.append(comment(2))
    account.calls.clear()
    found = read(visits=(Visit(post_id=account.articles[2].msgid, url="", known=("4998_1:1",)),))
    assert [one["external_id"] for one in found.of("comment")] == ["4998_1:1", "4998_1:2"]
    assert account.called(COMMENTS) == 1


def test_without_comments_none_are_asked_for(account: Account, read: Reader) -> None:
    """``comments: false`` is for accounts that may not read them."""
    account.articles = many(2)
    assert read(comments=False, visits=(Visit(post_id="5000_1", url=""),)).problems == []
    assert account.called(COMMENTS) == 0


def test_a_deleted_article_is_gone(account: Account, read: Reader) -> None:
    """Deleted in the list: a known article is told as gone, an unknown one is none of ours."""
    account.articles = many(3)
    read()
    account.articles[0].deleted = True
    account.articles.append(article(6000, days_ago=55, deleted=True))
    found = read()
    assert [one["post_id"] for one in found.of("visit") if one["gone"]] == ["5000_1"]
    assert "6000_1" not in found.posts


def test_an_article_that_had_comments_and_is_not_there_is_gone(account: Account, read: Reader) -> None:
    """“msg_data is not exists” ends a visit; without earlier comments it may only be another id: not gone."""
    account.articles = many(2)
    read()
    read.known = (*read.known, "4001_1")
    gone = Visit(post_id="4000_1", url="", known=("4000_1:1",))
    found = read(visits=(gone, Visit(post_id="4001_1", url=""), Visit(post_id="5000_1", url="")))
    visits = {one["post_id"]: one["gone"] for one in found.of("visit")}
    assert visits == {"4000_1": True, "4001_1": False, "5000_1": False}
    assert found.problems == []


def test_a_new_article_whose_comments_nobody_knows_is_told_once(account: Account, read: Reader) -> None:
    """The list's address names a message that comment/list does not have: told when the article is new."""
    account.articles = [article(2247, listed_mid=100000012, days_ago=50)]
    assert read().problems == [("not_found", "item")]
    assert read(visits=(Visit(post_id="100000012_1", url=""),)).problems == []


def test_new_articles_are_found_in_any_order(account: Account, read: Reader) -> None:
    """The list's order is not promised: as many as were added are looked for before known ground ends the walk."""
    account.newest_first = False
    account.articles = many(40)
    read()
    account.articles.append(article(7000, days_ago=50))
    assert "7000_1" in read().posts


def test_a_window_stops_at_its_beginning_and_keeps_the_cursor(account: Account, read: Reader) -> None:
    """With ``since``, the list ends with the first page that is wholly older, the figures begin there."""
    account.articles = [article(8000 - n, days_ago=n) for n in range(1, 41)]
    found = read(since=NOON - timedelta(days=12, hours=1))
    assert account.called(LIST) == 3
    assert len(found.posts) == 30
    assert account.called(FIGURES) == 12
    assert found.cursor is not None
    assert set(found.cursor) <= {"of"}
