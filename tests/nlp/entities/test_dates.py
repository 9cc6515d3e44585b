"""Times: days, months, weeks and festivals as intervals from the writer's day, and no versions, marks or measures."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.entities import find_dates
from nlp.entities.festivals import SAID, festival
from nlp.normal import comparable

WEDNESDAY = date(2026, 4, 15)
FOUND = [
    ("2026-05-03", "2026-05-03/2026-05-03"),
    ("2025年5月1日", "2025-05-01/2025-05-01"),
    ("25年6月初", "2025-06-01/2025-06-10"),
    ("5月8号出发", "2026-05-08/2026-05-08"),
    ("５月８号", "2026-05-08/2026-05-08"),
    ("五月十四号", "2026-05-14/2026-05-14"),
    ("7月10出发", "2026-07-10/2026-07-10"),
    ("4月10号", "2027-04-10/2027-04-10"),
    ("去年5月", "2025-05-01/2025-05-31"),
    ("明年三月份", "2027-03-01/2027-03-31"),
    ("5.3落地", "2026-05-03/2026-05-03"),
    ("5/3出发", "2026-05-03/2026-05-03"),
    ("5.1号", "2026-05-01/2026-05-01"),
    ("6.18杭州出发", "2026-06-18/2026-06-18"),
    ("4月29-5.5", "2026-04-29/2026-05-05"),
    ("5.4-5.10", "2026-05-04/2026-05-10"),
    ("5.12～5.18", "2026-05-12/2026-05-18"),
    ("5.9--5.15报团", "2026-05-09/2026-05-15"),
    ("9.11-17", "2026-09-11/2026-09-17"),
    ("8月20-27号", "2026-08-20/2026-08-27"),
    ("12.31-1.3", "2026-12-31/2027-01-03"),
    ("12号到15号", "2026-05-12/2026-05-15"),
    ("7号广州出发", "2026-05-07/2026-05-07"),
    ("22号去", "2026-04-22/2026-04-22"),
    ("6月中旬", "2026-06-11/2026-06-20"),
    ("六月份中旬", "2026-06-11/2026-06-20"),
    ("5月中下旬", "2026-05-11/2026-05-31"),
    ("5月中旬后去", "2026-05-21/2026-06-03"),
    ("4.20广州飞泗水", "2026-04-20/2026-04-20"),
    ("11月底", "2026-11-21/2026-11-30"),
    ("3月2人", "2027-03-01/2027-03-31"),
    ("5月3天", "2026-05-01/2026-05-31"),
    ("7-8月", "2026-07-01/2026-08-31"),
    ("7月到8月", "2026-07-01/2026-08-31"),
    ("十一月", "2026-11-01/2026-11-30"),
    ("下个月初", "2026-05-01/2026-05-10"),
    ("下个月", "2026-05-01/2026-05-31"),
    ("这个月", "2026-04-01/2026-04-30"),
    ("月底", "2026-04-21/2026-04-30"),
    ("月初", "2026-05-01/2026-05-10"),
    ("今天", "2026-04-15/2026-04-15"),
    ("明天", "2026-04-16/2026-04-16"),
    ("后天", "2026-04-17/2026-04-17"),
    ("大后天", "2026-04-18/2026-04-18"),
    ("周五", "2026-04-17/2026-04-17"),
    ("周一", "2026-04-20/2026-04-20"),
    ("下周三", "2026-04-22/2026-04-22"),
    ("下周", "2026-04-20/2026-04-26"),
    ("下下周", "2026-04-27/2026-05-03"),
    ("这周末", "2026-04-18/2026-04-19"),
    ("周末", "2026-04-18/2026-04-19"),
    ("下星期天", "2026-04-26/2026-04-26"),
    ("五一", "2026-05-01/2026-05-05"),
    ("五一前", "2026-04-15/2026-04-30"),
    ("五一后", "2026-05-06/2026-05-19"),
    ("五一一个人多少", "2026-05-01/2026-05-05"),
    ("劳动节", "2026-05-01/2026-05-05"),
    ("国庆", "2026-10-01/2026-10-07"),
    ("十一长假", "2026-10-01/2026-10-07"),
    ("去年国庆", "2025-10-01/2025-10-08"),
    ("明年五一", "2027-05-01/2027-05-05"),
    ("端午", "2026-06-19/2026-06-21"),
    ("中秋节", "2026-09-25/2026-09-27"),
    ("春节", "2027-02-05/2027-02-12"),
    ("今年过年", "2026-02-15/2026-02-23"),
    ("清明", "2027-04-05/2027-04-05"),
    ("元旦", "2027-01-01/2027-01-01"),
    ("暑假", "2026-07-01/2026-08-31"),
    ("双十一", "2026-11-11/2026-11-11"),
    ("双11", "2026-11-11/2026-11-11"),
    ("618", "2026-06-18/2026-06-18"),
    ("圣诞节", "2026-12-25/2026-12-25"),
    ("年底", "2026-12-01/2026-12-31"),
    ("今年年底", "2026-12-01/2026-12-31"),
    ("明年年初", "2027-01-01/2027-01-31"),
    ("今年上半年", "2026-01-01/2026-06-30"),
    ("年后", "2027-02-13/2027-02-26"),
    ("明年", "2027-01-01/2027-12-31"),
]
NOTHING = [
    "",
    "1.5倍",
    "5.0分",
    "3.5mm",
    "9.9",
    "9.9到手",
    "价格9.9",
    "iOS 17.4到",
    "版本3.2-3.5",
    "1.5-2.5",
    "评分4.5",
    "13.5出发",
    "2.30出发",
    "0.5到",
    "1.2-1.5米",
    "3个月",
    "一个月",
    "三年后",
    "几年前",
    "5号线",
    "1号楼",
    "2号店",
    "解放路5号",
    "一米五一米七",
    "五一广场",
    "五一路",
    "二十一去",
    "青年后生",
    "一星期三千多",
    "十一个人",
    "40号",
]


def _values(text: str, today: date | None = WEDNESDAY) -> list[str]:
    return [one.value for one in find_dates(comparable(text), today=today)]


@pytest.mark.parametrize(("text", "value"), FOUND)
def test_time_is_an_interval(text: str, value: str) -> None:
    """A time is the next such interval from the writer's day, its first and its last day."""
    assert _values(text) == [value]


@pytest.mark.parametrize("text", NOTHING)
def test_no_time(text: str) -> None:
    """A measure, a mark, a price, a version, a house number and a length of time are no dates."""
    assert _values(text) == []


def test_without_a_day_the_words_stay() -> None:
    """Without the writer's day the value is what was written, in half width and without spaces."""
    assert _values("５月８号，下周三，4 - 10月", None) == ["5月8号", "下周三", "4-10月"]
    assert _values("2月30号", None) == ["2月"]


def test_two_months_are_two() -> None:
    """十月十一月 are October and November, not the eleventh of October."""
    assert _values("十月十一月都可以") == ["2026-10-01/2026-10-31", "2026-11-01/2026-11-30"]


def test_span_is_what_was_said() -> None:
    """The offsets hold the words for the time alone."""
    text = "我们5.3落地，想6月中旬回"
    assert [text[one.start : one.end] for one in find_dates(text, today=WEDNESDAY)] == ["5.3", "6月中旬"]


def test_feast_that_goes_on_is_this_years() -> None:
    """On its last day a festival is today's, the day after it the next year's."""
    assert _values("五一", date(2026, 5, 5)) == ["2026-05-01/2026-05-05"]
    assert _values("五一", date(2026, 5, 6)) == ["2027-05-01/2027-05-05"]


def test_days_off_are_the_published_ones() -> None:
    """Where the calendar is published, a feast is its days off with the weekends that join them."""
    assert festival("国庆", 2025) == (date(2025, 10, 1), date(2025, 10, 8))
    assert festival("春节", 2026) == (date(2026, 2, 15), date(2026, 2, 23))
    assert festival("清明", 2026) == (date(2026, 4, 4), date(2026, 4, 6))


@pytest.mark.parametrize(
    ("name", "day"),
    [("春节", date(2030, 2, 3)), ("端午", date(2030, 6, 5)), ("中秋", date(2030, 9, 12)), ("元宵", date(2030, 2, 17))],
)
def test_lunar_feasts_of_other_years(name: str, day: date) -> None:
    """For years whose days off are not yet published, the lunar calendar tells the feast."""
    period = festival(name, 2030)
    assert period is not None and period[0] <= day <= period[1]


@given(st.sampled_from(sorted(SAID)), st.integers(min_value=1, max_value=9999))
def test_any_festival_of_any_year(name: str, year: int) -> None:
    """A festival is an interval of at most a quarter, or none where no calendar knows the year."""
    period = festival(name, year)
    assert period is None or 0 <= (period[1] - period[0]).days < 92


@given(
    st.text(alphabet="五一国庆下个这周月年号日初中底末前后明今天0123456789./-到~上半旬", max_size=24),
    st.dates(),
)
def test_any_row_of_such_words_on_any_day(text: str, today: date) -> None:
    """No row of the words that are looked for breaks the reading, on any day; each value is an interval."""
    for one in find_dates(text, today=today):
        first, last = map(date.fromisoformat, one.value.split("/"))
        assert first <= last
        assert 0 <= one.start < one.end <= len(text)
