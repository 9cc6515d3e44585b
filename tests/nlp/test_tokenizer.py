"""The tokenizer: an own dictionary, and every text whole again."""

from __future__ import annotations

from pathlib import Path

import jieba
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.vocab import Vocab

from nlp.pipeline import Tagger, configuration
from nlp.rules import Intents
from nlp.tokenizer import JiebaTokenizer
from tests.nlp.conftest import CAMPING

WORD = "泠川净饮机"
CHINESE = st.text(st.sampled_from("我想买露营天幕，。 \n\t　👨‍👩‍👧🏕️abcＡＢＣ123１２３…"), max_size=60)


@pytest.fixture(scope="module")
def tokenizer() -> JiebaTokenizer:
    """One with a word of its own."""
    return JiebaTokenizer(Vocab(), words=[WORD])


def test_an_added_word_stays_whole(tokenizer: JiebaTokenizer) -> None:
    """The team's word is one token."""
    assert WORD in [token.text for token in tokenizer(f"想买{WORD}送人")]


def test_an_added_word_is_known_to_nobody_else(tokenizer: JiebaTokenizer) -> None:
    """Neither another tokenizer nor the global jieba knows it."""
    other = JiebaTokenizer(Vocab(), words=["天幕"])
    assert WORD not in [token.text for token in other(f"想买{WORD}送人")]
    assert WORD not in jieba.lcut(f"想买{WORD}送人")


@given(st.one_of(CHINESE, st.text(st.characters(exclude_categories=["Cs"]), max_size=60)))
def test_a_doc_is_the_text_again(tokenizer: JiebaTokenizer, text: str) -> None:
    """Not a space, line break or emoji is lost."""
    assert tokenizer(text).text == text


@pytest.mark.parametrize("text", ["", " ", "  ", "\n", " a", "a ", "a  b", "\r\n", "\u3000", "🏕️", "\x00", "a\u200bb"])
def test_edges_are_the_text_again(tokenizer: JiebaTokenizer, text: str) -> None:
    """Whitespace at the edges and invisible characters are kept."""
    assert tokenizer(text).text == text


def test_words_travel_as_bytes(tokenizer: JiebaTokenizer) -> None:
    """What to_bytes wrote, from_bytes reads."""
    again = JiebaTokenizer(Vocab(), words=[]).from_bytes(tokenizer.to_bytes())
    assert again.words == [WORD]
    assert [token.text for token in again(f"想买{WORD}送人")] == [token.text for token in tokenizer(f"想买{WORD}送人")]


def test_a_pipeline_travels_by_disk(tagger: Tagger, tmp_path: Path) -> None:
    """A saved pipeline gives the same tags when it is loaded again."""
    tagger.language.to_disk(tmp_path / "pipeline")
    again = Tagger(spacy.load(tmp_path / "pipeline"), tagger.version)
    texts = ["蛋卷桌多少钱，微信 abc_1234", "上海有露营群吗"]
    assert list(again.tag(texts)) == list(tagger.tag(texts))


def test_every_word_of_the_rules_is_in_the_dictionary(intents: Intents) -> None:
    """Topics' words, further words and places are kept whole."""
    topics = CAMPING.model_copy(update={"words": [WORD]})
    words = configuration(topics, intents, places=["莫干山镇"])["nlp"]["tokenizer"]["words"]
    assert {"蛋卷桌", WORD, "莫干山镇"} <= set(words)
