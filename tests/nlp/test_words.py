"""Topics and places as a team writes them: found however people say them, pointing at the original text."""

from __future__ import annotations

import pytest

from nlp.bundle import Bundle
from nlp.rules import Topics
from tests.nlp.teams import CAMPING, bundle, shown, tags
from yinliu.workspace.folder import Workspace


@pytest.fixture(scope="module")
def coffee() -> Bundle:
    """A topic with a word in mixed case, and a place."""
    topic = {"name": "coffee", "title": "咖啡", "words": ["手冲", "V60"], "threshold": 2}
    return bundle({"topics": [topic]}, places=["杭州"])


@pytest.mark.parametrize("written", ["V60", "v60", "Ｖ６０", "ｖ６０", "𝐕60"])
def test_case_and_width_do_not_matter(coffee: Bundle, written: str) -> None:
    """Evidence points at the word as it was written."""
    text = f"手冲 😀 {written} 求推荐"
    assert set(shown(text, tags(coffee, text, "topic")["coffee"])) == {"手冲", written}


def test_script_does_not_matter(coffee: Bundle) -> None:
    """手沖 is 手冲."""
    assert shown("手沖V60", tags(coffee, "手沖V60", "topic")["coffee"]) == ["手沖", "V60"]


@pytest.mark.parametrize("text", ["我在杭州", "杭州市西湖区的", "杭州人在此", "坐标杭州！"])
def test_a_place_is_found_however_people_say_it(coffee: Bundle, text: str) -> None:
    """杭州市 and 杭州人 are words of their own, and still say 杭州."""
    assert "杭州" in tags(coffee, text, "place")


def test_half_a_word_is_never_found(coffee: Bundle) -> None:
    """杭州市 does not stand in 杭州市民, 杭州 does or nothing does."""
    text = "杭州市民卡"
    for tag in tags(coffee, text, "place").values():
        assert set(shown(text, tag)) <= {"杭州", "杭州市"}


def test_an_unrelated_text_has_no_topic(coffee: Bundle) -> None:
    """Nor a place."""
    assert not tags(coffee, "天气不错", "topic")
    assert not tags(coffee, "天气不错", "place")


def test_every_word_of_a_team_stays_whole(team: Bundle) -> None:
    """Topics' words, keywords, names, competitors and places."""
    for word in ("蛋卷桌", "天幕", "iphone壳", "泠川", "lingchuan", "某净", "杭州人"):
        assert word in team.segmenter.cut(f"看看{word}吧")


def test_the_starters_topics_are_found_by_their_words(starter: Workspace) -> None:
    """Each word, standing alone."""
    topics = starter.topics
    read = bundle(topics.model_dump())
    for topic in topics.topics:
        assert all(topic.name in tags(read, f"，{word}。", "topic") for word in topic.words)


def test_words_are_counted_over_both_spellings() -> None:
    """iPhone壳 and ＩＰＨＯＮＥ壳 are one word of one weight."""
    read = bundle(Topics.model_validate(CAMPING).model_dump())
    assert not tags(read, "iPhone壳，ＩＰＨＯＮＥ壳", "topic")
    assert tags(read, "iPhone壳和衣服", "topic")["clothes"].weight == 2
