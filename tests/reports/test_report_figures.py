"""How figures, changes, rates and dates are worked out and written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinliu.language import Language
from yinliu.reports.amounts import Change, exact, percent, ratio, short
from yinliu.reports.facts import WeeklyFacts, WeekTally
from yinliu.reports.fitting import fit
from yinliu.reports.funnel import funnel, whole_way
from yinliu.reports.week import Week
from yinliu.reports.wording import week_dates, week_name


@pytest.mark.parametrize(
    ("now", "before", "direction", "arrow", "reference"),
    [
        (46, 37, "up", "▲ 24.3%", "上周 37"),
        (21, 24, "down", "▼ 12.5%", "上周 24"),
        (31, 31, "same", "持平", "上周 31"),
        (0, 0, "same", "持平", "上周为 0"),
        (5, 0, "from_zero", "▲ 新增", "上周为 0"),
        (0, 5, "down", "▼ 100%", "上周 5"),
        (30, 10, "up", "▲ 200%", "上周 10"),
        (None, 5, "unknown", "—", "上周 5"),
        (5, None, "unknown", "—", "上周无数据"),
        (None, None, "unknown", "—", "上周无数据"),
    ],
)
def test_a_change_against_the_week_before(
    now: int | None, before: int | None, direction: str, arrow: str, reference: str
) -> None:
    """Up, down, even, from 0 and unknown are five different answers."""
    change = Change(now, before)
    assert (change.direction, change.arrow("zh"), change.reference("zh")) == (direction, arrow, reference)


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_change_is_difference_over_before(now: int, before: int) -> None:
    """The share is the difference over the week before, without sign."""
    assert Change(now, before).share == pytest.approx(abs(now - before) / before)


@pytest.mark.parametrize(
    ("count", "zh", "en"),
    [
        (None, "—", "—"),
        (0, "0", "0"),
        (9_999, "9,999", "9,999"),
        (10_000, "1万", "10K"),
        (386_120, "38.6万", "386.1K"),
        (123_456_789, "1.2亿", "123.5M"),
    ],
)
def test_large_figures_are_short(count: int | None, zh: str, en: str) -> None:
    """Chinese counts in 万 and 亿, English in K and M; unknown is a dash."""
    assert (short(count, "zh"), short(count, "en")) == (zh, en)


def test_unknown_is_never_0() -> None:
    """A dash stands for what nobody knows, in every form."""
    assert exact(None) == percent(ratio(None, 5)) == percent(ratio(5, 0)) == "—"
    assert exact(0) == "0" and percent(0.0) == "0.0%" and percent(0.0004) == "<0.1%"


def test_funnel_rates(full_week: WeeklyFacts) -> None:
    """Each rate is a step over the step above it, beside the same rate of the week before."""
    steps = funnel(full_week.this, full_week.before)
    assert [step.count for step in steps] == [1286, 742, 203, 46, 31]
    assert [step.rate for step in steps] == [
        None,
        *(pytest.approx(x) for x in (742 / 1286, 203 / 742, 46 / 203, 31 / 46)),
    ]
    assert steps[4].points == -16.4 and steps[4].direction == "down"
    assert steps[4].told("zh") == "转化率 67.4%" and steps[4].compared("zh") == "较上周 −16.4 个百分点"


def test_comments_to_people_is_an_average(full_week: WeeklyFacts) -> None:
    """People are no share of comments: the second step tells comments a person."""
    step = funnel(full_week.this, full_week.before)[1]
    assert step.told("zh") == "人均 1.7 条" and step.told("en") == "1.7 comments each" and step.points is None


def test_an_empty_funnel_has_no_rates() -> None:
    """From 0 there is no conversion, so a dash and not 0%."""
    steps = funnel(WeekTally(0, 0, 0, 0, None, None, 0, 0, 0, 0), None)
    assert [step.rate for step in steps] == [None] * 5 and {step.width for step in steps} == {0}
    assert steps[2].told("zh") == "转化率 —" and steps[1].told("zh") == "人均 — 条"
    assert "—" in whole_way(WeekTally(0, 0, 0, 0, None, None, 0, 0, 0, 0), "zh")


def test_a_funnel_may_widen(full_week: WeeklyFacts) -> None:
    """More leads than people interested this week is over 100%, and no bar leaves its track."""
    steps = funnel(replace(full_week.this, people_interested=10), None)
    assert steps[3].told("zh") == "转化率 460%" and max(step.width for step in steps) == 1


@pytest.mark.parametrize(
    ("label", "language", "name", "dates"),
    [
        ("2026-W47", "zh", "2026年第47周", "11月16日—11月22日"),
        ("2026-W47", "en", "Week 47, 2026", "16 Nov – 22 Nov"),
        ("2026-W53", "zh", "2026年第53周", "2026年12月28日—2027年1月3日"),
        ("2025-W01", "en", "Week 1, 2025", "30 Dec 2024 – 5 Jan 2025"),
    ],
)
def test_a_week_is_named(label: str, language: Language, name: str, dates: str) -> None:
    """The years are written out only where they are not the week's own."""
    week = Week.parse(label)
    assert (week_name(week, language), week_dates(week, language)) == (name, dates)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("敏感肌修护", "敏感肌修护"),
        ("敏感肌修护与屏障", "敏感肌修…"),
        ("👩‍👩‍👧👍🏽❤️🙂🙂🙂", "👩‍👩‍👧👍🏽❤️🙂…"),
        ("iiiiiiiiiiiiiiii", "iiiiii…"),
        ("", ""),
    ],
)
def test_a_text_is_cut_between_characters(text: str, cut: str) -> None:
    """What does not fit ends in an ellipsis; an emoji of several code points is kept or left out whole."""
    assert fit(text, ems=5) == cut
