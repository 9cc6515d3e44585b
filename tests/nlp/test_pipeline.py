"""The pipeline: its version follows the rules, and no text is too strange for it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.pipeline import TEXT_LIMIT, Tagger, configuration, rules_version
from nlp.rules import Intents, Topics
from nlp.tags import Tagging

RULES: dict[str, Any] = {"topics": [{"name": "camping", "title": "露营", "words": ["露营", "天幕"]}], "words": ["泠川"]}
WISHES: dict[str, Any] = {"intents": [{"name": "wish", "title": "想", "rules": [{"id": "a", "pattern": "想"}]}]}


def version(
    topics: dict[str, Any] = RULES, intents: dict[str, Any] = WISHES, places: tuple[str, ...] = ("杭州",)
) -> str:
    """The version of these rules."""
    rules = Topics.model_validate(topics), Intents.model_validate(intents)
    return rules_version(configuration(*rules, places=places))


def topic(**changes: Any) -> dict[str, Any]:
    """The rules with one topic changed."""
    return RULES | {"topics": [RULES["topics"][0] | changes]}


def intent(**changes: Any) -> dict[str, Any]:
    """The rules with one intent's rule changed."""
    first = WISHES["intents"][0]
    return {"intents": [first | {"rules": [first["rules"][0] | changes]}]}


@pytest.mark.parametrize(
    "changed",
    [
        {"topics": topic(name="tents")},
        {"topics": topic(words=["露营"])},
        {"topics": topic(weight=2)},
        {"topics": topic(threshold=2)},
        {"topics": RULES | {"words": []}},
        {"intents": intent(pattern="想要")},
        {"intents": intent(weight=0.5)},
        {"intents": intent(id="b")},
        {"places": ("杭州", "上海")},
    ],
    ids=str,
)
def test_the_version_changes_with_a_rule(changed: dict[str, Any]) -> None:
    """Whatever could change a tag gives another version."""
    assert version(**changed) != version()


@pytest.mark.parametrize(
    "same",
    [
        {},
        {"topics": topic(title="露营与户外")},
        {"topics": topic(weight=1.0)},
        {"topics": RULES | {"words": ["泠川", "泠川"]}},
        {"places": ("杭州", "杭州")},
    ],
    ids=str,
)
def test_the_version_stays_where_no_rule_changed(same: dict[str, Any]) -> None:
    """A title, an order or a default written out changes no tag."""
    assert version(**same) == version()


def one(tagger: Tagger, text: str) -> Tagging:
    """The tagging of one text."""
    (found,) = tagger.tag([text])
    return found


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "😀🏕️👨‍👩‍👧",
        "\x00\x07\x1b",
        "\ud800",
        "\udfff露营\ud83d",
        "\u200b\u200e",
        "。。。",
        "\ufeff",
        "\U0010ffff",
    ],
    ids=ascii,
)
def test_no_text_breaks_it(tagger: Tagger, text: str) -> None:
    """Nothing, emoji only, control characters and halves of characters are read."""
    assert isinstance(one(tagger, text), Tagging)


def test_half_a_character_moves_nothing(tagger: Tagger) -> None:
    """Evidence behind a lone surrogate still points at the word."""
    text = "\ud800露营"
    (tag,) = (tag for tag in one(tagger, text).tags if tag.kind == "topic")
    assert text[tag.evidence[0].start : tag.evidence[0].end] == "露营"


def test_a_huge_text_is_read_by_its_beginning(tagger: Tagger) -> None:
    """1 MB is read in seconds; what stands behind the limit is not."""
    began = time.perf_counter()
    found = one(tagger, "露营" + "今天天气不错" * (1_000_000 // 6) + "蛋卷桌")
    assert time.perf_counter() - began < 10
    assert {evidence.end <= TEXT_LIMIT for tag in found.tags for evidence in tag.evidence} == {True}


@pytest.mark.parametrize("piece", ["1", "a", "微信 ", " ", "😀", "百", "a@b.", "v ", "露营", "\n"], ids=ascii)
def test_a_long_monotonous_text_takes_no_time(tagger: Tagger, piece: str) -> None:
    """No rule of ours goes back and forth over 100,000 characters of one kind."""
    began = time.perf_counter()
    one(tagger, piece * (100_000 // len(piece)))
    assert time.perf_counter() - began < 10


def test_taggings_come_in_order(tagger: Tagger) -> None:
    """One tagging a text, as given."""
    found = list(tagger.tag(["露营", "", "多少钱", "露营"]))
    assert [bool(tagging.tags) for tagging in found] == [True, False, True, True]


@given(st.text(st.characters(exclude_categories=[]), max_size=40))
def test_every_span_lies_in_the_text(tagger: Tagger, text: str) -> None:
    """Whatever is found in whatever text, its offsets are inside it."""
    text += "露营多少钱"
    found = one(tagger, text)
    spans = [(e.start, e.end) for tag in found.tags for e in tag.evidence]
    assert spans
    assert all(0 <= start <= end <= len(text) for start, end in spans)
