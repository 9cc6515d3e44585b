"""Both doors say the same of twenty thousand real texts: all tags with their evidence, all contacts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from spacy.language import Language

from nlp.bundle import Bundle
from nlp.components import tagging_of
from nlp.pipeline import build_pipeline
from nlp.tags import Tagging
from tests.nlp.real.corpus import long_texts, sample, team_of
from yinliu.workspace.folder import Workspace

TEXTS, CHUNKS = 20_000, 10
JIEBA_TEXTS = 2_000


@pytest.fixture(scope="module")
def language(shop: Bundle) -> Language:
    """The team's pipeline."""
    return build_pipeline(shop)


def chunk(number: int) -> list[str]:
    """A part of the texts; long ones are in each."""
    return [*sample()[:TEXTS], *long_texts()][number::CHUNKS]


def differing(texts: Sequence[str], language: Language, bundle: Bundle) -> list[tuple[Tagging, Tagging]]:
    """What spaCy's door and the bulk door say where they do not agree."""
    found = map(tagging_of, language.pipe(texts))
    return [pair for pair in zip(found, bundle.read(texts), strict=True) if pair[0] != pair[1]]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(CHUNKS))
def test_both_doors_say_the_same(number: int, language: Language, shop: Bundle) -> None:
    """Of comments, notes, titles, reviews and messages; one read alone, one in a batch of thousands."""
    assert not differing(chunk(number), language, shop)


@pytest.mark.slow
def test_both_doors_say_the_same_with_jieba(starter: Workspace) -> None:
    """The reference engine behind both."""
    bundle = team_of(starter, engine="jieba")
    texts = [*sample()[:JIEBA_TEXTS], *long_texts()[-2:]]
    assert not differing(texts, build_pipeline(bundle), bundle)


def test_docs_show_what_was_found(language: Language, shop: Bundle) -> None:
    """By the extensions too, and every span of evidence is of one of the tags."""
    texts = sample()[:200]
    for doc, tagging in zip(language.pipe(texts), shop.read(texts), strict=True):
        assert Tagging(doc._.tags, doc._.contacts) == tagging
        assert {span.label_ for span in doc._.evidence} <= {f"{tag.kind}:{tag.label}" for tag in tagging.tags}


def test_the_sample_says_something(shop: Bundle) -> None:
    """The doors have every kind of tag to agree about, and contacts."""
    taggings = list(shop.read(sample()[:TEXTS:4]))
    kinds = {tag.kind for tagging in taggings for tag in tagging.tags}
    assert {"topic", "intent", "sentiment", "validity", "keyword", "place", "brand", "product"} <= kinds
    assert {"people", "budget", "date", "competitor", "guard"} <= kinds
    assert any(tagging.contacts for tagging in taggings)
