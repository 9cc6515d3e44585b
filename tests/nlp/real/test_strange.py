"""Real texts of every file, whatever is in them: nothing breaks, and what is said has its place and its measure."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.bundle import TEXT_LIMIT, Bundle
from nlp.readings import Readings
from nlp.tagger import BATCH
from nlp.tags import Tagging
from tests.nlp.real.corpus import FILES, long_texts, sample, texts_of

TAGGED = 1_500
"""Texts of a file whose tags are looked at; all are read."""


def check_shares(bundle: Bundle, readings: Readings) -> None:
    """Every text has probabilities that sum to 1; all weights are numbers."""
    for shares in (readings.weighed[:, : bundle.judge.learned], readings.sentiments):
        assert shares.shape[0] == len(readings) and shares.shape[1]
        assert np.isfinite(shares).all() and (shares >= 0).all()
        assert np.allclose(shares.sum(axis=1), 1, atol=1e-4)
    assert np.isfinite(readings.weighed).all()


def check_tagging(text: str, tagging: Tagging) -> None:
    """Every span in the text, every tag once, every weight a number."""
    labels = [(tag.kind, tag.label) for tag in tagging.tags]
    assert len(set(labels)) == len(labels)
    spans = [one for tag in tagging.tags for one in tag.evidence]
    assert all(0 <= one.start <= one.end <= len(text) for one in (*spans, *tagging.contacts))
    assert all(one.start < one.end for one in tagging.contacts)
    assert np.isfinite([*(tag.weight for tag in tagging.tags), *(one.weight for one in spans)]).all()
    assert all(label for _, label in labels)


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_every_text_is_read(name: str, shop: Bundle) -> None:
    """In batches as the stages read them."""
    texts = texts_of(name)
    step = max(1, len(texts) // TAGGED)
    for start in range(0, len(texts), BATCH):
        part = texts[start : start + BATCH]
        readings = shop.read(part)
        check_shares(shop, readings)
        for number in range(0, len(part), step):
            check_tagging(part[number], readings[number])


def test_empty_and_huge_ones_together(shop: Bundle) -> None:
    """Each is read as if it were alone, the huge one by its beginning."""
    huge = "\n".join(long_texts())
    while len(huge) <= TEXT_LIMIT:
        huge += huge
    plain = sample()[:20]
    texts = ["", huge, *plain[:10], " ", "\n\n", huge[: TEXT_LIMIT // 2], "", *plain[10:], "😀", ""]
    readings = shop.read(texts)
    check_shares(shop, readings)
    for number, text in enumerate(texts):
        check_tagging(text[:TEXT_LIMIT], readings[number])
        assert readings[number] == shop.read([text])[0]


def test_broken_ones_among_whole_ones(shop: Bundle) -> None:
    """Half a character, controls and other scripts between real texts change nothing of these."""
    plain = sample()[:100]
    odd = ["\ud83d", "\x00\x1b[31m", "\u202e" * 50, "ب" * 200, "\ufdfa" * 100, "　" * 300, "é̂" * 100, "\U0010ffff"]
    mixed = [text for number, real in enumerate(plain) for text in (real, odd[number % len(odd)] + real[:7])]
    readings = shop.read(mixed)
    check_shares(shop, readings)
    for text, tagging in zip(mixed, readings, strict=True):
        check_tagging(text, tagging)
    assert list(readings)[::2] == list(shop.read(plain))


def test_no_texts(shop: Bundle) -> None:
    """An empty batch has empty answers."""
    readings = shop.read([])
    assert list(readings) == []
    assert readings.intents.shape[0] == readings.sentiments.shape[0] == len(readings.suspects) == 0
