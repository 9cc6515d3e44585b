"""Saved answers of the API give the records beside them; odd ones give problems, never a crash."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.items import Item, from_record, to_record
from crawlers.platforms.wechat_mp import WechatMpOptions
from crawlers.wechat.articles import msgid_of, parse_publications
from crawlers.wechat.comments import parse_comments
from crawlers.wechat.figures import Figures, parse_figures, tie
from crawlers.wechat.refusals import COMMENTS, refusal
from tests.crawlers.wechat.cases import saved_items

FIXTURES = Path(__file__).parents[1] / "fixtures" / "wechat_mp"
CASES = sorted(FIXTURES.iterdir())
NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def plain(item: Any) -> dict[str, Any]:
    """A record as it would be landed; what is no item is itself."""
    return item if isinstance(item, dict) else to_record(item)


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: str(folder.name))
def test_a_saved_answer_gives_the_expected_records(folder: Path) -> None:
    """A parser reads an answer as it did when somebody looked at the result."""
    text = (folder / "page.json").read_text(encoding="utf-8")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert [plain(item) for item in saved_items(folder, text)] == expected


@given(JSON)
def test_any_json_is_read_without_a_crash(value: Any) -> None:
    """Whatever stands where rows should be: items that can be landed, or problems."""
    fields = ("msgid", "ref_date", "detail_list", "content", "update_time", "user_comment_id", "create_time", "reply")
    row = dict.fromkeys(fields, value)
    rows: list[Any] = [value, row, {**row, "content": {"news_item": [value, {"title": value, "url": value}]}}]
    found, problems = parse_figures({"list": [*rows, {**row, "msgid": "1_1", "ref_date": "2026-11-01"}]})
    page = parse_comments({"comment": rows, "total": value}, post_id="1_1", account="wx", now=NOW)
    publications = parse_publications({"item": rows, "total_count": value}, now=NOW)
    items: list[Item] = [metric for figures in found for metric in figures.metrics("1_1")]
    items += [*problems, *page.comments, *page.problems]
    for one in publications:
        items += [*one.posts, *one.problems]
    for item in items:
        assert to_record(from_record(to_record(item))) == to_record(item)


@given(JSON)
def test_any_errcode_is_a_refusal_or_a_problem(value: Any) -> None:
    """errcode may be anything: 0 and nothing mean success, a number a refusal, the rest is not what was promised."""
    try:
        refused = refusal({"errcode": value, "errmsg": value}, api=COMMENTS)
    except Exception as error:
        assert type(error).__name__ == "CrawlProblem"  # noqa: PT017
        return
    assert refused is None or refused.errcode != 0


@pytest.mark.parametrize(
    ("url", "msgid"),
    [
        ("http://mp.weixin.qq.com/s?__biz=M==&mid=2247&idx=2&sn=a#rd", "2247_2"),
        ("http://mp.weixin.qq.com/s?__biz=M==&amp;mid=2247&amp;idx=2", "2247_2"),
        ("https://mp.weixin.qq.com/s/Ab3dEf", None),
        ("http://mp.weixin.qq.com/s?mid=22x47&idx=1", None),
        ("http://mp.weixin.qq.com/s?mid=２２４７&idx=1", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_an_articles_id_is_in_its_address(url: str, msgid: str | None) -> None:
    """mid and idx of the address, in digits; a short address has none."""
    assert msgid_of(url) == msgid


def figures(msgid: str, *, title: str = "周报", listed: bool = True) -> Figures:
    """An article's figures of 20 November."""
    return Figures(msgid=msgid, title=title, url="", day=date(2026, 11, 20), listed=listed, counts=())


def test_figures_belong_to_the_article_of_their_id_first() -> None:
    """The same id wins over any title."""
    listed = {"1_1": ("别的", "2026-01-01"), "2_1": ("周报", "2026-11-20")}
    assert tie(figures("1_1"), listed=listed, others=()) == "1_1"


def test_a_title_ties_only_when_nothing_else_can_be_meant() -> None:
    """Not two articles of one title, not another day, not the id of another row, not what was sent to the followers."""
    one = {"2_1": ("周报", "2026-11-21")}
    assert tie(figures("9_1"), listed=one, others=()) == "2_1"
    assert tie(figures("9_1"), listed={**one, "3_1": ("周报", "2026-11-20")}, others=()) is None
    assert tie(figures("9_1"), listed={"2_1": ("周报", "2026-11-22")}, others=()) is None
    assert tie(figures("9_1"), listed=one, others=("2_1",)) is None
    assert tie(figures("9_1", listed=False), listed=one, others=()) is None
    assert tie(figures("9_1", title=""), listed={"2_1": ("", "2026-11-20")}, others=()) is None


def test_the_options_have_the_platforms_address_and_a_secrets_name() -> None:
    """Only the name of an environment variable is configured, and only one of ours."""
    options = WechatMpOptions.model_validate({"name": "mp", "platform": "wechat_mp", "appid": "wx0123456789abcdef"})
    assert (options.url, options.secret_env) == ("https://api.weixin.qq.com/", "YINLIU_WECHAT_SECRET")
    for wrong in ({"secret_env": "PATH"}, {"secret": "s3cret"}, {"page_size": 21}, {"days": 31}, {"appid": "wx 1"}):
        with pytest.raises(ValueError, match="validation error"):
            WechatMpOptions.model_validate({**options.model_dump(), **wrong})
