"""Topics and places: found as words, counted once each, pointing at the original text."""

from __future__ import annotations

import pytest

from nlp.pipeline import Tagger, build_tagger
from nlp.rules import Intents, Topics
from nlp.tags import Tag


def labels(tagger: Tagger, text: str, kind: str) -> dict[str, Tag]:
    """The tags of one kind, by label."""
    (found,) = tagger.tag([text])
    return {tag.label: tag for tag in found.tags if tag.kind == kind}


@pytest.fixture(scope="module")
def clothes() -> Tagger:
    """Topics with a threshold and words in mixed case."""
    topics = {
        "topics": [
            {"name": "clothes", "title": "衣服", "words": ["衣服", "裤子"]},
            {"name": "coffee", "title": "咖啡", "words": ["手冲", "咖啡豆", "V60"], "weight": 2, "threshold": 4},
        ]
    }
    return build_tagger(Topics.model_validate(topics), Intents(intents=[]), places=["杭州"])


def test_a_word_inside_other_words_is_not_found(clothes: Tagger) -> None:
    """衣服 does not stand in 大衣服务."""
    assert not labels(clothes, "大衣服务很周到", "topic")
    assert labels(clothes, "这件衣服很好", "topic")


def test_each_different_word_counts_once(clothes: Tagger) -> None:
    """A word said three times weighs as one; its evidence shows all three."""
    tag = labels(clothes, "衣服衣服，还是衣服", "topic")["clothes"]
    assert (tag.weight, len(tag.evidence)) == (1, 3)
    assert labels(clothes, "衣服和裤子", "topic")["clothes"].weight == 2


def test_a_topic_is_given_from_its_threshold_on(clothes: Tagger) -> None:
    """One word of weight 2 does not reach 4, two different ones do."""
    assert not labels(clothes, "手冲手冲手冲", "topic")
    assert labels(clothes, "手冲用什么咖啡豆", "topic")["coffee"].weight == 4


@pytest.mark.parametrize("written", ["V60", "v60", "Ｖ６０", "ｖ６０"])
def test_case_and_width_do_not_matter(clothes: Tagger, written: str) -> None:
    """Evidence points at the word as it was written."""
    text = f"手冲 😀 {written} 求推荐"
    tag = labels(clothes, text, "topic")["coffee"]
    assert {text[one.start : one.end] for one in tag.evidence} == {"手冲", written}


@pytest.mark.parametrize("text", ["我在杭州", "杭州市西湖区的", "杭州人在此", "坐标杭州！"])
def test_a_place_is_found_however_people_say_it(clothes: Tagger, text: str) -> None:
    """杭州市 and 杭州人 are words of their own, and still say 杭州."""
    assert "杭州" in labels(clothes, text, "place")


def test_a_longer_word_that_does_not_stand_lets_a_shorter_one_be_found(clothes: Tagger) -> None:
    """杭州市 does not stand in 杭州市民, 杭州 does or nothing does: never half a word."""
    text = "杭州市民卡"
    for tag in labels(clothes, text, "place").values():
        assert all(text[one.start : one.end] in ("杭州", "杭州市") for one in tag.evidence)


def test_topics_without_words_in_the_text_are_not_given(clothes: Tagger) -> None:
    """An unrelated text has no tags."""
    assert not labels(clothes, "今天天气不错", "topic")
