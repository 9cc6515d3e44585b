"""HTML to text, text as a database keeps it, times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.text import FUTURE_TOLERANCE, clean, element_text, html_text, parse_html, parse_time, read_html
from tests.patience import within

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "kept", "flaws"),
    [
        (" 好 ", "好", ()),
        ("前\x00后", "前后", ("invalid_text",)),
        ("\ud83d半个", "?半个", ("invalid_text",)),
        ("👨‍👩‍👧 ❤️", "👨‍👩‍👧 ❤️", ()),
        ("一\r\n二\t三", "一\r\n二\t三", ()),
        ("\x1b[31m红\ufffe", "[31m红", ("invalid_text",)),
    ],
)
def test_clean_keeps_what_a_database_keeps(text: str, kept: str, flaws: tuple[str, ...]) -> None:
    """Controls and lone surrogates go and are a flaw; joiners, line breaks and tabs stay."""
    assert clean(text) == (kept, flaws)


@given(st.text(st.characters(codec=None, exclude_categories=[]), max_size=200))
def test_cleaned_text_is_storable_and_stays_as_it_is(text: str) -> None:
    """What is clean encodes to UTF-8, holds no NUL, and does not change when it is cleaned again."""
    kept, _ = clean(text)
    assert b"\x00" not in kept.encode()
    assert clean(kept) == (kept, ())


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>一</p><p>二<br>三</p>", "一\n二\n三"),
        ("一\n  二", "一 二"),
        ("a  b\tc", "a  b c"),
        ("<ul><li>甲</li><li>乙</li></ul>", "甲\n乙"),
        ('好<img alt="😀">的<script>x()</script><style>p{}</style>', "好😀的"),
        ("&lt;b&gt; &amp; &#8220;引&#8221;&nbsp;", "<b> & “引”"),
        ("<!-- 注 -->前<!-- 注 -->后", "前后"),
        ("<!DOCTYPE html>", ""),
        ('<?xml version="1.0" encoding="gbk"?><p>文</p>', "文"),
        ("<o:p>名字空间</o:p>", "名字空间"),
        ("<plaintext>a<b>c", "a<b>c"),
        ("<p", ""),
        ("1 < 2", "1 < 2"),
        ("", ""),
    ],
)
def test_html_is_read_as_a_reader_sees_it(markup: str, text: str) -> None:
    """Blocks are lines, pictures their text, scripts nothing."""
    assert html_text(markup) == text


@pytest.mark.parametrize("markup", ["\x01前", "前&#1;", "前\x00", "\ud800前", "前\ufffe"])
def test_characters_that_lxml_refuses_are_a_flaw_and_no_fault(markup: str) -> None:
    """Controls, raw or as references, and lone surrogates never fail a page."""
    text, flaws = read_html(markup)
    assert "前" in text
    assert flaws == ("invalid_text",)


@given(st.text(st.characters(codec=None, exclude_categories=[]), max_size=80) | st.from_regex(r"(<[a-z!?/&;#0-9]*>?)+"))
def test_any_markup_is_read(markup: str) -> None:
    """No text is too broken to be read; what comes of it is as a database keeps it, flaws are bad characters."""
    text, flaws = read_html(markup)
    assert clean(text) == (text, ())
    assert flaws in ((), ("invalid_text",))


@pytest.mark.parametrize("depth", [300, 3_000, 50_000])
def test_deep_markup_keeps_its_text(depth: int) -> None:
    """Elements nested beyond what a parser follows lose their tags, not their text."""
    assert html_text("前" + "<div>" * depth + "深处" + "</div>" * depth).split() == ["前", "深处"]


def test_an_element_with_endless_attributes_is_not_parsed() -> None:
    """Its parser would compare each with each; a long value, or a script that looks like a tag, is no such element."""
    many = " ".join(f"a{number}='>'" for number in range(100_000))
    with within(8):
        assert parse_html(f"<p {many}>前</p>") is None
        assert html_text(f"<p {many}>前</p>后").endswith("后")
    picture = "data:image/png;base64," + "A" * 500_000
    script = f"<script>for (i = 0; i<n; i++) var x = [{'1, ' * 50_000}];</script>"
    assert element_text(parse_html(f'{script}<p title="{"a " * 50_000}">前<img src="{picture}"></p>')) == "前"


@pytest.mark.parametrize(
    "markup",
    [
        "长" * 12_000_000,
        "\n" * 3_000_000,
        "a" + " " * 3_000_000 + "b",
        " \t" * 1_000_000,
        "<br>" * 300_000,
        "<" * 200_000,
    ],
    ids=["line", "breaks", "spaces", "tabs", "br", "brackets"],
)
def test_huge_markup_is_read_in_time(markup: str) -> None:
    """Nothing that somebody can write into a comment makes reading it slow."""
    with within(8):
        html_text(markup)


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2026-11-02T09:00:00+08:00", "2026-11-02T01:00:00"),
        ("2026-11-02T09:00:00Z", "2026-11-02T09:00:00"),
        ("2026-11-02 09:00", "2026-11-02T01:00:00"),
        ("Mon, 02 Nov 2026 09:00:00 +0800", "2026-11-02T01:00:00"),
        ("Mon, 02 Nov 2026 09:00:00 GMT", "2026-11-02T09:00:00"),
        ("1793491200", "2026-11-01T00:00:00"),
        ("1793491200000", "2026-11-01T00:00:00"),
        ("2026年11月2日", "2026-11-01T16:00:00"),
        ("发布于 2026年11月2日 9:05", "2026-11-02T01:05:00"),
        ("2026年11月2日 9时5分6秒", "2026-11-02T01:05:06"),
        ("2026/11/2 09：05", "2026-11-02T01:05:00"),
        ("2026-11-02 下午3:00", "2026-11-02T07:00:00"),
        ("2026-11-02 上午 9:00", "2026-11-02T01:00:00"),
        ("2026-11-02 中午12:30", "2026-11-02T04:30:00"),
    ],
)
def test_a_time_is_read_in_every_usual_form(raw: str, moment: str) -> None:
    """ISO 8601, RFC 2822, Unix and Chinese forms are moments in UTC."""
    assert parse_time(raw, zone=SHANGHAI, now=NOW) == (datetime.fromisoformat(moment).replace(tzinfo=UTC), ())


@pytest.mark.parametrize(
    "raw",
    [
        *(None, "", "昨晚", "3个月前", "2026-13-45", "0000-00-00T00:00:00", "0001-01-01", "9999-12-31T23:59:59"),
        *("1970-01-01", "2999-01-01", "2026-11-23", "12:00", "\x00", "9" * 5000, "1e400", "2026年2月30日"),
        *("11-31", "13-01", "26-11-20", "3-5小时", "3-5 人", "11-20 期货", "昨天 25:00", "周五", "99999天前"),
        *("2天前 编辑于 昨天", "发布于 3小时前 编辑于 1小时前", "12:30", "广东", "发布于", "前天" * 40),
    ],
)
def test_an_unbelievable_time_is_none_and_a_flaw(raw: str | None) -> None:
    """Missing, unreadable, ancient and future times are not stored as times."""
    assert parse_time(raw, zone=SHANGHAI, now=NOW) == (None, ("bad_timestamp",))


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        *(("刚刚", "2026-11-21 12:00"), ("刚才", "2026-11-21 12:00"), ("30秒前", "2026-11-21 11:59:30")),
        *(("5分钟前", "2026-11-21 11:55"), ("3小时前", "2026-11-21 09:00"), ("1个小时前", "2026-11-21 11:00")),
        *(("半小时前", "2026-11-21 11:30"), ("2天前", "2026-11-19 12:00"), ("1周前", "2026-11-14 12:00")),
        *(("今天 08:00", "2026-11-21 08:00"), ("昨天 12:30", "2026-11-20 12:30"), ("前天 08:00", "2026-11-19 08:00")),
        *(("昨天", "2026-11-20"), ("昨天下午3:05", "2026-11-20 15:05"), ("今天 凌晨12:30", "2026-11-21 00:30")),
        *(("11-20", "2026-11-20"), ("11-21", "2026-11-21"), ("11-22", "2025-11-22"), ("02-29", "2024-02-29")),
        *(("11月20日 08:00", "2026-11-20 08:00"), ("12月31日", "2025-12-31"), ("11-20 08:00 广东", "2026-11-20 08:00")),
        *(
            ("发布于 11-20 广东", "2026-11-20"),
            ("编辑于 昨天 08:00 浙江", "2026-11-20 08:00"),
            ("11-20 广东", "2026-11-20"),
        ),
        *(
            ("2026-11-20 浙江", "2026-11-20"),
            ("3小时前 上海", "2026-11-21 09:00"),
            ("11-20 IP属地：四川", "2026-11-20"),
        ),
        *(("刚刚 来自 iPhone客户端", "2026-11-21 12:00"), ("编辑于 2026-11-19 21:30 北京", "2026-11-19 21:30")),
    ],
)
def test_a_time_is_read_as_chinese_sites_write_it(raw: str, moment: str) -> None:
    """Counted back from now, by the name of the day, or without a year; with what sites write around it."""
    wanted = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI).astimezone(UTC)
    wanders = raw.startswith("刚") or raw.rstrip(" 上海").endswith(("秒前", "分钟前", "小时前", "天前", "周前"))
    assert parse_time(raw, zone=SHANGHAI, now=NOW) == (wanted, ("relative_time",) if wanders else ())


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)),
    st.sampled_from(["{:%m-%d}", "{:%m月%d日}", "发布于 {:%m-%d} 广东"]),
)
def test_a_day_without_a_year_is_the_latest_that_has_begun(day: date, here: datetime, form: str) -> None:
    """Never ahead of the reader's own day, and no later one of that name lies between."""
    moment, _ = parse_time(form.format(day), zone=SHANGHAI, now=here.replace(tzinfo=SHANGHAI))
    assert moment is not None
    found = moment.astimezone(SHANGHAI).date()
    assert (found.month, found.day) == (day.month, day.day)
    assert found <= here.date()
    assert (here.date() - found).days < 366 or (day.month, day.day) == (2, 29)


@given(st.integers(0, 9999), st.sampled_from([("秒", 1), ("分钟", 60), ("小时", 3600), ("天", 86400)]))
def test_what_is_counted_back_is_counted_from_now(number: int, unit: tuple[str, int]) -> None:
    """N units ago is N units before now, in any zone."""
    found = parse_time(f"{number}{unit[0]}前", zone=ZoneInfo("Europe/London"), now=NOW)
    assert found == (NOW - timedelta(seconds=number * unit[1]), ("relative_time",))


def test_today_a_little_ahead_is_not_last_year() -> None:
    """A site's clock may be minutes ahead of ours."""
    found, _ = parse_time("11-21 12:05", zone=SHANGHAI, now=NOW)
    assert found == NOW + timedelta(minutes=5)


@given(st.text("今昨前天日刚刚才分钟小时秒半周月年于发布编辑广东 -:：0123456789", max_size=30))
def test_no_mixture_of_such_words_fails(raw: str) -> None:
    """It is a moment that is believable, or none; 0周前 is now."""
    moment, flaws = parse_time(raw, zone=SHANGHAI, now=NOW)
    assert (moment is None) == (flaws == ("bad_timestamp",))
    assert moment is None or moment <= NOW + FUTURE_TOLERANCE


def test_a_clock_may_be_a_day_ahead() -> None:
    """What lies within the tolerance is believed: a zone may be wrong by hours."""
    assert parse_time((NOW + timedelta(hours=23)).isoformat(), zone=SHANGHAI, now=NOW)[1] == ()


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{1,6}[-/年. ][0-9]{1,3}[-/月. ][0-9]{1,3}.{0,12}"))
def test_reading_a_time_never_fails(raw: str) -> None:
    """Any text is a moment in UTC or none."""
    moment, flaws = parse_time(raw, zone=SHANGHAI, now=NOW)
    assert (moment is None) == (flaws == ("bad_timestamp",))
    assert moment is None or moment.tzinfo is UTC
