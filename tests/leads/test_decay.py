"""Scores as time goes by: points fade, grades do not flap, and when a signal arrives does not matter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from yinliu.leads.decay import Ladder
from yinliu.leads.scoring import Change, Score, changes, next_change, score
from yinliu.leads.signals import SignalFact
from yinliu.workspace.policies import Scoring

START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = ("contact_left", "purchase_intent", "topic_fit", "repeat", "spam_ad", "unknown")


def fact(kind: str, day: float, what: str = "a") -> SignalFact:
    """A signal of a day, about something."""
    key = f"blog:{what}{day}"
    evidence = (
        f"topic:{what}@{key}" if kind == "topic_fit" else f"phone:{what}@{key}" if kind == "contact_left" else key
    )
    return SignalFact(kind, evidence, "", 1, START + timedelta(days=day))


def rules(hysteresis: int = 5, half_life: float | None = 30, **signals: Any) -> Scoring:
    """A from 80, B from 60, C from 30; wishes fade, a contact stays."""
    weights = {
        "contact_left": {"points": 55, "half_life_days": 0},
        "purchase_intent": {"points": 30, "most": 3},
        "topic_fit": {"points": 7, "most": 2},
        "repeat": {"points": 5, "most": 2, "half_life_days": 3},
        "spam_ad": {"points": -70, "half_life_days": 1},
    }
    return Scoring.model_validate(
        {
            "signals": weights | signals,
            "half_life_days": half_life,
            "hysteresis": hysteresis,
            "grades": {"A": 80, "B": 60, "C": 30},
            "qualified": ["A", "B"],
        }
    )


def day(number: float) -> datetime:
    """The moment so many days after the start."""
    return START + timedelta(days=number)


FACTS = st.lists(
    st.builds(fact, st.sampled_from(KINDS), st.integers(0, 200).map(lambda n: n / 2), st.sampled_from("ab")),
    max_size=25,
)
POLICIES = st.builds(
    rules,
    st.integers(0, 20),
    st.sampled_from((None, 0.5, 30, 45, 3650)),
    spam_ad=st.sampled_from(({"points": -7}, {"points": -70})),
)
DAYS = st.integers(0, 1000).map(lambda n: n / 4)


def grades(signals: Sequence[SignalFact], policy: Scoring, days: Sequence[float]) -> list[str]:
    """The grade on each of these days."""
    return [score(signals, policy=policy, at=day(number)).grade for number in days]


@given(FACTS, POLICIES, DAYS)
def test_the_parts_add_up_on_any_day(signals: list[SignalFact], policy: Scoring, when: float) -> None:
    """The total is the sum of the parts, however much of each has faded."""
    result = score(signals, policy=policy, at=day(when))
    assert result.total == sum(part.points for part in result.parts)
    assert all(abs(part.points) <= abs(part.full) for part in result.parts)


@given(FACTS, POLICIES, DAYS, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(
    signals: list[SignalFact], policy: Scoring, when: float, random: Random
) -> None:
    """Nor does anything arrive too late: the same signals give the same score, and the same day to look again."""
    again = [*signals, *random.sample(signals, len(signals) // 2)]
    random.shuffle(again)
    assert score(again, policy=policy, at=day(when)) == score(signals, policy=policy, at=day(when))
    assert next_change(again, policy, day(when)) == next_change(signals, policy, day(when))


@given(FACTS, POLICIES, st.randoms(use_true_random=False))
def test_batches_change_nothing(signals: list[SignalFact], policy: Scoring, random: Random) -> None:
    """Whoever scores after every batch, whatever is in it, ends with the score of all signals at once."""
    waiting, stored = random.sample(signals, len(signals)), set[SignalFact]()
    result = score([], policy=policy, at=day(300))
    while waiting:
        size = random.randint(1, 4)
        stored |= set(waiting[:size])
        waiting = waiting[size:]
        result = score(stored, policy=policy, at=day(300))
    assert result == score(signals, policy=policy, at=day(300))


@given(FACTS, POLICIES, DAYS)
def test_as_of_a_day_only_what_was_before_counts(signals: list[SignalFact], policy: Scoring, when: float) -> None:
    """The score of a day is the score of the signals until then."""
    until = [one for one in signals if one.at <= day(when)]
    assert score(signals, policy=policy, at=day(when)) == score(until, policy=policy, at=day(when))


@given(FACTS, POLICIES, st.lists(DAYS, min_size=2, max_size=6))
def test_without_news_a_score_only_falls(signals: list[SignalFact], policy: Scoring, days: list[float]) -> None:
    """And with it the grade."""
    found = [score(signals, policy=policy, at=day(100 + number)) for number in sorted(days)]
    assert all(later.total <= earlier.total for earlier, later in pairwise(found))
    assert all(later.grade >= earlier.grade for earlier, later in pairwise(found))


@given(FACTS, POLICIES, DAYS)
def test_the_day_to_look_again_is_the_day_the_grade_falls(
    signals: list[SignalFact], policy: Scoring, when: float
) -> None:
    """On it the grade is lower, the day before it is not; without one it never falls."""
    at = day(100 + when)
    found, before = next_change(signals, policy, at), score(signals, policy=policy, at=at)
    if found is None:
        assert score(signals, policy=policy, at=at + timedelta(days=70_000)).grade == before.grade
        return
    assert (found - at) % timedelta(days=1) == timedelta(0)
    assert score(signals, policy=policy, at=found).grade > before.grade
    assert score(signals, policy=policy, at=found - timedelta(days=1)).grade == before.grade


@given(st.integers(0, 30), st.lists(st.integers(-100, 300), max_size=20))
def test_a_grade_is_kept_within_the_band(band: int, totals: list[int]) -> None:
    """Totals between the least of a grade less the hysteresis, and the least of the next one, never change it."""
    ladder = Ladder(rules(band))
    for before in range(4):
        low = (ladder.least(before) or -1000) - band
        high = ladder.least(before + 1) if before < 3 else 1000
        step = before
        for total in totals:
            if low <= total < (high or 0):
                step = ladder.step(step, total)
                assert step == before


@given(st.integers(0, 30), st.integers(0, 3), st.integers(-100, 300), st.integers(0, 200))
def test_looking_oftener_at_a_falling_total_changes_nothing(band: int, before: int, total: int, less: int) -> None:
    """One long fall ends on the same grade as two short ones."""
    ladder = Ladder(rules(band))
    standing = ladder.step(before, total)
    assert ladder.step(ladder.step(standing, total - less // 2), total - less) == ladder.step(standing, total - less)


def test_points_halve_with_every_half_life() -> None:
    """Rounded to whole points, of each kind together."""
    totals = [score([fact("purchase_intent", 0)], policy=rules(), at=day(n)).total for n in (0, 30, 60, 90, 3000)]
    assert totals == [30, 15, 8, 4, 0]


def test_a_contact_stays_and_an_advert_is_not_forgotten() -> None:
    """Half-life 0 never fades; negative points have none, whatever is written."""
    signals = [fact("contact_left", 0), fact("spam_ad", 0)]
    assert [part.points for part in score(signals, policy=rules(), at=day(3000)).parts] == [55, -70]


def test_without_a_half_life_nothing_fades() -> None:
    """Where scoring.yaml does not speak of it."""
    assert score([fact("purchase_intent", 0)], policy=rules(half_life=None), at=day(3000)).total == 30


def test_the_newest_count() -> None:
    """Of four wishes the oldest does not; a topic that comes up again is as fresh as on its last day."""
    wishes = [fact("purchase_intent", n) for n in (0, 30, 60, 90)]
    assert score(wishes, policy=rules(), at=day(90)).total == round(30 + 15 + 7.5)
    assert score([fact("topic_fit", 0), fact("topic_fit", 60)], policy=rules(), at=day(60)).total == 7


def test_the_first_comment_is_no_repetition_though_it_is_the_oldest() -> None:
    """The newest of the others count."""
    visits = [fact("repeat", n) for n in (0, 3, 6)]
    assert score(visits, policy=rules(), at=day(6)).total == round(5 + 2.5)


def test_what_happens_later_does_not_count() -> None:
    """Not a second before it does."""
    signals = [fact("purchase_intent", 10)]
    totals = [score(signals, policy=rules(), at=at).total for at in (day(10) - timedelta(seconds=1), day(10))]
    assert totals == [0, 30]


def test_a_grade_is_kept_until_well_below_and_reached_only_at_its_least() -> None:
    """With 85 points fading to 78 an A is kept by a band of 5, and lost at 74; 78 points at once are no A."""
    signals = [fact("contact_left", 0), fact("purchase_intent", 0)]
    assert grades(signals, rules(), [0, 10, 13, 20]) == ["A", "A", "A", "B"]
    high = rules(contact_left={"points": 78})
    assert grades([fact("contact_left", 0)], high, [0]) == ["B"]


def test_a_kept_grade_says_so() -> None:
    """Its threshold and that the total lies below it."""
    signals = [fact("contact_left", 0), fact("purchase_intent", 0)]
    found = [score(signals, policy=rules(), at=day(n)) for n in (0, 10)]
    assert [(one.grade, one.least, one.kept) for one in found] == [("A", 80, False), ("A", 80, True)]
    assert score([], policy=rules(), at=day(0)) == Score(total=0, parts=(), grade="D", qualified=False)


def test_one_advert_ends_a_grade_at_once() -> None:
    """Down to where the total belongs, and not a step at a time."""
    signals = [fact("contact_left", 0), fact("purchase_intent", 0), fact("spam_ad", 5)]
    assert grades(signals, rules(), [4, 5]) == ["A", "D"]


def test_between_signals_a_grade_falls_and_rises_again() -> None:
    """The replay sees the fall although nobody scored that day."""
    signals = [fact("contact_left", 0), fact("purchase_intent", 0), fact("purchase_intent", 100)]
    assert grades(signals, rules(), [0, 99, 100]) == ["A", "B", "A"]
    faded = [fact("purchase_intent", 0), fact("purchase_intent", 0, "b"), fact("topic_fit", 90)]
    assert grades(faded, rules(), [0, 89, 90]) == ["B", "D", "D"]


@given(st.integers(1, 10))
def test_no_flapping(times: int) -> None:
    """A score that goes up and down within the band keeps its grade all the way."""
    policy = rules(8, purchase_intent={"points": 30, "half_life_days": 0})
    signals = [fact("contact_left", 0), fact("purchase_intent", 0), *(fact("repeat", 4 * n + 1) for n in range(times))]
    found = [score(signals, policy=policy, at=day(n / 2)) for n in range(8 * times)]
    assert {one.grade for one in found} == {"A"}
    low = rules(8, purchase_intent={"points": 22, "half_life_days": 0})
    assert {score(signals, policy=low, at=day(n / 2)).grade for n in range(3)} == {"B"}


def test_changes_are_what_rose_fell_came_and_went() -> None:
    """Parts that are worth the same are left out."""
    signals = [fact("contact_left", 0), fact("purchase_intent", 0), fact("topic_fit", 8), fact("repeat", 0)]
    before, after = (score(signals, policy=rules(), at=day(n)) for n in (1, 9))
    assert changes(before, after) == (
        Change(kind="purchase_intent", before=29, after=24),
        Change(kind="topic_fit", before=0, after=7),
    )
    assert changes(after, after) == ()
    assert Change(kind="topic_fit", before=7, after=0) in changes(after, before)


@given(FACTS, FACTS, POLICIES)
def test_changes_explain_the_difference(one: list[SignalFact], other: list[SignalFact], policy: Scoring) -> None:
    """Together they are the new total less the old one."""
    before, after = (score(signals, policy=policy, at=day(200)) for signals in (one, other))
    assert sum(change.after - change.before for change in changes(before, after)) == after.total - before.total


@pytest.mark.parametrize("kind", ["contact_left", "spam_ad"])
def test_what_does_not_fade_needs_no_second_look(kind: str) -> None:
    """No day is set."""
    assert next_change([fact(kind, 0)], rules(), day(1)) is None


@given(st.integers(1, 3650), st.integers(1, 100))
def test_the_slowest_decay_has_its_day(half_life: int, most: int) -> None:
    """Within the time that Python's calendar has."""
    policy = rules(0, purchase_intent={"points": 1000, "most": most, "half_life_days": half_life})
    signals = [fact("purchase_intent", 0, str(n)) for n in range(most)]
    found = next_change(signals, policy, day(0))
    assume(found)
    assert score(signals, policy=policy, at=found).grade > "A"


def test_a_long_history_is_scored_in_time() -> None:
    """20,000 signals of one person take less than ten seconds."""
    signals = [fact(KINDS[n % 3], n / 50, str(n)) for n in range(20_000)]
    assert score(signals, policy=rules()).total > 0
