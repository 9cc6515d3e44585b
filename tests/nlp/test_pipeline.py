"""The spaCy door: it says of a Doc what the bulk door says of its text."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import date
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from nlp.bundle import Bundle, Spec
from nlp.components import SPANS, Reader
from nlp.pipeline import build_pipeline
from nlp.tags import Tagging
from tests.nlp.teams import ANY_TEXT, COMMENT, COMMENTS, bundle, one

DAY = date(2026, 4, 15)
LINK = "要链接的扣1"


@pytest.fixture(scope="module")
def language(headed: Bundle) -> Language:
    """The small team's pipeline, with heads."""
    return build_pipeline(headed)


def tagging(doc: Doc) -> Tagging:
    """What a Doc says was found in it."""
    return Tagging(doc._.tags, doc._.contacts)


def whole(text: str) -> str:
    """Without halves of characters, as spaCy keeps it."""
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)


def test_both_doors_say_the_same(language: Language, headed: Bundle) -> None:
    """Of three hundred comments, in a stream."""
    found = [tagging(doc) for doc in language.pipe(COMMENTS)]
    assert found == list(headed.read([whole(text) for text in COMMENTS]))


@given(st.lists(ANY_TEXT | COMMENT, min_size=1, max_size=4))
def test_both_doors_say_the_same_of_any_text(language: Language, headed: Bundle, texts: list[str]) -> None:
    """One by one or in a stream, and the text is kept."""
    expected = list(headed.read([whole(text) for text in texts]))
    assert [tagging(language(text)) for text in texts] == expected
    docs = list(language.pipe(texts))
    assert [tagging(doc) for doc in docs] == expected
    assert [doc.text for doc in docs] == [whole(text) for text in texts]


@pytest.mark.parametrize("engine", ["rjieba", "jieba"])
def test_both_doors_find_the_parts_of_words(engine: str) -> None:
    """选购 and 指南 in 选购指南, whichever engine cuts, also where a space or an emoji stands before."""
    topic = {"name": "how_to", "title": "选购", "words": ["选购", "指南", "教程"]}
    made = bundle({"topics": [topic], "segmenter": engine})
    texts = ["选购指南", "帐篷 选购指南来了", "😀 选购指南  入门教程", "指南针", "买选購指南吗"]
    found = [tagging(doc) for doc in build_pipeline(made).pipe(texts)]
    assert found == list(made.read(texts))
    assert [bool(tagging.labels("topic")) for tagging in found] == [True, True, True, False, True]


def test_half_a_character_moves_nothing(language: Language) -> None:
    """Evidence behind it still points at the word."""
    doc = language("\ud800露营")
    assert [span.text for span in doc._.evidence if span.label_ == "topic:camping"] == ["露营"]


def test_probabilities_are_cats(language: Language, headed: Bundle) -> None:
    """By label, as the bulk door weighs them."""
    doc = language("多少钱一个")
    assert doc.cats == pytest.approx(
        dict(zip(headed.judge.labels, headed.read(["多少钱一个"]).weighed[0], strict=True))
    )
    assert max(doc.cats, key=lambda label: doc.cats[label]) == "price_inquiry"


def test_extensions(language: Language) -> None:
    """Intents, topics, sentiment and whether it says anything."""
    doc, nothing = language("露营装备太好用了"), language("😀")
    assert "camping" in doc._.topics
    assert doc._.intents == tuple(tag.label for tag in doc._.tags if tag.kind == "intent")
    assert (doc._.sentiment, doc._.valid) == ("pos", True)
    assert (nothing._.valid, nothing._.contacts) == (False, ())


def test_sentiment_is_neutral_where_no_head_says(team: Bundle) -> None:
    """A bundle without heads."""
    doc = build_pipeline(team)("太好用了")
    assert doc._.sentiment == "neu"
    assert "praise" in doc._.intents


def test_evidence_is_spans(language: Language) -> None:
    """Labelled by kind and label, each over what was found."""
    doc = language("我在杭州露营，多少钱")
    spans = {(span.label_, span.text) for span in doc._.evidence}
    assert {("topic:camping", "露营"), ("place:杭州", "杭州"), ("intent:price_inquiry", "多少钱")} <= spans


def test_spans_are_filled_where_they_are_asked_for(headed: Bundle, language: Language) -> None:
    """By the component's setting; by default nobody pays for them."""
    doc = Reader(headed, spans=True)(language.make_doc("露营多少钱"))
    assert [(span.label_, span.text) for span in doc.spans[SPANS]] == [(one.label_, one.text) for one in doc._.evidence]
    assert SPANS not in language("露营多少钱").spans


def test_answers_and_days_are_read(language: Language, headed: Bundle) -> None:
    """Where they are set before the component."""
    said, plain = language.make_doc("要，明天去"), language.make_doc("同求")
    said._.day, plain._.answers = DAY, "多少钱一个"
    docs = list(language.pipe([said, plain, language.make_doc("要")]))
    expected = headed.read(["要，明天去", "同求", "要"], answers=[None, "多少钱一个", None], days=[DAY, None, None])
    assert [tagging(doc) for doc in docs] == list(expected)
    assert docs[0]._.tags[-1].label == "2026-04-16/2026-04-16"
    assert "price_inquiry" in docs[1]._.intents


def test_a_long_stream_comes_in_order(language: Language) -> None:
    """Over the edges of its batches, whatever comes."""

    def texts() -> Iterator[str]:
        yield from (f"露营{number}" for number in range(700))

    docs = list(language.pipe(texts(), batch_size=300))
    assert [doc.text for doc in docs] == list(texts())
    assert {doc._.topics[0] for doc in docs} == {"camping"}


def test_a_component_of_the_team_stands_after_it(headed: Bundle) -> None:
    """And sees what was found."""

    @Language.component("tests_yinliu_marks")
    def mark(doc: Doc) -> Doc:
        doc.cats["marked"] = float("camping" in doc._.topics)
        return doc

    language = build_pipeline(headed)
    language.add_pipe("tests_yinliu_marks", after="yinliu")
    assert [doc.cats["marked"] for doc in language.pipe(["露营", "路过"])] == [1, 0]


def test_a_doc_that_nobody_read_says_so(language: Language) -> None:
    """Instead of nothing found."""
    with pytest.raises(ValueError, match="pass it through the pipeline"):
        language.make_doc("露营")._.tags  # noqa: B018


def test_a_second_pipeline_of_the_same_rules_may_go(small_spec: Spec) -> None:
    """The Docs of the first one still tell what was found in them."""
    first = build_pipeline(Bundle(small_spec, {}))
    doc = first("露营")
    second = build_pipeline(Bundle(small_spec, {}))
    second("露营")
    del second
    gc.collect()
    assert "camping" in doc._.topics
    assert "camping" in first("露营")._.topics


def test_two_pipelines_read_by_their_own_rules(language: Language) -> None:
    """One does not know the other's words."""
    topic = {"name": "weather", "title": "", "words": ["路过"]}
    other = build_pipeline(bundle({"topics": [topic]}))
    here, there = language("路过露营"), other("路过露营")
    assert ("camping" in here._.topics, there._.topics) == (True, ("weather",))


def test_a_doc_is_tagged_like_its_text(team: Bundle) -> None:
    """Without heads too."""
    language = build_pipeline(team)
    assert [tagging(language(text)) for text in COMMENTS[::5]] == [one(team, whole(text)) for text in COMMENTS[::5]]


def test_a_saved_pipeline_says_the_same(language: Language, tmp_path: Path) -> None:
    """``spacy.load`` opens what ``to_disk`` wrote: words, rules and heads (their weights in 16 bits)."""
    language.to_disk(tmp_path / "saved")
    again = spacy.load(tmp_path / "saved")
    again.to_disk(tmp_path / "twice")
    third = spacy.load(tmp_path / "twice")
    for text in COMMENTS[:40]:
        said = tagging(again(text))
        assert [(tag.kind, tag.label) for tag in said.tags] == [(t.kind, t.label) for t in tagging(language(text)).tags]
        assert said == tagging(third(text)), text


def test_it_is_found_by_its_entry_points() -> None:
    """``spacy.load`` needs no import of ours before."""
    factories = {point.name: point.value for point in entry_points(group="spacy_factories")}
    tokenizers = {point.name: point.value for point in entry_points(group="spacy_tokenizers")}
    assert factories["yinliu"] == "nlp.components:create_reader"
    assert tokenizers["yinliu.Tokenizer.v2"] == "nlp.tokenizer:create_tokenizer"
