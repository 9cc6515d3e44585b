"""What an expression cannot be found without: a match never stands where its literals do not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.literals import required
from nlp.rules import Intents
from tests.nlp.teams import COMMENT
from tests.patience import within

ATOMS = (
    "a",
    "b",
    "ab",
    "甲",
    "乙",
    "[ab]",
    "[^a]",
    "[a-c]",
    ".",
    "\\d",
    "\\S",
    "\\b",
    "^",
    "$",
    "",
    "(?:)",
    "\\.",
    "[甲a]",
)
REPEATS = ("", "?", "*", "+", "{2}", "{0,2}", "{1,3}", "??", "*?", "+?", "?+", "++", "{1,2}?")
GROUPS = ("(?:{})", "({})", "(?={})", "(?!{})", "(?i:{})", "(?>{})", "(?-i:{})", "(?s:{})", "(?<=a)(?:{})", "({})\\1")
FLAGS = ("", "", "", "(?i)", "(?s)", "(?x)", "(?m)")
TEXTS = st.text("abcABC甲乙丙1. \n", max_size=10)


def _valid(expression: str) -> bool:
    try:
        re.compile(expression)
    except re.error:
        return False
    return True


def _longer(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    sequences = st.lists(smaller, min_size=1, max_size=3).map("".join)
    branches = st.lists(smaller, min_size=2, max_size=3).map(lambda many: f"(?:{'|'.join(many)})")
    groups = st.tuples(st.sampled_from(GROUPS), smaller).map(lambda pair: pair[0].replace("{}", pair[1]))
    return sequences | st.tuples(branches | groups, st.sampled_from(REPEATS)).map("".join)


EXPRESSIONS = (
    st.tuples(st.sampled_from(FLAGS), st.recursive(st.sampled_from(ATOMS), _longer, max_leaves=8))
    .map("".join)
    .filter(_valid)
)


def _kept(expression: str, text: str) -> bool:
    """Whether of each required set one stands in the text."""
    return all(any(literal in text for literal in literals) for literals in required(expression))


@given(EXPRESSIONS, st.lists(TEXTS, min_size=10, max_size=30))
def test_a_match_has_its_literals(expression: str, texts: list[str]) -> None:
    """Whatever is found, of each set one stands in the text."""
    assert all(_kept(expression, text) for text in texts if re.search(expression, text))


@given(EXPRESSIONS)
def test_literals_can_be_looked_for(expression: str) -> None:
    """No set is empty, none holds the empty text or a break between texts."""
    for literals in required(expression):
        assert literals
        assert all(literals)
        assert not any("\n" in one for one in literals)


@pytest.mark.parametrize(
    ("expression", "sets"),
    [
        ("多少钱", [{"多少钱"}]),
        ("多少(?:钱|米)", [{"多少钱", "多少米"}]),
        ("(?:怎么|如何)买", [{"怎么买", "如何买"}]),
        ("求个?链接", [{"求链接", "求个链接"}]),
        ("退款|退货", [{"退款", "退货"}]),
        ("[退换]货", [{"退货", "换货"}]),
        ("预约.{0,9}试用", [{"预约"}, {"试用"}]),
        ("(?:差评)+", [{"差评"}]),
        ("(?:差评){2,3}", [{"差评"}]),
        ("(差评|好评)\\1", [{"差评", "好评"}]),
        ("买(?!断)单", [{"买"}, {"单"}]),
        ("a(?i:b)c", [{"a"}, {"c"}]),
    ],
)
def test_what_is_told(expression: str, sets: list[set[str]]) -> None:
    """Sequences, choices, classes and repeats tell their texts."""
    assert {frozenset(one) for one in sets} == set(required(expression))


@pytest.mark.parametrize(
    "expression",
    [
        *(
            "",
            "a?",
            "a*",
            ".",
            "\\d+",
            "^$",
            "(?!)",
            "(?!a)",
            "(?=a)",
            "(?i)a",
            "(?i:a)",
            "(?:a|)",
            "(?:a|.)",
            "[^a]",
            "[a-z]",
        ),
        *("(?:a|b*)", "(?i:A|B){2}", "\\ud800", "\n", "(?:a{0,3}){2}", "(a)?(?(1)|b)"),
    ],
)
def test_where_nothing_can_be_told(expression: str) -> None:
    """What may be absent, or be written otherwise, is no requirement."""
    assert required(expression) == ()


@pytest.mark.parametrize("text", ["AB", "ab", "aB", "Ab"])
def test_any_case_is_no_literal(text: str) -> None:
    """A group that ignores case requires nothing of its letters."""
    assert re.search("(?i:ab)", text)
    assert _kept("(?i:ab)", text)
    assert _kept("x?(?i:a(?:b))", text)


@pytest.mark.parametrize("bad", ["(", "[", "a{2,1}", "(?P<n>", "*"])
def test_a_bad_expression_is_told(bad: str) -> None:
    """As ``re`` tells it."""
    with pytest.raises(re.error):
        required(bad)


@pytest.mark.parametrize(
    "expression",
    [
        "".join(("[", *map(chr, range(0x4E00, 0x5A00)), "]")) * 3,
        "(?:a|b)" * 200,
        "(?:a|b?)" * 100,
        "(?:b|" * 250 + "a+" + ")" * 250,
        "|".join(f"词{number}" for number in range(5000)),
        "a" * 20_000,
    ],
    ids=["classes", "choices", "options", "nested", "words", "long"],
)
def test_a_monstrous_expression_takes_no_time(expression: str) -> None:
    """Neither a product of classes nor groups in groups stop a team's rules from being compiled."""
    with within(5):
        required(expression)


@given(COMMENT)
def test_the_starters_expressions(intents: Intents, text: str) -> None:
    """Each of ours is found only where its literals stand."""
    rules = [rule for part in (*intents.intents, *intents.guards) for rule in part.rules]
    assert all(_kept(rule.pattern, text) for rule in rules if re.search(rule.pattern, text))


def test_most_of_the_starters_expressions_tell_something(intents: Intents) -> None:
    """Otherwise each would be tried on every text."""
    rules = [rule for part in (*intents.intents, *intents.guards) for rule in part.rules]
    assert sum(bool(required(rule.pattern)) for rule in rules) > 0.6 * len(rules)
