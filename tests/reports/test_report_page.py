"""The report as a page: what it says in both editions, and in a week without anything to say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from yinliu.language import Language, choose
from yinliu.reports.charts import days_chart, intents_chart, topics_chart
from yinliu.reports.facts import IntentLine, TopicLine, WeeklyFacts
from yinliu.reports.summary import summary
from yinliu.reports.weekly import render


def _plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def test_the_chinese_edition_says_it_all(chinese_page: str) -> None:
    """Week, dates, every section, figures, definitions, model and time are on the page."""
    told = _plain(chinese_page)
    for text in (
        *("2026年第47周", "11月16日—11月22日", "每日走势", "大家在聊什么", "大家想要什么", "从评论到入群", "热门内容"),
        *(
            "各来源表现",
            "社群席位",
            "数据问题",
            "统计口径",
            "38.6万",
            "▲ 13.1%",
            "上周 34.1万",
            "本周进群 19 人，另有 8 人等位",
            "已满",
        ),
        *(
            "tags-2026.11.1",
            "2026年11月23日 09:00 UTC+08:00",
            "登录已过期，周五起的评论没有采到",
            "11月18日 周三 20:05",
        ),
    ):
        assert text in told, text
    assert '<html lang="zh-CN">' in chinese_page and chinese_page.count('class="chart"') == 6


def test_the_english_edition_says_it_all(english_page: str) -> None:
    """The other edition has the same sections and no Chinese of its own."""
    for text in (
        "Week 47, 2026",
        "16 Nov – 22 Nov",
        "Day by day",
        "Top posts",
        "How the figures are counted",
        "386.1K",
    ):
        assert text in _plain(english_page), text
    assert '<html lang="en">' in english_page and "The login expired" in english_page
    assert not {"统计口径", "评论最多", "转化率", "上周", "已满", "周三"} & set(
        re.findall(r"[一-鿿]+", _plain(english_page))
    )


def test_the_edition_is_not_the_processes_language(full_week: WeeklyFacts, chinese_page: str) -> None:
    """The argument decides, whatever language the process speaks."""
    choose("en")
    try:
        assert render(full_week, mask=str) == chinese_page
    finally:
        choose("zh")


def test_the_summary_is_worked_out(full_week: WeeklyFacts) -> None:
    """What moved, what was won, who joined, the best post, where leads came from, what to do."""
    told = [_plain(str(each)) for each in summary(full_week, language="zh")]
    assert told[0].startswith("本周发布内容 21 篇，比上周少 3（▼ 12.5%）；收到 1,286 条评论，比上周多 244（▲ 23.4%）")
    assert told[1] == "新增合格线索 46 条，比上周多 9（▲ 24.3%）；其中进入社群引导队列的工单 31 张，与上周持平。"
    assert (
        told[2]
        == "本周进群 19 人，比上周多 3（▲ 18.8%）；《早C晚A到底要不要建立耐受？28天实拍记录》带来最多（11 人）。"
    )
    assert "知乎机构号" in told[3] and "214 条评论、12 条线索" in told[3]
    assert told[4].startswith("线索主要来自知乎机构号（18 条，占 39.1%）") and "「敏感肌修护」" in told[4]
    assert told[5] == "需要处理：敏感肌互助群共 8 人等位，请扩群或加开新群；数据问题 2 类共 14 条。"


def test_one_is_singular_in_english(full_week: WeeklyFacts) -> None:
    """One post is not "1 posts"."""
    told = str(summary(replace(full_week, this=replace(full_week.this, posts=1)), language="en")[0])
    assert "<b>1 post</b>" in told


@pytest.mark.parametrize(
    ("language", "nothing", "no_figure"),
    [
        ("zh", "没有发布内容，也没有收到评论", "上周无数据"),
        ("en", "Nothing was published and nobody commented", "no figure last week"),
    ],
)
def test_an_empty_week_says_so(empty_week: WeeklyFacts, language: Language, nothing: str, no_figure: str) -> None:
    """Nothing published and no comments: a page that says it, without charts and without a broken table."""
    page = render(empty_week, language=language, mask=str)
    assert nothing in page and no_figure in page and "—" in page
    assert "<svg" not in page and "<table" not in page and "None" not in page


def test_a_first_week_compares_with_nothing(full_week: WeeklyFacts) -> None:
    """Without a week before there is no percentage, and nothing is taken for 0."""
    told = _plain(render(replace(full_week, before=None), mask=str))
    assert "上周没有数据可比" in told and "个百分点" not in told


def test_unknown_figures_are_dashes(full_week: WeeklyFacts) -> None:
    """Views that no platform tells are a dash on the tile."""
    page = render(replace(full_week, this=replace(full_week.this, views=None)), mask=str)
    assert re.search(r"阅读/播放</dt>\s*<dd class=\"value\" title=\"—\">—</dd>", page)


def test_made_at_is_told_in_the_reports_timezone(full_week: WeeklyFacts) -> None:
    """A moment in UTC is shown as people in Shanghai read their clocks."""
    facts = replace(full_week, made_at=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    assert "2026年11月23日 07:30 UTC+08:00" in render(facts, mask=str)


def test_sections_without_rows_are_left_out(full_week: WeeklyFacts) -> None:
    """No topics and intents leave a sentence where the chart would be; no posts leave out their table."""
    told = render(replace(full_week, topics=(), intents=(), top_posts=(), communities=()), mask=str)
    assert "没有识别出话题" in told and "没有识别出意向" in told and "热门内容" not in told and "社群席位" not in told


def test_charts_with_nothing_to_draw_are_empty(empty_week: WeeklyFacts) -> None:
    """An empty text, not an empty frame."""
    for draw in (days_chart, topics_chart, intents_chart):
        assert draw(empty_week, language="zh", size="wide") == ""


def test_two_topics_of_one_name_stay_two(full_week: WeeklyFacts) -> None:
    """Rows are told apart by their place, not by their name."""
    facts = replace(full_week, topics=(TopicLine("a", "同名", 1, 30, 2), TopicLine("b", "同名", 1, 20, 1)))
    assert topics_chart(facts, language="zh", size="wide").count(">同名</text>") == 2


def test_an_intent_without_last_week(full_week: WeeklyFacts) -> None:
    """An unknown week before is a dash beside the bar and no mark on it."""
    drawn = intents_chart(replace(full_week, intents=(IntentLine("ask", 9, None),)), language="zh", size="narrow")
    assert ">—</text>" in drawn and ">ask</text>" in drawn
