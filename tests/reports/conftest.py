"""A realistic week of a skin-care brand's team, shared by the tests of the report."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from yinliu.language import Text
from yinliu.reports.facts import (
    CommunityLine,
    DayLine,
    IntentLine,
    PostLine,
    ProblemLine,
    SourceLine,
    TopicLine,
    WeeklyFacts,
    WeekTally,
)
from yinliu.reports.week import Week
from yinliu.reports.weekly import render

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = Week.parse("2026-W47")


@pytest.fixture(scope="session")
def full_week() -> WeeklyFacts:
    """A week with something in every section."""
    return WeeklyFacts(
        week=WEEK,
        made_at=datetime(2026, 11, 23, 9, 0, 12, tzinfo=SHANGHAI),
        team="澄心护肤 · 内容营销组",
        timezone="Asia/Shanghai",
        this=WeekTally(21, 1286, 318, 742, 8930, 386_120, 203, 46, 31, 8, joined=19),
        before=WeekTally(24, 1042, 251, 655, 9204, 341_500, 168, 37, 31, 0, joined=16),
        days=_days(),
        topics=_topics(),
        intents=_intents(),
        top_posts=_posts(),
        sources=_sources(),
        communities=_communities(),
        problems=_problems(),
        model_version="tags-2026.11.1",
    )


@pytest.fixture(scope="session")
def empty_week() -> WeeklyFacts:
    """A week in which nothing was published and nobody commented."""
    nothing = WeekTally(0, 0, 0, 0, None, None, 0, 0, 0, 0)
    days = tuple(DayLine(day, 0, 0, 0) for day in WEEK.days)
    made = datetime(2026, 11, 23, 1, 0, tzinfo=ZoneInfo("UTC"))
    return WeeklyFacts(
        WEEK, made, "澄心护肤", "Asia/Shanghai", nothing, None, days, (), (), (), (), (), (), "tags-2026.11.1"
    )


@pytest.fixture(scope="session")
def chinese_page(full_week: WeeklyFacts) -> str:
    """The full week, rendered once for the tests that only read it."""
    return render(full_week, mask=str)


@pytest.fixture(scope="session")
def english_page(full_week: WeeklyFacts) -> str:
    """The same in English."""
    return render(full_week, language="en", mask=str)


def _days() -> tuple[DayLine, ...]:
    figures = ((4, 142, 5), (3, 168, 6), (4, 271, 11), (3, 214, 8), (4, 196, 7), (2, 173, 6), (1, 122, 3))
    monday = date(2026, 11, 16)
    return tuple(DayLine(monday + timedelta(days=number), *line) for number, line in enumerate(figures))


def _topics() -> tuple[TopicLine, ...]:
    return (
        TopicLine("sensitive-skin", "敏感肌修护", 6, 402, 17),
        TopicLine("sunscreen", "防晒测评", 4, 268, 6),
        TopicLine("ingredients", "成分科普", 5, 231, 9),
        TopicLine("acid", "早C晚A与刷酸", 3, 187, 8),
        TopicLine("double-eleven", "双11返场囤货", 2, 104, 5),
        TopicLine("oily-skin", "油皮控油", 2, 58, 1),
        TopicLine("men", "男士护肤", 1, 36, 0),
    )


def _intents() -> tuple[IntentLine, ...]:
    return (
        IntentLine("ask_price", 163, 128, "问价格"),
        IntentLine("ask_how", 221, 240, "问用法"),
        IntentLine("ask_where", 118, 74, "求购买链接"),
        IntentLine("ask_fit", 97, 88, "问适不适合"),
        IntentLine("join_group", 42, 0, "想进群"),
        IntentLine("complain", 19, 27, "投诉反馈"),
    )


def _posts() -> tuple[PostLine, ...]:
    def at(day: int, hour: int, minute: int) -> datetime:
        return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)

    return (
        PostLine(
            "敏感肌换季泛红？皮肤科医生讲清楚屏障修护的三个阶段，第二步九成的人都做错了",
            "https://www.zhihu.com/question/61234/answer/2213",
            "知乎机构号",
            "知乎",
            at(18, 20, 5),
            214,
            163,
            12,
            1820,
            64_300,
            ("sensitive-skin", "ingredients"),
            joined=8,
        ),
        PostLine(
            "早C晚A到底要不要建立耐受？28天实拍记录",
            "https://www.bilibili.com/video/BV1xx411c7mD",
            "澄心实验室",
            "B站",
            at(19, 18, 30),
            187,
            141,
            8,
            2650,
            121_400,
            ("acid",),
            joined=11,
        ),
        PostLine(
            "油敏皮闭眼入的5支防晒🌞 通勤党看这一篇就够",
            "https://example.com/note/6568",
            "小红书品牌号",
            "小红书",
            at(17, 12, 10),
            168,
            120,
            5,
            1904,
            None,
            ("sunscreen", "oily-skin"),
        ),
        PostLine(
            "双11返场清单：哪些值得囤，哪些别冲动",
            "https://example.com/weibo/4821",
            "官方微博",
            "微博",
            at(16, 21, 0),
            104,
            82,
            5,
            731,
            58_900,
            ("double-eleven",),
        ),
        PostLine(
            "神经酰胺、B5、积雪草怎么选？一张表看懂",
            "",
            "官网博客",
            "RSS",
            None,
            47,
            31,
            3,
            None,
            None,
            ("ingredients",),
        ),
    )


def _sources() -> tuple[SourceLine, ...]:
    return (
        SourceLine("知乎机构号", "知乎", 5, 391, 18, 0),
        SourceLine("澄心实验室", "B站", 4, 342, 12, 0),
        SourceLine("小红书品牌号", "小红书", 7, 318, 9, 0),
        SourceLine("官方微博", "微博", 4, 188, 5, 14),
        SourceLine("官网博客", "RSS", 1, 47, 2, 0),
    )


def _communities() -> tuple[CommunityLine, ...]:
    return (
        CommunityLine("sensitive", "敏感肌互助群", 600, 600, 14, 8, joined=9),
        CommunityLine("lab", "成分党研习社", 500, 412, 11, 0, joined=10),
        CommunityLine("vip", "新品体验官", 200, 67, 4, 0),
    )


def _problems() -> tuple[ProblemLine, ...]:
    return (
        ProblemLine(
            "login_expired",
            "官方微博",
            12,
            Text("登录已过期，周五起的评论没有采到", "The login expired: comments since Friday are missing"),
            Text(
                "请账号负责人重新登录，然后运行 yinliu crawl 官方微博", "Log in again, then run yinliu crawl 官方微博"
            ),
        ),
        ProblemLine("no_publish_time", "官方微博", 2, "2 条内容没有发布时间，未计入本周", "在后台“待查数据”里补上时间"),
    )
