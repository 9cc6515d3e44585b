"""What a problem tells of an answer: neither secret nor token, neither a reader's name nor words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crawlers.problems import CrawlProblem
from crawlers.wechat.refusals import COMMENTS as COMMENT_API
from crawlers.wechat.refusals import LIST as LIST_API
from crawlers.wechat.refusals import read_answer, refusal
from tests.crawlers.wechat.conftest import Reader
from tests.crawlers.wechat.server import COMMENTS, Account
from tests.crawlers.wechat.test_reading import article, comment
from tests.patience import within

PERSON = [{"nick_name": "张伟", "content": "我的电话13800138000"}]


@pytest.mark.parametrize("api", [COMMENT_API, LIST_API])
@pytest.mark.parametrize(
    "text", [json.dumps(PERSON, ensure_ascii=False), '{"nick_name": "张伟", "content": "1380', "张"]
)
def test_data_is_not_quoted(api: str, text: str) -> None:
    """An answer that is a list, or is cut off, is described; a gateway's page is quoted."""
    with pytest.raises(CrawlProblem) as caught:
        read_answer(text, api=api)
    assert "张伟" not in caught.value.detail and "1380" not in caught.value.detail
    with pytest.raises(CrawlProblem, match="begins '<html>502"):
        read_answer("<html>502 Bad Gateway", api=api)


def test_an_errcode_that_is_data_is_not_quoted() -> None:
    """Only what it is."""
    with pytest.raises(CrawlProblem) as caught:
        refusal({"errcode": PERSON[0]}, api=COMMENT_API)
    assert caught.value.detail == f"{COMMENT_API}: errcode is no number, but an object of 2: nick_name, content"


@pytest.mark.parametrize("words", [" " * 200_000, "\t \n" * 60_000, "hint: [" * 30_000, "rid: " * 40_000])
def test_words_without_end_are_read_in_time(words: str) -> None:
    """What an API says may be long: only its beginning is looked at."""
    with within(0.5):
        refused = refusal({"errcode": 45009, "errmsg": f"no{words}"}, api=COMMENT_API)
    assert refused is not None and len(refused.detail) < 400


def test_an_answer_that_repeats_secrets_leaves_none_of_them(account: Account, read: Reader) -> None:
    """Secret and token in an article, a comment, a row that cannot be read, a refusal: in no file, as ***."""
    account.articles = [article(2247, comments=[comment(1)]), article(2248, idx=2, title="次条")]
    page, refuse = account._list, account._comments

    def telling(fields: dict[str, Any]) -> dict[str, Any]:
        said = f"{account.secret} {next(iter(account.tokens))}"
        account.articles[0].content = f"<p>{said}"
        account.articles[0].comments[0]["content"] = said
        answer = page(fields)
        answer["item"].append({"article_id": "q1", "note": said})
        return answer

    def refusing(fields: dict[str, Any]) -> dict[str, Any]:
        if fields["msg_data_id"] == 2247:
            return refuse(fields)
        return {"errcode": 88010, "errmsg": f"{account.secret} {next(iter(account.tokens))}"}

    account._list, account._comments = telling, refusing  # type: ignore[method-assign]
    found = read()
    assert account.called(COMMENTS) == 2
    assert (found.of("post")[0]["body"], found.of("comment")[0]["text"]) == ("*** ***", "*** ***")
    assert "88010 *** ***" in found.details
    files = [path.read_text(encoding="utf-8") for path in read.folder.rglob("*") if path.is_file()]
    assert not [text for text in files if account.secret in text or next(iter(account.tokens)) in text]
