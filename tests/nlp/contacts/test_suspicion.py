"""The quick look at a batch never passes over a text that holds a contact detail."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.contacts import find_contacts, suspects
from nlp.contacts.glyphs import digits, kept, plain, sounds
from nlp.contacts.search import _RULES, _search
from nlp.contacts.suspicion import count
from nlp.normal import comparable
from tests.nlp.contacts.cases import DISGUISED, WRITTEN

NLP = Path(__file__).parents[4] / "shared" / "data" / "nlp"
CASES = [text for text, _, _ in WRITTEN + DISGUISED]
TRICKY = st.text(st.sampled_from("微薇信v❤➕加扣q🐧:： 138零參貳一①️⃣ab_-@.点at艾特群吧衣\u200b"), max_size=40)
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
EVERY_RULE = [rule for rule, _ in _RULES]


def suspected(texts: Sequence[str]) -> list[bool]:
    """The quick look at these texts."""
    folded = [comparable(text).replace("\n", " ") for text in texts]
    codes = np.array([ord(char) for char in "\n".join(folded)], np.uint32)
    starts = np.cumsum([0, *(len(text) + 1 for text in folded[:-1])]) if texts else np.zeros(0, np.int64)
    return [bool(one) for one in suspects(codes, starts)]


def test_every_disguise_is_suspected() -> None:
    """Each on its own and all together."""
    assert all(suspected(CASES))
    assert all(suspected([text])[0] for text in CASES)


@given(st.lists(st.one_of(TRICKY, ANYTHING, st.sampled_from(CASES)), max_size=8))
def test_nothing_found_was_unsuspected(texts: list[str]) -> None:
    """Whatever stands beside it in the batch, also empty texts."""
    found = [bool(find_contacts(text)) for text in texts]
    assert all(looked or not held for held, looked in zip(found, suspected(texts), strict=True))


@given(st.one_of(TRICKY, ANYTHING, st.sampled_from(CASES)))
def test_counting_loses_nothing(text: str) -> None:
    """Every rule over a text finds no more than those that the counts let try."""
    assert _search(text, EVERY_RULE) == find_contacts(text)


def test_every_character_weighs_at_least_as_much_once_comparable() -> None:
    """For each character below U+30000: five, ten or more of it make a suspect when they make one for the search."""
    chars = [chr(code) for code in range(0x30000) if not 0xD800 <= code < 0xE000]
    heavy = [char for char in chars if any(count(char))]
    texts = [char * 22 + "微" for char in heavy]
    wanted = [held.name or held.phone or held.sound or held.spelling for held in map(count, texts)]
    assert all(looked or not want for want, looked in zip(wanted, suspected(texts), strict=True))


def test_plain_words_are_not_suspected() -> None:
    """Nor a date, a price or a sticker."""
    texts = ["酒店不错，下次还来", "5.3落地泗水", "满400减50", "哈哈哈[doge]", "", "卫星导航很准"]
    assert suspected(texts) == [False] * len(texts)


def test_a_batch_of_nothing() -> None:
    """No text, and empty texts at either end."""
    assert suspected([]) == []
    assert suspected(["", "13912345678", ""]) == [False, True, False]
    assert suspected([""]) == [False]


def test_a_very_long_text_is_always_suspected() -> None:
    """It is too long to be counted."""
    assert suspected(["好" * 70_000, "好"]) == [True, False]


@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_a_view_moves_no_character(text: str) -> None:
    """Offsets in a view are offsets in the text."""
    seen = plain(text)
    assert len(kept(text)) == len(seen) == len(digits(seen)) == len(sounds(seen)) == len(text)


@pytest.mark.skipif(not NLP.exists(), reason="the comments are not at hand")
def test_real_comments_lose_nothing() -> None:
    """Of 10,000 messages with contacts among them, every one that holds a contact is suspected, few others."""
    lines = (NLP / "cic_intent118_train.tsv").read_text(encoding="utf-8").splitlines()
    texts = [line.partition("\t")[2] for line in lines]
    looked = suspected(texts)
    found = [bool(find_contacts(text)) for text in texts]
    assert sum(found) > 20
    assert all(look or not held for held, look in zip(found, looked, strict=True))
    assert sum(looked) < len(texts) / 10
