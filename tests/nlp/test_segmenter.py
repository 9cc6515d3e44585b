"""The segmenter: words joined are the text, a team's words stay whole, two engines cut alike."""

from __future__ import annotations

from pathlib import Path

import jieba
import pytest
import rjieba
from hypothesis import given

from nlp.normal import comparable
from nlp.segmenter import Engine, Segmenter, cache_folder
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
