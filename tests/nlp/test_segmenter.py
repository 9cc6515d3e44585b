"""The segmenter: words joined are the text, a team's words stay whole, two engines cut alike."""

from __future__ import annotations

from pathlib import Path

import jieba
import pytest
import rjieba
from hypothesis import given

from nlp.normal import comparable
from nlp.segmenter import LONGEST_MADE, Engine, Segmenter, cache_folder
from tests.nlp.teams import ANY_TEXT, COMMENT, cached_segmenter
from tests.patience import within

WORDS = ("泠川净饮机", "天幕", "蛋卷桌", "v60", "露营")
ENGINES: tuple[Engine, ...] = ("rjieba", "jieba")
SENTENCES = (
    *("想买两套露营装备，怎么下单？", "这件衣服很好", "大衣服务很周到", "杭州市民卡怎么办", "泠川净饮机多少钱一台"),
    *("求个链接谢谢", "上海有没有露营群", "iphone壳好看吗", "我和家人周末去了莫干山", "预算三千以内，两大一小"),
    *(
        "等了好几天都没发货，差评",
        "老师讲得真好，孩子很喜欢",
        "咖啡豆手冲用哪款v60",
        "hello world 123",
        "天幕和蛋卷桌都要",
    ),
    *("", " ", "。。。", "😀", "a b  c", "哈哈哈哈哈哈", "1234567890", "研究生命的起源", "南京市长江大桥"),
)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Segmenter:
    """One of either engine."""
    return cached_segmenter(WORDS, request.param)


@given(text=ANY_TEXT | COMMENT)
def test_joined_words_are_the_text(text: str) -> None:
    """Not a space or control is lost, with either engine, and the edges are those of the words."""
    plain = comparable(text)
    for name in ENGINES:
        segmenter = cached_segmenter(WORDS, name)
        words = segmenter.cut(plain)
        assert "".join(words) == plain
        assert all(words)
        assert len(segmenter.edges(plain)) == len(words) + 1
        assert {0, len(plain)} <= segmenter.edges(plain)


def test_a_teams_words_stay_whole(engine: Segmenter) -> None:
    """Each of them, between other characters."""
    for word in WORDS:
        assert word in engine.cut(f"我想买{word}送人")


def test_edges_are_offsets(engine: Segmenter) -> None:
    """At which a word begins or ends."""
    assert engine.edges("买天幕") == {0, 1, 3}
    assert engine.edges("") == {0}


def part(segmenter: Segmenter, word: str, inner: str) -> bool:
    """Whether ``inner`` is a whole part of ``word``."""
    start = word.index(inner)
    return segmenter.is_part(word, start, start + len(inner))


@pytest.mark.parametrize(
    ("word", "inner"),
    [
        ("选购指南", "选购"),
        ("选购指南", "指南"),
        ("入门教程", "教程"),
        ("中华人民共和国", "人民"),
        ("社会活动", "活动"),
    ],
)
def test_a_whole_part_of_a_word_made_of_words(engine: Segmenter, word: str, inner: str) -> None:
    """What stands beside it is words too."""
    assert engine.cut(word) == [word]
    assert part(engine, word, inner)


@pytest.mark.parametrize(
    ("word", "inner"),
    [
        ("机会", "会"),
        ("机会", "机"),
        ("指南针", "指南"),
        ("测试用例", "试用"),
        ("人民大会堂", "大会"),
        ("选购指南", "购指"),
    ],
)
def test_what_leaves_half_a_word_is_no_part(engine: Segmenter, word: str, inner: str) -> None:
    """A single character beside it is no word, nor is one by itself a part."""
    assert not part(engine, word, inner)


def test_a_word_is_no_part_of_itself_nor_of_what_nobody_knows(engine: Segmenter) -> None:
    """选购帐篷 is two words, and a team's own word has no parts."""
    assert not engine.is_part("选购指南", 0, 4)
    assert not engine.is_part("选购帐篷", 0, 2)
    assert not part(Segmenter(["选购指南"], engine=engine.engine), "选购指南", "指南")


@pytest.mark.parametrize("word", ["", "选", "指南" * LONGEST_MADE, "\ufffd" * 4, "😀😀😀😀"], ids=ascii)
def test_any_word_may_be_asked_about(engine: Segmenter, word: str) -> None:
    """An empty one, a huge one, broken characters: none has parts."""
    assert not any(engine.is_part(word, start, start + 2) for start in range(len(word) + 1))


@given(COMMENT)
def test_both_engines_know_the_same_parts(text: str) -> None:
    """Of every stretch of a comment."""
    plain = comparable(text)[:24]
    rust, python = (cached_segmenter(WORDS, name) for name in ENGINES)
    for start in range(len(plain) - 1):
        assert rust.is_part(plain, start, start + 2) == python.is_part(plain, start, start + 2)


def test_words_are_known_to_nobody_else(engine: Segmenter) -> None:
    """Neither to another segmenter nor to the engines themselves."""
    other = Segmenter(["别的"], engine=engine.engine)
    for cut in (other.cut, jieba.lcut, rjieba.Jieba().cut):
        assert "泠川净饮机" not in cut("想买泠川净饮机送人")


@pytest.mark.parametrize("text", SENTENCES)
def test_both_engines_cut_alike(text: str) -> None:
    """rjieba is jieba."""
    rust, python = (cached_segmenter(WORDS, name) for name in ENGINES)
    assert rust.cut(text) == python.cut(text)


def test_words_in_any_order_are_the_same(engine: Segmenter) -> None:
    """Given twice or turned round."""
    again = Segmenter([*reversed(WORDS), *WORDS], engine=engine.engine)
    assert again.words == engine.words
    assert all(again.cut(text) == engine.cut(text) for text in SENTENCES)


def test_words_that_nobody_knows_are_guessed_or_not() -> None:
    """``hmm`` puts characters together that the dictionary does not."""
    assert "杭研" in Segmenter(hmm=True).cut("他来到了网易杭研大厦")
    assert "杭研" not in Segmenter(hmm=False).cut("他来到了网易杭研大厦")


@pytest.mark.parametrize("piece", ["今天天气不错", "1", "a", " ", "😀", "露营", "\ufffd", "露，", "가나"], ids=ascii)
def test_a_megabyte_takes_no_time(piece: str) -> None:
    """Of one kind, with and without punctuation."""
    segmenter, text = cached_segmenter(WORDS, "rjieba"), piece * (1_000_000 // len(piece))
    with within(3):
        words = segmenter.cut(text)
    assert "".join(words) == text


def test_a_long_text_is_cut_at_its_punctuation() -> None:
    """A word behind the four thousandth character is whole where a sentence ends before it."""
    text = "天气，" * 1333 + "天幕露营"
    assert cached_segmenter(WORDS, "rjieba").cut(comparable(text))[-2:] == ["天幕", "露营"]
    assert cached_segmenter(WORDS, "rjieba").cut(comparable("天气，" * 1332 + "呀呀泠川净饮机"))[-1] == "泠川净饮机"


def test_the_dictionary_is_kept_in_a_folder_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in the shared temporary folder, and nobody else may write there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = cache_folder()
    assert folder == tmp_path / "cache" / "yinliu"
    assert folder.stat().st_mode & 0o077 == 0
