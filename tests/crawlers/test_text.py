"""Bytes to text, HTML to text, text to times and numbers."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.text import clean, decode, html_text, parse_count, parse_time, read_html

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SENTENCE = "这是一条关于课程价格的评论，请问多少钱？怎么报名参加呢，谢谢老师。"
TRADITIONAL = "這是一條關於課程價格的評論，請問多少錢？怎麼報名參加呢，謝謝老師。"
CHINESE = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=20, max_size=200)
LABELS = st.sampled_from([None, "utf-8", "gbk", "GB2312", "big5", "latin-1", "no-such", "hex", "undefined", "punycode"])


@pytest.mark.parametrize(
    ("text", "encoding", "declared", "flaws"),
    [
        (SENTENCE, "utf-8", "utf-8", ()),
        (SENTENCE, "utf-8", None, ()),
        (SENTENCE, "utf-8", "gbk", ("charset_mismatch",)),
        (SENTENCE, "gbk", "gb2312", ()),
        (SENTENCE, "gb18030", "GBK", ()),
        (SENTENCE, "gbk", "utf-8", ("charset_mismatch",)),
        (SENTENCE + "🏕", "gb18030", "utf-8", ("charset_mismatch",)),
        (TRADITIONAL, "big5", "big5", ()),
        (TRADITIONAL, "big5", "utf-8", ("charset_mismatch",)),
        (SENTENCE, "utf-8-sig", "gbk", ()),
        (SENTENCE, "utf-16", "utf-8", ()),
        (SENTENCE, "gbk", "no-such-charset", ("charset_mismatch",)),
        (SENTENCE, "gbk", "hex", ("charset_mismatch",)),
        ("plain", "ascii", "gbk", ()),
    ],
)
def test_a_body_is_decoded_whatever_its_label(
    text: str, encoding: str, declared: str | None, flaws: tuple[str, ...]
) -> None:
    """The right text comes out, and a wrong label is a flaw."""
    assert decode(text.encode(encoding), declared=declared) == (text, flaws)


@given(CHINESE, st.integers(min_value=0), LABELS)
def test_one_broken_byte_does_not_spoil_a_utf8_page(text: str, where: int, label: str | None) -> None:
    """Only the character it falls into is lost, whatever the label says."""
    body = bytearray(text.encode())
    del body[where % len(body)]
    found, flaws = decode(bytes(body), declared=label)
    assert "invalid_text" in flaws
    assert sum(char in text for char in found) >= len(text) - 2


def test_one_broken_byte_does_not_spoil_a_gbk_page() -> None:
    """The rest of a page declared as GBK is still read as GBK."""
    body = SENTENCE.encode("gbk") + b"\xff" + SENTENCE.encode("gbk")
    assert decode(body, declared="gbk") == (f"{SENTENCE}\ufffd{SENTENCE}", ("invalid_text",))


@pytest.mark.parametrize("body", [b"\xef\xbb\xbf" + "中".encode() + b"\xff", b"\xff\xfe" + b"\x2d\x4e\x2d"])
def test_broken_bytes_after_a_mark_are_a_flaw(body: bytes) -> None:
    """A byte order mark does not hide that something after it is broken."""
    assert decode(body, declared=None) == ("中\ufffd", ("invalid_text",))


@given(st.binary(max_size=300), LABELS)
def test_decoding_never_fails(body: bytes, label: str | None) -> None:
    """Any bytes under any label give a text."""
    text, _ = decode(body, declared=label)
    assert isinstance(text, str)


@given(CHINESE, st.sampled_from(["utf-8", "gb18030"]))
def test_declared_text_comes_out_whole(text: str, encoding: str) -> None:
    """What is declared rightly is read exactly."""
    assert decode(text.encode(encoding), declared=encoding)[0] == text


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
    """No text is too broken to be read."""
    read_html(markup)


@pytest.mark.parametrize("depth", [300, 3_000, 50_000])
def test_deep_markup_keeps_its_text(depth: int) -> None:
    """Elements nested beyond what a parser follows lose their tags, not their text."""
    assert html_text("前" + "<div>" * depth + "深处" + "</div>" * depth).split() == ["前", "深处"]


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
    began = time.monotonic()
    html_text(markup)
    assert time.monotonic() - began < 5


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
        *(None, "", "昨天", "刚刚", "2026-13-45", "0000-00-00T00:00:00", "0001-01-01", "9999-12-31T23:59:59"),
        *("1970-01-01", "2999-01-01", "2026-11-23", "12:00", "\x00", "9" * 5000, "1e400", "2026年2月30日"),
    ],
)
def test_an_unbelievable_time_is_none_and_a_flaw(raw: str | None) -> None:
    """Missing, unreadable, ancient and future times are not stored as times."""
    assert parse_time(raw, zone=SHANGHAI, now=NOW) == (None, ("bad_timestamp",))


def test_a_clock_may_be_a_day_ahead() -> None:
    """What lies within the tolerance is believed: a zone may be wrong by hours."""
    assert parse_time((NOW + timedelta(hours=23)).isoformat(), zone=SHANGHAI, now=NOW)[1] == ()


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{1,6}[-/年. ][0-9]{1,3}[-/月. ][0-9]{1,3}.{0,12}"))
def test_reading_a_time_never_fails(raw: str) -> None:
    """Any text is a moment in UTC or none."""
    moment, flaws = parse_time(raw, zone=SHANGHAI, now=NOW)
    assert (moment is None) == (flaws == ("bad_timestamp",))
    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("raw", "count"),
    [
        *(("0", 0), ("3,456", 3456), ("赞 12", 12), ("评论(12)", 12), ("12 次", 12), ("1,234,567", 1_234_567)),
        *(("12 likes", 12), ("12 views", 12), ("阅读：88", 88), ("７", 7)),
        *(("1.2万", None), ("10w+", None), ("3千", None), ("2亿", None), ("3m", None), ("12k", None), ("99+", None)),
        *(("", None), ("暂无", None), ("12 / 30", None), ("3.5", None), ("9" * 30, None), ("9" * 5000, None)),
    ],
)
def test_a_count_is_a_whole_number_or_unknown(raw: str, count: int | None) -> None:
    """A rounded or doubtful number is unknown, never a guess."""
    assert parse_count(raw) == count


@given(st.integers(0, 10**12), st.sampled_from(["{}", "{:,}", "赞 {}", "{} 次阅读"]))
def test_a_written_number_is_read_back(number: int, form: str) -> None:
    """Any whole number in a usual form comes out as itself."""
    assert parse_count(form.format(number)) == number
