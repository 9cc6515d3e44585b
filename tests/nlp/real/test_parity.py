"""rjieba cuts real texts as jieba does, a team's words in both dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import jieba
import pytest

from nlp.bundle import Bundle
from nlp.normal import comparable
from nlp.segmenter import Segmenter, cache_folder
from tests.nlp.real.corpus import long_texts, sample

TEXTS = 8_000
SAME = 0.985
TIED = 0.999
"""With words of its own rjieba decides some exact ties the other way: 哈哈 哈哈哈 or 哈哈哈 哈哈."""


@lru_cache(maxsize=1)
def texts() -> list[str]:
    """Real texts as a segmenter gets them, very long ones too."""
    return [comparable(text) for text in (*sample()[:TEXTS], *long_texts())]


def differing(one: Callable[[str], list[str]], other: Callable[[str], list[str]]) -> list[tuple[list[str], list[str]]]:
    """The words of both where they are not the same."""
    return [pair for pair in ((one(text), other(text)) for text in texts()) if pair[0] != pair[1]]


def both(words: Sequence[str], *, hmm: bool) -> tuple[Callable[[str], list[str]], Callable[[str], list[str]]]:
    """Our two engines."""
    rust, python = Segmenter(words, hmm=hmm), Segmenter(words, engine="jieba", hmm=hmm)
    return rust.cut, python.cut


@pytest.mark.parametrize("hmm", [False, True])
def test_every_text_without_words(hmm: bool) -> None:
    """Dictionary and guesses alone: no text differs."""
    assert not differing(*both((), hmm=hmm))


@pytest.mark.parametrize("hmm", [False, True])
def test_every_text_but_ties_with_words(hmm: bool, shop: Bundle) -> None:
    """A team's words in both: the same words in every text; in a few, equally likely ones in another order."""
    words = shop.segmenter.words
    assert len(words) > 80
    differ = differing(*both(words, hmm=hmm))
    assert [pair for pair in differ if sorted(pair[0]) != sorted(pair[1])] == []
    assert len(differ) <= (1 - TIED) * len(texts())


def test_jieba_as_others_use_it(shop: Bundle) -> None:
    """Its own ``add_word`` counts a known word twice, which moves likelihoods a little; still nearly all agree."""
    stock = jieba.Tokenizer()
    stock.tmp_dir = str(cache_folder())
    for word in shop.segmenter.words:
        stock.add_word(word)
    differ = differing(shop.segmenter.cut, stock.lcut)
    assert len(differ) <= (1 - SAME) * len(texts())
