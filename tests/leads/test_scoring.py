"""Scores: sums of signals that always add up, whatever their order and repetition."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinliu.leads.scoring import score
from yinliu.leads.signals import SignalFact
from yinliu.workspace.folder import Workspace
from yinliu.workspace.policies import Scoring

MOMENT = datetime(2026, 11, 21, tzinfo=UTC)
KINDS = ("contact_left", "purchase_intent", "repeat", "praise", "spam_ad")


def fact(kind: str, evidence: str) -> SignalFact:
    """A signal that says something by its kind and evidence only."""
    return SignalFact(kind=kind, evidence=evidence, label="", comment=1, at=MOMENT)


def policy(**points: tuple[int, int]) -> Scoring:
    """Points and `most` by kind; A from 50, B from 20."""
    weights = {kind: {"points": value, "most": most} for kind, (value, most) in points.items()}
    return Scoring.model_validate({"signals": weights, "grades": {"A": 50, "B": 20}, "qualified": ["A"]})


FACTS = st.lists(st.builds(fact, st.sampled_from((*KINDS, "unknown")), st.sampled_from("abcde")), max_size=30)
POLICIES = st.dictionaries(
    st.sampled_from(KINDS), st.tuples(st.integers(-1000, 1000), st.integers(1, 100)), max_size=5
).map(lambda points: policy(**points))


@given(FACTS, POLICIES)
def test_the_parts_add_up(signals: list[SignalFact], rules: Scoring) -> None:
    """The total is the sum of the parts, each its counted number times its points."""
    result = score(signals, policy=rules)
    assert result.total == sum(part.points for part in result.parts)
    assert all(part.points == part.full == part.counted * rules.signals[part.kind].points for part in result.parts)


@given(FACTS, POLICIES, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(signals: list[SignalFact], rules: Scoring, random: Random) -> None:
    """The same signals shuffled and said twice score the same."""
    again = [*signals, *signals]
    random.shuffle(again)
    assert score(again, policy=rules) == score(signals, policy=rules)


@given(FACTS, POLICIES)
def test_most_is_the_most(signals: list[SignalFact], rules: Scoring) -> None:
    """No kind counts oftener than its `most`, nor than it was seen."""
    for part in score(signals, policy=rules).parts:
        assert part.counted == min(part.seen, rules.signals[part.kind].most)


def test_a_first_comment_is_no_repetition() -> None:
    """`repeat` counts from the second comment on."""
    rules = policy(repeat=(5, 2))
    totals = [score([fact("repeat", str(n)) for n in range(count)], policy=rules).total for count in range(5)]
    assert totals == [0, 0, 5, 10, 10]


@pytest.mark.parametrize(("points", "grade"), [(50, "A"), (49, "B"), (20, "B"), (19, "D"), (-5, "D")])
def test_a_grade_begins_at_its_threshold(points: int, grade: str) -> None:
    """Exactly at it, not one below; only grades that qualify qualify."""
    result = score([fact("praise", "a")], policy=policy(praise=(points, 1)))
    assert (result.grade, result.qualified) == (grade, grade == "A")


def test_kinds_without_points_do_not_count() -> None:
    """A signal that the policy does not know adds nothing and shows nowhere."""
    assert score([fact("unknown", "a")], policy=policy(praise=(5, 1))).parts == ()


@pytest.mark.parametrize("ruinous", ["spam_ad", "colleague"])
@given(st.sets(st.sampled_from(("contact_left", "purchase_intent", "price_inquiry", "how_to_join", "topic_fit"))))
def test_with_the_starter_an_ad_or_a_colleague_never_qualifies(ruinous: str, kinds: set[str]) -> None:
    """Whatever else they say, and even if they say all of it."""
    rules = STARTER.scoring
    everything = [fact(kind, str(n)) for kind in (*kinds, "product_question", "praise", "repeat") for n in range(5)]
    assert not score([*everything, fact(ruinous, "a")], policy=rules).qualified


STARTER = Workspace(Path(str(files("yinliu.workspace") / "starter")))


def test_with_the_starter_a_wish_with_a_contact_qualifies() -> None:
    """Who wants to buy and leaves a number is what this is all for."""
    assert score([fact("contact_left", "a"), fact("purchase_intent", "b")], policy=STARTER.scoring).grade == "A"
