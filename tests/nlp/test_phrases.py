"""Phrases: found as words and nowhere else, counted once each, for everyone they speak for."""

from __future__ import annotations

import pytest
from hypothesis import given

from nlp.bundle import Bundle
from nlp.phrases import PhraseBook
from nlp.rules import Topics, Words
from tests.nlp.teams import COMMENT, bundle, one, shown, tags
from tests.patience import within


@pytest.fixture(scope="module")
def clothes() -> Bundle:
    """Topics with a threshold, words in mixed case, a place, a brand and its product."""
    topics = {
        "topics": [
            {"name": "clothes", "title": "衣服", "words": ["衣服", "裤子"]},
            {"name": "coffee", "title": "咖啡", "words": ["手冲", "咖啡豆", "V60"], "weight": 2, "threshold": 4},
            {"name": "hiking", "title": "徒步", "words": ["徒步", "徒步鞋", "冲锋衣"], "threshold": 2},
        ],
        "words": ["软壳", "杭州"],
    }
    words = {
        "brands": [{"name": "泠川", "also": ["RO"]}],
        "products": [{"name": "泠川净饮机"}],
        "competitors": [{"name": "某净净饮机"}],
        "keywords": ["免 安装"],
    }
    return bundle(topics, words=words, places=["杭州", "杭州", "", " "])


def test_a_word_inside_other_words_is_not_found(clothes: Bundle) -> None:
    """衣服 does not stand in 大衣服务."""
    assert not one(clothes, "大衣服务很周到").tags
    assert set(tags(clothes, "这件衣服很好", "topic")) == {"clothes"}


@pytest.mark.parametrize("text", ["pro", "PRO版", "retro风", "买v600", "av60手冲咖啡", "ｐｒｏ", "ro2", "8ro"])
def test_a_word_inside_an_ascii_word_is_not_found(clothes: Bundle, text: str) -> None:
    """RO does not stand in pro, V60 not in v600."""
    assert not {"ro", "v60"} & set(tags(clothes, text, "keyword"))


@pytest.mark.parametrize("text", ["RO机", "我的ro", "ＲＯ 净水", "买ro吧", "-ro-", "ro"])
def test_an_ascii_word_at_its_edges_is_found(clothes: Bundle, text: str) -> None:
    """Between Chinese, signs and the ends of a text."""
    assert [word.lower() for word in shown(text, tags(clothes, text, "keyword")["ro"])] in (["ro"], ["ｒｏ"])


def test_a_longer_word_and_the_shorter_one_in_it(clothes: Bundle) -> None:
    """徒步鞋 is one word: 徒步 does not stand in it, and both do where both are said."""
    assert not tags(clothes, "这双徒步鞋不错", "topic")
    assert set(tags(clothes, "这双徒步鞋不错", "keyword")) == {"徒步鞋"}
    assert tags(clothes, "徒步穿徒步鞋", "topic")["hiking"].weight == 2


@pytest.fixture(scope="module")
def guides() -> Bundle:
    """A topic whose words stand in longer words of the dictionary, and a longer one of its own."""
    topic = {"name": "how_to", "title": "选购与使用", "words": ["选购", "指南", "会", "使用", "使用方法"]}
    return bundle({"topics": [topic], "words": ["北京"]}, places=["北京"])


@pytest.mark.parametrize("text", ["选购指南", "秋冬帐篷选购指南", "帐篷选购指南来了", "選購指南", "😀选购指南😀"])
def test_a_whole_part_of_a_longer_word_is_found(guides: Bundle, text: str) -> None:
    """选购 and 指南 in 选购指南, a word of the dictionary."""
    tag = tags(guides, text, "topic")["how_to"]
    assert ([span.rule for span in tag.evidence], tag.weight) == (["word:选购", "word:指南"], 2)


@pytest.mark.parametrize("text", ["机会", "有机会吗", "社会", "指南针", "买个指南针"])
def test_a_piece_of_a_word_that_is_made_of_none_is_not_found(guides: Bundle, text: str) -> None:
    """会 does not stand in 机会, 指南 not in 指南针."""
    assert not one(guides, text).tags


def test_a_teams_longer_word_is_one_word(guides: Bundle) -> None:
    """使用 does not stand in 使用方法 where the team lists both."""
    assert set(tags(guides, "使用方法", "keyword")) == {"使用方法"}


def test_a_place_is_no_part_of_a_word(guides: Bundle) -> None:
    """Who eats 北京烤鸭 is not in 北京; the keyword 北京 stands there."""
    assert set(tags(guides, "北京烤鸭", "keyword")) == {"北京"}
    assert not tags(guides, "北京烤鸭", "place")
    assert set(tags(guides, "我在北京", "place")) == {"北京"}


def test_a_megabyte_of_parts_takes_no_time(guides: Bundle) -> None:
    """Each word holds two."""
    with within(10):
        assert tags(guides, "选购指南" * 250_000, "topic")["how_to"].weight == 2


def test_each_different_word_counts_once(clothes: Bundle) -> None:
    """A word said three times weighs as one; its evidence shows all three."""
    tag = tags(clothes, "衣服衣服，还是衣服", "topic")["clothes"]
    assert (tag.weight, len(tag.evidence)) == (1, 3)
    assert tags(clothes, "衣服和裤子", "topic")["clothes"].weight == 2


def test_a_topic_is_given_from_its_threshold_on(clothes: Bundle) -> None:
    """One word of weight 2 does not reach 4, two different ones do."""
    assert not tags(clothes, "手冲手冲手冲", "topic")
    assert tags(clothes, "手冲用什么咖啡豆", "topic")["coffee"].weight == 4


def test_a_sum_that_is_the_threshold_reaches_it() -> None:
    """As people count, not as machines do: eight words of 0.1 are 0.8."""
    words = ["露营", "天幕", "徒步", "手冲", "滤杯", "背包", "冲锋衣", "睡袋"]
    topic = {"name": "outdoors", "title": "户外", "words": words, "weight": 0.1, "threshold": 0.8}
    assert tags(bundle({"topics": [topic]}), "，".join(words), "topic")["outdoors"].weight == 0.8


def test_a_phrase_speaks_for_all_its_owners(clothes: Bundle) -> None:
    """杭州 is a place and a keyword, 泠川净饮机 a product and a keyword."""
    assert {(tag.kind, tag.label) for tag in one(clothes, "杭州").tags} == {("place", "杭州"), ("keyword", "杭州")}
    found = {(tag.kind, tag.label) for tag in one(clothes, "泠川净饮机").tags}
    assert {("product", "泠川净饮机"), ("keyword", "泠川净饮机")} <= found


def test_words_of_topics_and_names_are_keywords_competitors_are_not(clothes: Bundle) -> None:
    """Further words, keywords, brands and topics' words by what they are in comparable form."""
    assert set(tags(clothes, "软壳 V60 泠川 RO", "keyword")) == {"软壳", "v60", "泠川", "ro"}
    assert not tags(clothes, "某净净饮机", "keyword")


def test_a_phrase_of_two_words(clothes: Bundle) -> None:
    """It stands where it begins and ends with a word; any whitespace is a space."""
    assert shown("免\u3000安装", tags(clothes, "免\u3000安装", "keyword")["免 安装"]) == ["免\u3000安装"]
    assert "免 安装" not in tags(clothes, "免安装", "keyword")


def test_a_competitors_name_is_kept_whole(clothes: Bundle) -> None:
    """It joins the dictionary, though it is no keyword."""
    assert "某净净饮机" in clothes.segmenter.cut("我家用某净净饮机呢")


def test_evidence_comes_in_order_and_names_the_word(clothes: Bundle) -> None:
    """By where it stands, with the word in comparable form."""
    tag = tags(clothes, "咖啡豆和Ｖ６０手冲", "topic")["coffee"]
    assert [span.rule for span in tag.evidence] == ["word:咖啡豆", "word:v60", "word:手冲"]


def test_blank_places_and_equal_owners_are_passed_over() -> None:
    """A place given twice weighs once; one without a name is none."""
    book = PhraseBook(Topics(topics=[]), Words(), ["杭州", "杭州", "", " "])
    assert list(book.owners) == ["杭州", "杭州市", "杭州人"]
    assert all(len(owned) == 1 for owned in book.owners.values())


@given(COMMENT)
def test_phrases_stand_at_the_edges_of_words(clothes: Bundle, text: str) -> None:
    """Of every comment, each phrase found begins and ends where a word does: none of these is a part."""
    plain = clothes.read([text])._texts.part(0)
    edges = clothes.segmenter.edges(plain)
    words = [tag for tag in one(clothes, text).tags if tag.kind in ("topic", "keyword", "place")]
    assert all(
        {span.start, span.end} <= edges for tag in words for span in tag.evidence if span.rule.startswith("word:")
    )
