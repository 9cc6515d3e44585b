"""What a team may write: every mistake is told by its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from nlp.rules import Intents, Topics, Words
from tests.nlp.teams import wishing


def topics(*groups: list[str], **more: Any) -> Topics:
    """Topics t0, t1, ... of these words."""
    named = [{"name": f"t{number}", "title": "话题", "words": words} for number, words in enumerate(groups)]
    return Topics.model_validate({"topics": named, **more})


def intents(**more: Any) -> Intents:
    """One intent ``wish`` with one rule."""
    return Intents.model_validate(wishing(("想", 1), **more))


def words(**more: Any) -> Words:
    """A dictionary."""
    return Words.model_validate(more)


def mistake(make: Callable[..., BaseModel], *args: Any, **more: Any) -> tuple[str, str]:
    """The kind and the sentence of the one mistake."""
    with pytest.raises(ValidationError) as caught:
        make(*args, **more)
    (error,) = caught.value.errors()
    return error["type"], error["msg"]


@pytest.mark.parametrize(
    "twin", [["衣服", "衣服"], ["V60", "v60"], ["V60", "Ｖ６０"], ["預約", "预约"], ["a b", "a\u3000b"]]
)
def test_a_word_twice_in_a_topic(twin: list[str]) -> None:
    """Also where it differs only by case, width or script."""
    kind, told = mistake(topics, ["别的", *twin])
    assert kind == "word_twice"
    assert "t0" in told


@pytest.mark.parametrize("twin", [("衣服", "衣服"), ("V60", "Ｖ６０"), ("預約", "预约")])
def test_a_word_in_two_topics(twin: tuple[str, str]) -> None:
    """Both are named."""
    kind, told = mistake(topics, [twin[0]], ["别的"], [twin[1]])
    assert kind == "word_in_two_topics"
    assert "t0, t2" in told


@pytest.mark.parametrize("blank", [" ", "\u3000", "\n\t", "\x00"])
def test_a_word_of_spaces(blank: str) -> None:
    """Would stand in every text."""
    assert mistake(topics, [blank])[0] == "blank_word"
    assert mistake(words, keywords=[blank])[0] == "blank_word"
    assert mistake(words, brands=[{"name": blank}])[0] == "blank_word"


@pytest.mark.parametrize(
    ("group", "kind"),
    [([], "too_short"), ([""], "string_too_short"), (["长" * 41], "string_too_long"), ([3], "string_type")],
)
def test_words_are_text_of_some_length(group: list[Any], kind: str) -> None:
    """None, an empty one, a whole sentence and a number are told."""
    assert mistake(topics, group)[0] == kind


def test_a_word_may_be_forty_characters_long() -> None:
    """Forty are taken, forty-one are refused."""
    assert topics(["长" * 40]).topics[0].words == ["长" * 40]
    assert mistake(topics, ["长" * 41])[0] == "string_too_long"


@pytest.mark.parametrize("name", ["", "A", "衣服", "a b", "1a", "a-b", "a" * 41, "a\n"])
def test_names_are_identifiers(name: str) -> None:
    """Of small letters, digits and underscores."""
    assert mistake(Topics.model_validate, {"topics": [{"name": name, "title": "", "words": ["a"]}]})[0] == (
        "string_pattern_mismatch"
    )


def test_two_topics_of_one_name() -> None:
    """They are refused, and the error names them."""
    one = {"name": "tents", "title": "帐篷", "words": ["帐篷"]}
    kind, told = mistake(Topics.model_validate, {"topics": [one, one | {"words": ["天幕"]}]})
    assert (kind, "tents" in told) == ("named_twice", True)


@pytest.mark.parametrize(
    "bad", ["(", "[", "a{2,1}", "*", "\\", "(?P<a>)(?P<a>)", "a{99999999999}", "(" * 5000 + "a" + ")" * 5000]
)
def test_a_bad_expression(bad: str) -> None:
    """In a rule, a guard, a reply or an offer."""
    rule = {"id": "g", "pattern": bad}
    assert mistake(Intents.model_validate, wishing((bad, 1)))[0] == "regex"
    assert mistake(intents, guards=[{"name": "g", "title": "", "rules": [rule]}])[0] == "regex"
    assert mistake(intents, replies={"yes": bad})[0] == "regex"
    assert mistake(intents, replies={"offers": [{"intent": "wish", "pattern": bad}]})[0] == "regex"


@pytest.mark.parametrize(
    "more",
    [
        {"guards": [{"name": "g", "title": "", "blocks": ["wish", "gone"], "rules": [{"id": "g", "pattern": "a"}]}]},
        {"replies": {"offers": [{"intent": "gone", "pattern": "a"}]}},
        {"guards": [{"name": "gone", "title": "", "blocks": ["gone"], "rules": [{"id": "g", "pattern": "a"}]}]},
    ],
)
def test_an_intent_that_is_none(more: dict[str, Any]) -> None:
    """Neither blocked nor offered; a guard is none."""
    kind, told = mistake(intents, **more)
    assert (kind, "gone" in told, "wish" in told) == ("unknown_intent", True, False)


@pytest.mark.parametrize(
    ("name", "rule"),
    [("wish", "x"), ("other", "r0")],
)
def test_names_and_ids_are_given_once(name: str, rule: str) -> None:
    """Among intents and guards together."""
    part = {"name": name, "title": "", "rules": [{"id": rule, "pattern": "a"}]}
    base = wishing(("想", 1))
    assert mistake(Intents.model_validate, base | {"intents": [*base["intents"], part]})[0] == "named_twice"
    assert mistake(Intents.model_validate, base | {"guards": [part]})[0] == "named_twice"


@pytest.mark.parametrize("bad", ["", "R1", "-a", "规则", "a_b", "a" * 61])
def test_ids_of_rules(bad: str) -> None:
    """Of small letters, digits and hyphens."""
    rule = {"id": bad, "pattern": "a"}
    assert mistake(Intents.model_validate, {"intents": [{"name": "a", "title": "", "rules": [rule]}]})[0] == (
        "string_pattern_mismatch"
    )


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"head": "ours"}, "literal_error"),
        ({"encoder": "bert"}, "string_pattern_mismatch"),
        ({"encoder": "onnx:"}, "string_pattern_mismatch"),
        ({"also": 0}, "greater_than"),
        ({"unsure": 1.1}, "less_than_equal"),
        ({"unknown": 1}, "extra_forbidden"),
        ({"threshold": 0}, "greater_than"),
        ({"guards": [{"name": "g", "title": "", "rules": []}]}, "too_short"),
    ],
)
def test_settings_within_bounds(more: dict[str, Any], kind: str) -> None:
    """Others are told."""
    assert mistake(intents, **more)[0] == kind


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"segmenter": "thulac"}, "literal_error"),
        ({"classifier": "bert"}, "literal_error"),
        ({"sure": 0}, "greater_than"),
    ],
)
def test_settings_of_topics(more: dict[str, Any], kind: str) -> None:
    """Others are told."""
    assert mistake(topics, ["衣服"], **more)[0] == kind


@pytest.mark.parametrize("field", ["threshold", "weight"])
def test_weights_of_topics_are_positive(field: str) -> None:
    """A topic that everything or nothing reaches is a mistake."""
    topic = {"name": "a", "title": "", "words": ["衣服"], field: 0}
    assert mistake(Topics.model_validate, {"topics": [topic]})[0] == "greater_than"


@pytest.mark.parametrize(
    "more",
    [
        {"brands": [{"name": "OPPO"}, {"name": "oppo"}]},
        {"brands": [{"name": "OPPO"}], "competitors": [{"name": "欧珀", "also": ["ＯＰＰＯ"]}]},
        {"products": [{"name": "净饮机", "also": ["淨飲機"]}]},
        {"keywords": ["团购", "團購"]},
    ],
)
def test_names_of_a_dictionary_are_given_once(more: dict[str, Any]) -> None:
    """Whoever else has them, and however they are written."""
    assert mistake(words, **more)[0] == "named_twice"


def test_a_keyword_may_be_a_name_too() -> None:
    """Both are lists of their own."""
    assert words(brands=[{"name": "泠川"}], keywords=["泠川"]).keywords == ["泠川"]


def test_nothing_at_all_is_allowed() -> None:
    """A team that has written nothing yet."""
    assert Topics(topics=[]).words == []
    assert Intents(intents=[]).guards == []
    assert Words() == Words.model_validate({})
