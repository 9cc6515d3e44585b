"""Intents: weights add up, negative rules take away, the threshold decides; the starter's rules are sound."""

from __future__ import annotations

import re
import time
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlp.components import IntentTagger
from nlp.pipeline import Tagger, build_tagger
from nlp.rules import Intents, Topics
from yinliu.workspace.document import Document

VOCAB = Vocab()


def rules(*patterns: tuple[str, float], threshold: float = 1) -> Intents:
    """One intent ``wish`` with these patterns and weights."""
    ways = [{"id": f"r{number}", "pattern": p, "weight": w} for number, (p, w) in enumerate(patterns)]
    return Intents.model_validate({"intents": [{"name": "wish", "title": "想", "rules": ways, "threshold": threshold}]})


@pytest.fixture(scope="module")
def wish() -> Tagger:
    """Two wishes of 0.6 and one refusal of -1, threshold 1."""
    return build_tagger(Topics(topics=[]), rules(("想要", 0.6), ("链接", 0.6), ("不买", -1)), places=[])


def weight(tagger: Tagger, text: str) -> float | None:
    """The weight of the intent, None where it is not given."""
    (found,) = tagger.tag([text])
    return found.tags[0].weight if found.tags else None


def test_weights_add_up(wish: Tagger) -> None:
    """Two rules of 0.6 reach 1, one does not, and one said twice counts once."""
    assert weight(wish, "想要链接") == pytest.approx(1.2)
    assert weight(wish, "想要想要想要") is None


def test_a_negative_rule_takes_away(wish: Tagger) -> None:
    """A refusal undoes the wish."""
    assert weight(wish, "想要链接，算了不买") is None


def test_negative_rules_alone_give_nothing(wish: Tagger) -> None:
    """Nobody has a wish because they said no."""
    assert weight(wish, "不买") is None


def test_the_evidence_adds_up_and_points_at_the_text(wish: Tagger) -> None:
    """The parts' sum is the whole; each span is what its rule found."""
    text = "想要链接"
    (found,) = wish.tag([text])
    (tag,) = found.tags
    assert sum(one.weight for one in tag.evidence) == tag.weight
    assert [text[one.start : one.end] for one in tag.evidence] == ["想要", "链接"]


@given(
    st.lists(st.tuples(st.sampled_from("甲乙丙丁"), st.integers(-3, 3)), min_size=1, max_size=4), st.text("甲乙丙丁戊")
)
def test_an_intent_is_the_sum_of_its_rules(ways: list[tuple[str, float]], text: str) -> None:
    """Given exactly where some rule is found and the found ones' weights reach the threshold."""
    doc = Doc(VOCAB, words=list(text), spaces=[False] * len(text))
    tags = IntentTagger(list(rules(*ways).intents))(doc)._.tags
    found = [value for word, value in ways if word in text]
    assert bool(tags) == (bool(found) and sum(found) >= 1)


def test_a_bad_expression_is_refused() -> None:
    """A pattern that does not compile is told, not kept."""
    with pytest.raises(ValidationError, match="not a regular expression"):
        rules(("(", 1))


@pytest.mark.parametrize("twin", ["wish", "r0"])
def test_names_are_given_once(twin: str) -> None:
    """Two intents, or two rules, of one name are refused."""
    one = {"name": "wish", "title": "想", "rules": [{"id": "r0", "pattern": "a"}]}
    other = one if twin == "wish" else one | {"name": "other"}
    with pytest.raises(ValidationError, match=twin):
        Intents.model_validate({"intents": [one, other]})


def _starter_patterns() -> list[tuple[str, str]]:
    path = Path(str(files("yinliu.workspace") / "starter" / "intents.yaml"))
    return [(one.id, one.pattern) for intent in Document(path).check(Intents).intents for one in intent.rules]


@pytest.mark.parametrize("pattern", _starter_patterns(), ids=lambda pair: pair[0])
def test_every_starter_rule_compiles_and_takes_no_time(pattern: tuple[str, str]) -> None:
    """10,000 characters of one kind, made to let it search long, are read in less than half a second."""
    expression = re.compile(pattern[1])
    for piece in ("1", "百", " ", "一", "a", "有", "加", "要", "买1", "预算 ", "想", "群"):
        began = time.perf_counter()
        expression.search(piece * (10_000 // len(piece)))
        assert time.perf_counter() - began < 0.5, piece


def test_the_demo_topics_load() -> None:
    """The demo's topics and the starter's make a pipeline."""
    demo = Document(Path(str(files("yinliu.demo") / "workspace" / "topics.yaml"))).check(Topics)
    tagger = build_tagger(demo, Intents(intents=[]), places=[])
    for topic in demo.topics:
        (found,) = tagger.tag(["，".join(topic.words)])
        assert topic.name in {tag.label for tag in found.tags}


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("想买两套，怎么下单？", "purchase_intent"),
        ("多少钱一个", "price_inquiry"),
        ("怎么进群呀", "how_to_join"),
        ("等了好几天都没发货，差评", "after_sales_complaint"),
        ("太好用了，已经推荐给朋友", "praise"),
        ("专业代运营，刷粉引流", "spam_ad"),
    ],
)
def test_the_starter_knows_what_people_want(tagger: Tagger, text: str, intent: str) -> None:
    """Plain ways of saying it are understood out of the box."""
    (found,) = tagger.tag([text])
    assert intent in {tag.label for tag in found.tags}
