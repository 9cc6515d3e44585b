"""What is refused: tokens, quotas, permissions, days; what is kept all the same, and who is told what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.problems import CrawlProblem
from crawlers.task import Visit
from crawlers.wechat.refusals import COMMENTS as COMMENT_API
from crawlers.wechat.refusals import TOKEN_API, read_answer, refusal
from tests.crawlers.wechat.conftest import SECRET_ENV, Reader
from tests.crawlers.wechat.server import COMMENTS, FIGURES, LIST, MESSAGES, TOKEN, Account
from tests.crawlers.wechat.test_reading import article, comment, many

CODES = [
    (-1, "server_error"),
    (40001, "auth_expired"),
    (40013, "auth_expired"),
    (40014, "auth_expired"),
    (40097, "api_refused"),
    (40125, "auth_expired"),
    (40164, "ip_not_allowed"),
    (41001, "auth_expired"),
    (42001, "auth_expired"),
    (45009, "quota_exhausted"),
    (45011, "rate_limited"),
    (47009, "api_refused"),
    (48001, "permission_missing"),
    (61500, "api_refused"),
    (61501, "api_refused"),
    (61503, "data_not_ready"),
    (88000, "permission_missing"),
    (88001, "not_found"),
    (88010, "api_refused"),
]


@pytest.mark.parametrize(("errcode", "code"), CODES)
def test_each_error_code_has_a_problem_code(errcode: int, code: str) -> None:
    """The API's number becomes one of our codes, and both stand in the detail."""
    refused = refusal({"errcode": errcode, "errmsg": MESSAGES.get(errcode, "no")}, api=COMMENT_API)
    assert refused is not None
    assert refused.code == code
    assert f"{COMMENT_API}: {errcode}" in refused.detail


def test_the_same_refusal_is_told_in_the_same_words() -> None:
    """WeChat numbers each refused call (rid, hint): left out, or every crawl would tell another problem."""
    told = {
        refusal({"errcode": 45009, "errmsg": f"reach max api daily quota limit {number}"}, api=COMMENT_API)
        for number in ("rid: 62d6be66-47e9a7ba-4600b4e7", "rid: 5fbdf278-235c2727-6604d41f", "hint: [8A8zea07021504]")
    }
    assert len(told) == 1


def test_an_answer_without_an_error_is_none() -> None:
    """errcode 0 and no errcode at all are the same; a number as text is read."""
    assert refusal({"errcode": 0, "errmsg": "ok"}, api=COMMENT_API) is None
    assert refusal({"list": []}, api=COMMENT_API) is None
    refused = refusal({"errcode": "45009"}, api=COMMENT_API)
    assert refused is not None
    assert refused.code == "quota_exhausted"


@given(st.text(max_size=80))
def test_a_tokens_answer_is_never_quoted(secret: str) -> None:
    """Whatever a broken answer to the token's request holds, the problem quotes none of it."""
    text = '{"access_token": "TOPSECRET' + secret.replace('"', "")
    with pytest.raises(CrawlProblem) as caught:
        read_answer(text, api=TOKEN_API)
    assert "TOPSECRET" not in str(caught.value)


@pytest.mark.parametrize("text", ["<html>", "[]", '"x"', "1", "[" * 100_000])
def test_an_answer_that_is_no_object_is_refused(text: str) -> None:
    """A gateway's page in between is not_json, not a crash."""
    with pytest.raises(CrawlProblem, match="not_json"):
        read_answer(text, api=COMMENT_API)


def test_a_token_that_is_revoked_in_the_middle_is_renewed_once(account: Account, read: Reader) -> None:
    """The call that was refused is made again with the new token: nothing is lost, nothing is told."""
    account.articles = many(25)
    page = account._list

    def revoking(fields: dict[str, int]) -> dict[str, object]:
        if fields["offset"] == 0:
            account.revoke()
        return page(fields)

    account._list = revoking  # type: ignore[method-assign]
    found = read()
    assert len(found.posts) == 25
    assert found.problems == []
    assert account.called(TOKEN) == 2
    assert account.refused == {40001: 1}


def test_an_expired_token_is_renewed(account: Account, read: Reader) -> None:
    """42001 after its 7200 seconds, in the middle of a long crawl."""
    account.articles = many(25)
    page = account._list

    def slow(fields: dict[str, int]) -> dict[str, object]:
        account.now += timedelta(seconds=7201)
        return page(fields)

    account._list = slow  # type: ignore[method-assign]
    assert len(read().posts) == 25
    assert account.refused[42001] >= 2


def test_a_token_that_is_refused_twice_ends_the_crawl(account: Account, read: Reader) -> None:
    """A new token that is refused too needs somebody: the crawl stops, the cursor does not move."""
    account.articles = many(25)
    account.token_seconds = 0
    found = read()
    assert found.problems == [("auth_expired", "source")]
    assert found.cursor is None
    assert len(account.calls) == 4


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"appid": "wxother"}, "auth_expired", "40013"),
        ({"secret": "another"}, "auth_expired", "40125"),
        ({"known_ip": False}, "ip_not_allowed", "203.0.113.7"),
    ],
)
def test_without_a_token_nothing_else_is_asked(
    account: Account, read: Reader, changed: dict[str, Any], code: str, said: str
) -> None:
    """A wrong appid or secret or an unknown IP is told once, source-wide; the IP to allow is named."""
    account.articles = many(3)
    appid = account.appid
    vars(account).update(changed)
    found = read(appid=appid)
    assert found.problems == [(code, "source")]
    assert said in found.details
    assert [path for path, _ in account.calls] == [TOKEN]
    assert found.cursor is None


def test_a_crawl_that_was_stopped_begins_again_once(account: Account, read: Reader) -> None:
    """What stopped crawls left over is asked once when the token is given again."""
    account.articles = many(3)
    account.known_ip = False
    read()
    read()
    account.known_ip = True
    account.calls.clear()
    assert len(read().posts) == 3
    assert account.called(LIST) == 1


def test_a_missing_secret_is_told(account: Account, read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """The problem names the environment variable; the API is not asked."""
    monkeypatch.delenv(SECRET_ENV)
    found = read()
    assert found.problems == [("secret_missing", "source")]
    assert SECRET_ENV in found.details
    assert account.calls == []


def test_the_lists_quota_keeps_what_came_and_goes_on_tomorrow(account: Account, read: Reader) -> None:
    """When 45009 comes in the middle of the first reading, the next day reads the new articles and the missing old."""
    account.articles = many(60)
    account.quotas[LIST] = 3
    first = read(comments=False)
    assert len(first.posts) == 30
    assert first.problems == [("quota_exhausted", "item")]
    assert "100 calls a day" in first.details
    assert "00:00 Asia/Shanghai" in first.details
    account.now += timedelta(days=1)
    account.articles.append(article(7000, days_ago=50))
    account.quotas[LIST] = 50
    second = read(comments=False)
    assert "7000_1" in second.posts
    assert {one.msgid for one in account.articles} == {*first.posts, *second.posts}
    assert account.called(LIST) == 4 + 5
    account.calls.clear()
    assert read(comments=False).cursor is not None
    assert account.called(LIST) == 1


def test_a_quota_at_the_first_page_fails_the_crawl(account: Account, read: Reader) -> None:
    """Nothing new can be known: source-wide, to be tried later; figures and visits are read all the same."""
    account.articles = [article(2247)]
    account.quotas[LIST] = 0
    found = read(visits=(Visit(post_id="2247_1", url=""),))
    assert found.problems == [("quota_exhausted", "source")]
    assert found.cursor is None
    assert found.of("metric")
    assert len(found.of("visit")) == 1


def test_the_comments_quota_is_told_once_and_asked_no_more(account: Account, read: Reader) -> None:
    """The articles and comments that came stay; the refusal is one problem, however many articles wait."""
    account.articles = [article(5000 - n, days_ago=60 + n, comments=[comment(1)]) for n in range(30)]
    account.quotas[COMMENTS] = 4
    found = read()
    assert len(found.posts) == 30
    assert len(found.of("comment")) == 4
    assert found.problems == [("quota_exhausted", "item")]
    assert found.cursor is not None


def test_a_missing_permission_costs_one_call(account: Account, read: Reader) -> None:
    """Without the right to read comments, the first answer says so, and no other article is asked for."""
    account.articles = many(10)
    account.comment_privilege = False
    found = read()
    assert len(found.posts) == 10
    assert found.problems == [("permission_missing", "item")]
    assert "留言" in found.details
    assert account.called(COMMENTS) == 1


def test_an_account_without_figures_still_gives_articles(account: Account, read: Reader) -> None:
    """48001 for the figures: told with the permission's name, asked once, asked again by the next crawl."""
    account.articles = many(3)
    account.unauthorized = {FIGURES}
    found = read()
    assert len(found.posts) == 3
    assert found.problems == [("permission_missing", "item")]
    assert "数据统计" in found.details
    assert account.called(FIGURES) == 1
    read()
    assert account.called(FIGURES) == 2


def test_an_account_that_may_not_list_still_has_figures(account: Account, read: Reader) -> None:
    """48001 for the list: what was sent to the followers comes by its figures; once it may list, all the others."""
    account.articles = [article(2250, notified=True), *many(15)]
    account.unauthorized = {LIST}
    found = read()
    assert found.posts == ["2250_1"]
    assert found.problems == [("permission_missing", "item")]
    account.calls.clear()
    read()
    assert account.called(FIGURES) == 0
    account.unauthorized = set()
    assert len(read().posts) == 15


def test_an_account_that_may_read_nothing_has_failed(account: Account, read: Reader) -> None:
    """Neither list nor figures: source-wide, somebody must act."""
    account.articles = many(3)
    account.unauthorized = {LIST, FIGURES}
    found = read()
    assert found.problems == [("permission_missing", "item"), ("permission_missing", "source")]
    assert found.cursor is None


def test_data_that_is_not_ready_is_asked_for_again(account: Account, read: Reader) -> None:
    """61503 though it is past eight: told, and the next crawl asks for the same days; nothing is skipped."""
    account.articles = [article(2247, days_ago=1)]
    account.ready = account.ready.replace(hour=23)
    found = read()
    assert found.problems == [("data_not_ready", "item")]
    account.ready = account.ready.replace(hour=8)
    assert read().of("metric")


def test_delayed_data_is_asked_for_again(account: Account, read: Reader) -> None:
    """is_delay: the days before come in, the last one not half counted, and the cursor waits for it."""
    account.articles = [article(2247, days_ago=2)]
    account.delayed = True
    found = read()
    assert {one["taken"] for one in found.of("metric")} == {"2026-11-19T16:00:00+00:00"}
    assert {code for code, _ in found.problems} == {"data_not_ready"}
    account.delayed = False
    account.calls.clear()
    again = read()
    assert again.problems == []
    assert "2026-11-20T16:00:00+00:00" in {one["taken"] for one in again.of("metric")}
    assert account.called(FIGURES) == 30


def test_both_tokens_are_valid_while_they_change(account: Account, read: Reader) -> None:
    """In a token's last five minutes another one is handed out, and whoever holds the old one is not disturbed."""
    account.articles = many(3)
    read()
    (old,) = account.tokens
    account.now += timedelta(seconds=7200 - 299)
    read()
    assert len(account.tokens) == 2
    account._check_token(f"/?access_token={old}")


def test_another_systems_token_stays_valid(account: Account, read: Reader) -> None:
    """A crawl is given the token that is valid already: the ordinary mode, never a forced refresh."""
    for _ in range(3):
        read()
    assert len(account.tokens) == 1
    assert all("force_refresh" not in fields for path, fields in account.calls if path == TOKEN)


def test_a_busy_platform_is_asked_once_more(account: Account, read: Reader) -> None:
    """-1 once is nothing to tell; twice in a row is a server error."""
    account.articles = many(3)
    account.busy[LIST] = 1
    assert read().problems == []
    account.busy[LIST] = 2
    assert read().problems == [("server_error", "source")]


def test_the_old_figures_are_offline_in_the_fake(account: Account, read: Reader) -> None:
    """getarticletotal answers 47009 since its replacement: we never call it."""
    account.articles = [article(2247)]
    read()
    assert not any("getarticletotal" in path and path != FIGURES for path, _ in account.calls)
