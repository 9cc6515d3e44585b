"""What is shipped: heads that our seeds make, and nothing of anybody else's."""

from __future__ import annotations

import hashlib
import runpy
from collections import Counter
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from nlp.bundle import Bundle, Spec
from nlp.heads.head import Head
from nlp.heads.store import load
from tests.nlp.teams import one
from yinliu.understanding import bundle_of, shipped, starter

SEEDS = Path(str(files("nlp") / "seeds"))
INTENTS = {intent.name for intent in starter().intents.intents}
LINES = [line.split("\t") for file in sorted(SEEDS.glob("*.tsv")) for line in file.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    """The starter's bundle with what is shipped."""
    return bundle_of(starter())


def head(name: str) -> Head:
    """A shipped head."""
    folder = shipped(name)
    assert folder is not None
    return load(folder)


def test_every_seed_is_a_labelled_line() -> None:
    """An intent, a sentiment and a text; no text twice."""
    assert {len(row) for row in LINES} == {3}
    assert {row[0] for row in LINES} == INTENTS
    assert {row[1] for row in LINES} == {"pos", "neg", "neu"}
    assert [text for text, count in Counter(row[2] for row in LINES).items() if count > 1] == []


@pytest.mark.parametrize("name", ["intents", "sentiment"])
def test_a_shipped_head_names_the_seeds_it_was_made_of(name: str) -> None:
    """Whoever changes a seed ships the heads again."""
    digests = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(SEEDS.glob("*.tsv"))}
    assert head(name).about["data"] == digests


def test_the_seeds_make_the_shipped_head() -> None:
    """``scripts/ship_heads.py`` gives the same weights as those in the repository."""
    script = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "ship_heads.py"))
    made, known = script["shipped_head"]("intents"), head("intents")
    assert made.labels == known.labels
    assert made.flags == known.flags
    assert np.array_equal(made.buckets, known.buckets)
    assert np.allclose(made.rows, known.rows, rtol=0.01, atol=0.01)


def test_the_shipped_head_knows_the_starters_rules() -> None:
    """Every rule of the starter has a learnt weight."""
    rules = {rule.id for part in starter().intents.ruled for rule in part.rules}
    assert set(head("intents").flags) == rules


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("求链接", "purchase_intent"),
        ("这个怎么买呀", "purchase_intent"),
        ("多少米一位啊", "price_inquiry"),
        ("有没有优惠", "price_inquiry"),
        ("可以进群吗", "how_to_join"),
        ("国庆两个女生蹲搭子", "how_to_join"),
        ("敏感肌能用吗", "product_question"),
        ("退款什么时候到账", "after_sales_complaint"),
        ("避雷！又贵又难吃", "after_sales_complaint"),
        ("太美了吧，好喜欢", "praise"),
        ("兼职日结，一天三百，私我", "spam_ad"),
        ("哈哈哈笑死我了", "chat_other"),
        ("我上周就从那个群里退了", "chat_other"),
    ],
)
def test_plain_cases(bundle: Bundle, text: str, label: str) -> None:
    """What nobody would read otherwise."""
    assert label in one(bundle, text).labels("intent")


@pytest.mark.parametrize(("text", "label"), [("太好用了，爱了爱了", "pos"), ("垃圾，再也不买了", "neg")])
def test_plain_sentiments(bundle: Bundle, text: str, label: str) -> None:
    """What pleases and what does not."""
    assert one(bundle, text).labels("sentiment") == (label,)


def test_an_advert_must_be_sure(bundle: Bundle) -> None:
    """What is read as one and may be none is not given, unless a rule says so: wrongly given, it costs a lead."""
    honest, advert = "这家店的老板很实在，东西也好，推荐给大家", "兼职日结，一天三百，私我"
    doubtful = "同城群发引流，精准业主电话数据"
    texts = [honest, doubtful, advert]
    column = bundle.judge.labels.index("spam_ad")
    unsure, ruled, sure = bundle.read(texts).weighed[:, column].tolist()
    assert max(unsure, ruled) < 0.85 < sure
    assert ["spam_ad" in one(bundle, text).labels("intent") for text in texts] == [False, True, True]


def test_rules_alone_are_a_choice() -> None:
    """With ``head: none`` no probability is given."""
    rules = starter().intents.model_copy(update={"head": "none"})
    alone = Bundle(Spec(topics=starter().topics, intents=rules), {"intents": head("intents")})
    (tag,) = (tag for tag in one(alone, "请问多少钱").tags if tag.label == "price_inquiry")
    assert tag.weight == 1.0
