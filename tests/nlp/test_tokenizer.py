"""The spaCy tokenizer: the segmenter's words as tokens, and every text whole again."""

from __future__ import annotations

import jieba
import pytest
from hypothesis import given
from spacy.vocab import Vocab

from nlp.normal import comparable
from nlp.segmenter import Engine, Segmenter
from nlp.tokenizer import BundleTokenizer, create_tokenizer
from tests.nlp.teams import ANY_TEXT, COMMENT, COMMENTS, cached_segmenter

WORD = "泠川净饮机"
VOCAB = Vocab()


@pytest.fixture(scope="module", params=["rjieba", "jieba"])
def tokenizer(request: pytest.FixtureRequest) -> BundleTokenizer:
    """One with a word of its own."""
    return BundleTokenizer(VOCAB, cached_segmenter((WORD,), request.param))


def tokens(tokenizer: BundleTokenizer, text: str) -> list[str]:
    """The words of a text."""
    return [token.text for token in tokenizer(text)]


def test_an_added_word_stays_whole(tokenizer: BundleTokenizer) -> None:
    """The team's word is one token, also in traditional characters."""
    assert WORD in tokens(tokenizer, f"想买{WORD}送人")
    assert "泠川淨飲機" in tokens(tokenizer, "想買泠川淨飲機送人")


def test_an_added_word_is_known_to_nobody_else(tokenizer: BundleTokenizer) -> None:
    """Neither another tokenizer nor the global jieba knows it."""
    other = BundleTokenizer(VOCAB, cached_segmenter(("天幕",), tokenizer.segmenter.engine))
    assert WORD not in tokens(other, f"想买{WORD}送人")
    assert WORD not in jieba.lcut(f"想买{WORD}送人")


@given(text=ANY_TEXT | COMMENT)
def test_a_doc_is_the_text_again(text: str) -> None:
    """Not a space, line break or emoji is lost; half a character becomes U+FFFD."""
    for engine in ("rjieba", "jieba"):
        doc = BundleTokenizer(VOCAB, cached_segmenter((WORD,), engine))(text)
        assert doc.text == "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
        assert len(doc.text) == len(text)


@pytest.mark.parametrize(
    "text", ["", " ", "  ", "\n", " a", "a ", "a  b", "\r\n", "\u3000", "🏕️", "\x00", "a\u200bb", "a \u3000 b"]
)
def test_edges_are_the_text_again(tokenizer: BundleTokenizer, text: str) -> None:
    """Whitespace at the edges and invisible characters are kept."""
    assert tokenizer(text).text == text


def test_a_single_space_is_a_words_tail(tokenizer: BundleTokenizer) -> None:
    """Further ones, and other whitespace, are tokens."""
    doc = tokenizer("a b  c\u3000d")
    assert [(token.text, token.whitespace_) for token in doc] == [
        ("a", " "),
        ("b", " "),
        (" ", ""),
        ("c", ""),
        ("\u3000", ""),
        ("d", ""),
    ]


@pytest.mark.parametrize("text", COMMENTS[::7])
def test_tokens_are_the_segmenters_words(tokenizer: BundleTokenizer, text: str) -> None:
    """Cut over comparable text, as written."""
    words = tokenizer.segmenter.cut(comparable(text))
    parts = [part for token in tokenizer(text) for part in (token.text, token.whitespace_) if part]
    assert [comparable(part) for part in parts] == words


def test_words_travel_as_bytes(tokenizer: BundleTokenizer) -> None:
    """What to_bytes wrote, from_bytes reads, the engine too."""
    again = BundleTokenizer(VOCAB, Segmenter()).from_bytes(tokenizer.to_bytes())
    assert again.segmenter.words == (WORD,)
    assert again.segmenter.engine == tokenizer.segmenter.engine
    assert tokens(again, f"想买{WORD}送人") == tokens(tokenizer, f"想买{WORD}送人")


@pytest.mark.parametrize("engine", ["rjieba", "jieba"])
def test_the_factory_that_the_configuration_names(engine: Engine) -> None:
    """A tokenizer of these words and this engine."""
    import spacy

    made = create_tokenizer([WORD], engine)(spacy.blank("xx"))
    assert (made.segmenter.words, made.segmenter.engine) == ((WORD,), engine)
