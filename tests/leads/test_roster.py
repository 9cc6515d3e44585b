"""Whose turn it is: fair over any window, within quotas, and never to somebody who is off."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.leads.routers import CHINA, FRIDAY, router, rules, wish
from yinliu.leads.duty import is_on_shift
from yinliu.workspace.communities import Communities

WINDOW = 30
SHIFT = st.sampled_from(
    (
        {"days": "everyday"},
        {"days": "workdays", "from": "09:00", "to": "18:00"},
        {"days": "everyday", "from": "10:00", "to": "22:00"},
        {"days": "holidays", "from": "08:00", "to": "20:00"},
        {"days": ["fri", "sat"], "from": "06:00", "to": "24:00"},
    )
)
OPERATOR = st.fixed_dictionaries({"shifts": st.lists(SHIFT, max_size=1), "daily_quota": st.sampled_from((None, 3, 8))})
POOLS = st.lists(OPERATOR, min_size=1, max_size=5).map(
    lambda rows: rules(
        {"name": "all", "capacity": 1000, "operators": [f"o{number}" for number in range(len(rows))]},
        operators=[{"name": f"o{number}", **row} for number, row in enumerate(rows)],
    )
)
GAPS = st.lists(st.sampled_from((0, 1, 20, 300, 900)), max_size=80)
"""Minutes from one lead to the next."""


def history(policy: Communities, gaps: list[int]) -> list[tuple[datetime, str | None, frozenset[str]]]:
    """(moment, to whom, who could have been given it) of leads of one pool."""
    deciding, moment, given_to, found = router(policy), FRIDAY, Counter[tuple[str, str]](), []
    for gap in gaps:
        moment += timedelta(minutes=gap)
        day = f"{moment.astimezone(CHINA):%Y-%m-%d}"
        able = frozenset(
            one.name
            for one in policy.operators
            if is_on_shift(one, moment, CHINA) and given_to[one.name, day] < (one.daily_quota or 1000)
        )
        decision = deciding.decide(wish(), moment)
        assert decision is not None
        if decision.operator:
            given_to[decision.operator, day] += 1
        found.append((moment, decision.operator, able))
    return found


@given(POOLS, GAPS)
def test_only_somebody_on_duty_with_quota_left(policy: Communities, gaps: list[int]) -> None:
    """And somebody whenever there is one; a day is the team's."""
    for _, operator, able in history(policy, gaps):
        assert operator in able if able else operator is None


@settings(max_examples=300)
@given(POOLS, GAPS)
def test_nobody_is_more_than_one_ahead(policy: Communities, gaps: list[int]) -> None:
    """Over any 30 leads of a pool, of two with the same quota who were both there with quota left all the time."""
    leads = history(policy, gaps)
    quota = {one.name: one.daily_quota for one in policy.operators}
    for start in range(max(1, len(leads) - WINDOW + 1)):
        window = leads[start : start + WINDOW]
        there = frozenset.intersection(*(able for _, _, able in window)) if window else frozenset()
        shares = Counter(operator for _, operator, _ in window)
        for one in there:
            for other in there:
                assert quota[one] != quota[other] or abs(shares[one] - shares[other]) <= 1


@given(POOLS, GAPS)
def test_longest_since_last_served_is_next(policy: Communities, gaps: list[int]) -> None:
    """Whoever could have been given a lead and was given one earlier than the one who got it, never is passed over."""
    last: dict[str, int] = {}
    for number, (_, operator, able) in enumerate(history(policy, gaps)):
        if operator:
            assert all(last.get(operator, -1) <= last.get(one, -1) for one in able)
            last[operator] = number


def test_a_day_ends_at_the_teams_midnight() -> None:
    """A quota of one: one before midnight in Shanghai, one after."""
    policy = rules({"name": "all", "operators": ["a"]}, operators=[{"name": "a", "daily_quota": 1}])
    deciding = router(policy)
    evening = datetime(2026, 11, 20, 23, 59, tzinfo=CHINA)
    found = [deciding.decide(wish(), evening + timedelta(minutes=gap)) for gap in (0, 0, 1)]
    assert [one.operator if one else "" for one in found] == ["a", None, "a"]


@pytest.mark.parametrize(
    ("operator", "why", "back"),
    [
        ({"shifts": [{"days": "workdays", "from": "12:00", "to": "18:00"}]}, "off_duty", "2026-11-20 12:00"),
        ({"shifts": [{"days": "holidays", "from": "09:00", "to": "18:00"}]}, "off_duty", "2026-11-21 09:00"),
        ({"daily_quota": 1}, "quota_used", "2026-11-21 00:00"),
    ],
)
def test_nobody_to_give_it_to_is_told_with_when(operator: dict[str, Any], why: str, back: str) -> None:
    """The seat is held, the ticket queued."""
    policy = rules({"name": "all", "operators": ["a"]}, operators=[{"name": "a", **operator}])
    deciding = router(policy, operators={"a": (1, "2026-11-20", 1)})
    one = deciding.decide(wish(), FRIDAY)
    assert one is not None
    assert (one.state, one.group, one.operator) == ("queued", "all/1", None)
    assert one.reasons == ("open:all", why, f"next_shift:{back}")


def test_days_off_that_are_not_published_are_told() -> None:
    """A reason says that the year went by weekday."""
    policy = rules(
        {"name": "all", "operators": ["a"]},
        operators=[{"name": "a", "shifts": [{"days": "workdays", "from": "09:00", "to": "18:00"}]}],
    )
    one = router(policy).decide(wish(), datetime(2031, 10, 4, 10, tzinfo=CHINA))  # a Saturday
    assert one and one.reasons[-1] == "calendar:2031"


@pytest.mark.parametrize(("day", "operator"), [(4, "b"), (5, "a"), (6, "b")])
def test_whose_turn_follows_the_teams_own_days(day: int, operator: str) -> None:
    """A day off by the file is one for everybody whose shifts ask; a Saturday at work likewise."""
    hours = {"from": "09:00", "to": "18:00"}
    policy = rules(
        {"name": "all"},
        operators=[
            {"name": "a", "shifts": [{"days": "workdays", **hours}]},
            {"name": "b", "shifts": [{"days": "holidays", **hours}]},
        ],
        calendar={"off": ["2031-10-04", "2031-10-06"], "work": ["2031-10-05"]},  # Saturday, Monday, Sunday
    )
    one = router(policy).decide(wish(), datetime(2031, 10, day, 10, tzinfo=CHINA))
    assert one and one.operator == operator


def test_a_day_off_by_the_file_moves_the_next_shift() -> None:
    """And a year that the file tells is not called unknown."""
    policy = rules(
        {"name": "all", "operators": ["a"]},
        operators=[{"name": "a", "shifts": [{"days": "workdays", "from": "09:00", "to": "18:00"}]}],
        calendar={"off": ["2031-01-01", "2031-05-01", "2031-10-01..2031-10-07"]},
    )
    one = router(policy).decide(wish(), datetime(2031, 10, 3, 10, tzinfo=CHINA))  # a Friday
    assert one and one.reasons[-2:] == ("off_duty", "next_shift:2031-10-08 09:00")


def test_a_quota_is_shared_by_all_communities() -> None:
    """An operator of two communities has one day."""
    policy = rules(
        {"name": "c1", "operators": ["a"]},
        {"name": "c2", "operators": ["a"]},
        operators=[{"name": "a", "daily_quota": 2}],
    )
    deciding = router(policy)
    assert [one.operator if (one := deciding.decide(wish(), FRIDAY)) else "" for _ in range(3)] == ["a", "a", None]
    assert deciding.roster.room(policy.communities[0], FRIDAY) == 0


A_QUOTA_OF_ONE = {"name": "a", "daily_quota": 1}
MORNING_AND_AFTERNOON = [
    {"days": "everyday", "from": "09:00", "to": "12:00"},
    {"days": "everyday", "from": "14:00", "to": "18:00"},
]


@pytest.mark.parametrize(
    ("others", "hour", "why", "back"),
    [
        ([{"name": "b", "shifts": MORNING_AND_AFTERNOON[1:]}], 10, "quota_used", "2026-11-20 14:00"),
        ([], 10, "quota_used", "2026-11-21 09:00"),
        ([], 13, "off_duty", "2026-11-21 09:00"),
        ([{"name": "b", "shifts": MORNING_AND_AFTERNOON, "daily_quota": 1}], 13, "off_duty", "2026-11-21 09:00"),
    ],
)
def test_the_next_shift_is_of_somebody_with_quota_left(
    others: list[dict[str, Any]], hour: int, why: str, back: str
) -> None:
    """Today by somebody else; of those whose quota is used, another day's."""
    rows = [{**A_QUOTA_OF_ONE, "shifts": MORNING_AND_AFTERNOON}, *others]
    policy = rules({"name": "all", "operators": [row["name"] for row in rows]}, operators=rows)
    used = {row["name"]: (1, "2026-11-20", 1) for row in rows if "daily_quota" in row}
    one = router(policy, operators=used).decide(wish(), datetime(2026, 11, 20, hour, tzinfo=CHINA))
    assert one
    assert one.reasons == ("open:all", why, f"next_shift:{back}")


@given(POOLS, st.integers(0, 24 * 60))
def test_somebody_can_be_given_work_from_the_next_shift_on_and_not_before(policy: Communities, minutes: int) -> None:
    """Asked of every whole hour until then: shifts begin at whole hours; today's quotas are used."""
    moment, rule = FRIDAY + timedelta(minutes=minutes), policy.communities[0]
    used = {one.name: (1, f"{moment.astimezone(CHINA):%Y-%m-%d}", one.daily_quota or 0) for one in policy.operators}
    roster = router(policy, operators=used).roster
    back = roster.back(rule, moment)
    assert back is not None
    assert roster.room(rule, back) > 0
    if not roster.room(rule, moment):
        hour = moment.astimezone(CHINA).replace(minute=0) + timedelta(hours=1)
        between = [hour + timedelta(hours=one) for one in range(24 * 7)]
        assert not any(roster.room(rule, one) for one in between if one < back)


def test_one_ticket_left_is_one_today() -> None:
    """Whose quota is all but used comes back with today's shift; whose is used, with tomorrow's."""
    shift = {"days": "everyday", "from": "14:00", "to": "18:00"}
    policy = rules({"name": "all", "operators": ["a"]}, operators=[{"name": "a", "daily_quota": 2, "shifts": [shift]}])
    for given_today, day in ((1, 20), (2, 21)):
        roster = router(policy, operators={"a": (1, "2026-11-20", given_today)}).roster
        assert roster.back(policy.communities[0], FRIDAY) == datetime(2026, 11, day, 14, tzinfo=CHINA)
