"""The rulebook: what it finds in a batch is what ``re.search`` finds in each text."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nlp.normal import batch, comparable
from nlp.rulebook import Rule, Rulebook
from nlp.rules import Intents, Pattern
from nlp.scanner import Scanner
from tests.nlp.teams import ANY_TEXT, COMMENT
from tests.nlp.test_literals import EXPRESSIONS
from tests.patience import within

TEXTS = st.lists(st.text("ab甲乙1. \n", max_size=8) | ANY_TEXT, max_size=6)


def rulebook(*expressions: str) -> Rulebook:
    """Rules r0, r1, ... of these expressions."""
    patterns = [Pattern(id=f"r{number}", pattern=one, weight=number + 1) for number, one in enumerate(expressions)]
    return Rulebook([Rule.of(pattern, owner="wish") for pattern in patterns])


def flags(rules: Rulebook, texts: Sequence[str]) -> np.ndarray:
    """(texts, rules) of 0 and 1."""
    joined, scanner = batch(texts), Scanner(rules.literals())
    return rules.flags(joined, scanner.find(joined), rules.wired(scanner)).toarray()


@given(st.lists(EXPRESSIONS, max_size=5), TEXTS)
@example([], ["a"])
@example(["a"], [])
@example(["\n", "a\nb", "(?s)."], ["a", "b", ""])
@example(["^b", "a$", "^$", "^a$"], ["a", "b", "", "ab"])
@example(["甲", "甲"], ["甲", "乙", "甲"])
def test_flags_are_what_a_search_finds(expressions: list[str], texts: list[str]) -> None:
    """Text by text, over comparable text."""
    expected = [[bool(re.search(one, comparable(text))) for one in expressions] for text in texts]
    found = flags(rulebook(*expressions), texts)
    assert found.shape == (len(texts), len(expressions))
    assert found.tolist() == expected


@given(st.lists(COMMENT, max_size=5))
def test_the_starters_flags(intents: Intents, texts: list[str]) -> None:
    """Ours, over comments made of what they look for."""
    expressions = [rule.pattern for part in (*intents.intents, *intents.guards) for rule in part.rules]
    expected = [[bool(re.search(one, comparable(text))) for one in expressions] for text in texts]
    assert flags(rulebook(*expressions), texts).tolist() == expected


def test_a_rule_of_more_sets_than_are_looked_for() -> None:
    """Five literals apart: the expression itself decides."""
    rules = rulebook("露营.*多少钱.*链接.*杭州.*差评")
    assert flags(rules, ["露营多少钱链接杭州差评", "差评杭州链接多少钱露营", "露营多少钱"]).tolist() == [[1], [0], [0]]


def test_a_rule_found_twice_is_one() -> None:
    """Flags are 0 or 1 however often it stands there."""
    assert flags(rulebook("买", "."), ["买买买买"]).tolist() == [[1, 1]]


def test_evidence_is_where_it_first_stands() -> None:
    """Span, id and weight, in the order of the rules asked for."""
    text = "想买吗，想买"
    first, second = rulebook("买", "想").evidence(text, [1, 0])
    assert (first.start, first.end, first.rule, first.weight) == (0, 1, "r1", 2)
    assert (text[second.start : second.end], second.rule) == ("买", "r0")


def test_numbers_by_id() -> None:
    """A rule's number is its place."""
    assert [rulebook("a", "b").number(one) for one in ("r0", "r1")] == [0, 1]
    with pytest.raises(KeyError):
        rulebook("a").number("r1")


def test_a_hundred_rules_over_many_comments_take_no_time(intents: Intents) -> None:
    """Sixty expressions over twenty thousand comments in a second or two."""
    expressions = [rule.pattern for part in (*intents.intents, *intents.guards) for rule in part.rules]
    texts = ["今天天气不错，出去走走", "多少钱一个，怎么买呀", "哈哈哈"] * 7000
    with within(2):
        flags(rulebook(*expressions), texts)
