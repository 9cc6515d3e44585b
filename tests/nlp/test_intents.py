"""Intents: what a head says, what rules add to it, what guards block, and rules alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.bundle import Bundle
from nlp.heads.head import Floats
from nlp.literals import required
from nlp.normal import comparable
from nlp.rules import Intents, Topics
from tests.nlp.teams import ANY_TEXT, COMMENT, LINES, bundle, fixed_head, shown, small_head, tags, wishing
from tests.patience import within
from yinliu.workspace.document import Document

BUY = {"name": "buy", "title": "买", "rules": [{"id": "said", "pattern": "买"}, {"id": "new", "pattern": "拿下"}]}
PRAISE = {"name": "praise", "title": "赞", "rules": []}
OWN = {
    "name": "wholesale",
    "title": "批发",
    "rules": [{"id": "bulk", "pattern": "批发"}, {"id": "many", "pattern": "一车"}],
}
GUARD = {
    "name": "negated",
    "title": "不",
    "blocks": ["buy", "wholesale"],
    "rules": [{"id": "no", "pattern": "不买|不要"}],
}
RULES = {"intents": [BUY, PRAISE, OWN | {"threshold": 1.5}], "guards": [GUARD]}


def with_head(bias: Sequence[float], *, labels: Sequence[str] = ("buy", "praise"), **more: object) -> Bundle:
    """The rules above with a head that says ``bias`` of every text and has learned the rule ``said``."""
    head = fixed_head(labels, bias, temperature=2, flags={"said": [1.5, -0.5], "gone": [9, 9]})
    return bundle(intents=RULES | more, heads={"intents": head})


def weighed(read: Bundle, text: str) -> Floats:
    """What each label weighs."""
    return read.read([text]).weighed[0]


def softmax(*scores: float) -> list[float]:
    """Shares of scores."""
    powers = np.exp(np.array(scores))
    return list(powers / powers.sum())


def settled(labels: Sequence[str], shares: Sequence[float]) -> Floats:
    """What each label of a head weighs that says these shares of every text."""
    bias = np.log(np.maximum(shares, 1e-9)).tolist()
    own = [{"name": label, "title": label} for label in labels]
    return weighed(bundle(intents={"intents": own}, heads={"intents": fixed_head(labels, bias)}), "今天")


def weight(read: Bundle, text: str) -> float | None:
    """The weight of the intent ``wish``, None where it is not given."""
    found = tags(read, text, "intent")
    return found["wish"].weight if found else None


@pytest.fixture(scope="module")
def wish() -> Bundle:
    """Two wishes of 0.6 and one refusal of -1, threshold 1; no head."""
    return bundle(intents=wishing(("想要", 0.6), ("链接", 0.6), ("不买", -1)))


def test_weights_add_up(wish: Bundle) -> None:
    """Two rules of 0.6 reach 1, one does not, and one said twice counts once."""
    assert weight(wish, "想要链接") == pytest.approx(1.2)
    assert weight(wish, "想要想要想要") is None


def test_a_negative_rule_takes_away(wish: Bundle) -> None:
    """A refusal undoes the wish, and gives none by itself."""
    assert weight(wish, "想要链接，算了不买") is None
    assert weight(wish, "不买") is None


def test_the_evidence_adds_up_and_points_at_the_text(wish: Bundle) -> None:
    """The parts' sum is the whole; each span is what its rule found."""
    tag = tags(wish, "想要链接", "intent")["wish"]
    assert sum(span.weight for span in tag.evidence) == pytest.approx(tag.weight)
    assert shown("想要链接", tag) == ["想要", "链接"]


@given(
    st.lists(st.tuples(st.sampled_from("甲乙丙丁"), st.integers(-3, 3)), min_size=1, max_size=4), st.text("甲乙丙丁戊")
)
def test_without_a_head_an_intent_is_the_sum_of_its_rules(ways: list[tuple[str, float]], text: str) -> None:
    """Given exactly where the found rules' weights reach the threshold."""
    found = sum(value for word, value in ways if word in text)
    assert weight(bundle(intents=wishing(*ways)), text) == (found if found >= 1 else None)


@pytest.mark.parametrize(
    ("ways", "threshold"),
    [
        ((0.1, 0.2), 0.3),
        ((0.1, 0.7), 0.8),
        ((0.7, 0.1, 0.1), 0.9),
        ((0.1,) * 10, 1),
        ((0.3, 0.7), 1),
        ((1.1, 2.2), 3.3),
        ((0.7, 0.9), 1.6),
        ((1.3, 0.3), 1.6),
    ],
)
def test_a_sum_that_is_the_threshold_reaches_it(ways: tuple[float, ...], threshold: float) -> None:
    """As people count, not as machines do."""
    rules = wishing(
        *((char, value) for char, value in zip("甲乙丙丁戊己庚辛壬癸", ways, strict=False)), threshold=threshold
    )
    assert weight(bundle(intents=rules), "甲乙丙丁戊己庚辛壬癸") is not None


def test_head_none_leaves_the_head_aside() -> None:
    """Only the rules speak, and no n-gram is evidence."""
    read = bundle(intents=RULES | {"head": "none"}, heads={"intents": fixed_head(("buy", "praise"), [5, 0])})
    assert "intents" not in read.heads
    assert not tags(read, "今天", "intent")
    assert tags(read, "买吧", "intent")["buy"].weight == 1


def test_without_rules_a_head_says_its_shares() -> None:
    """Scores by its temperature."""
    assert weighed(with_head([1, 0.5]), "今天")[:2] == pytest.approx(softmax(2, 1))


def test_a_learned_rule_weighs_what_the_head_learned() -> None:
    """Not what the team wrote; rules it learned that are gone do nothing."""
    assert weighed(with_head([0, 0]), "买")[:2] == pytest.approx(softmax(3, -1))


def test_an_unlearned_rule_makes_its_intent_seven_times_as_likely() -> None:
    """Whatever the head's temperature; twice its weight twice the log-odds."""
    likely = weighed(with_head([0, 0]), "拿下")
    assert likely[0] / likely[1] == pytest.approx(np.exp(2), rel=1e-3)


def test_a_rule_of_an_own_intent_leaves_the_head_alone() -> None:
    """It counts by its weight."""
    found = weighed(with_head([1, 0]), "批发")
    assert found[:2] == pytest.approx(softmax(2, 0))
    assert found[2] == 1


def test_an_own_intent_is_given_from_its_threshold_on() -> None:
    """Beside what the head says."""
    read = with_head([1, 0])
    assert set(tags(read, "批发", "intent")) == {"buy"}
    found = tags(read, "批发一车", "intent")
    assert set(found) == {"buy", "wholesale"}
    assert found["wholesale"].weight == 2
    assert shown("批发一车", found["wholesale"]) == ["批发", "一车"]


def test_a_guard_blocks_and_the_others_share_what_that_leaves() -> None:
    """The blocked label has nothing, an own one neither; the rest sums to 1."""
    read = with_head([1, 0])
    assert weighed(read, "今天")[:2].sum() == pytest.approx(1)
    assert weighed(read, "不要批发一车").tolist() == [0, 1, 0]
    assert set(tags(read, "不要批发一车", "intent")) == {"praise"}
    assert set(tags(read, "不要批发一车", "guard")) == {"negated"}


def test_a_guard_that_blocks_every_label_leaves_none() -> None:
    """Nothing is the likeliest then."""
    guard = GUARD | {"blocks": ["buy", "praise", "wholesale"]}
    read = with_head([1, 0], guards=[guard])
    assert not weighed(read, "不要").any()
    assert not tags(read, "不要", "intent")


def test_a_guard_blocks_rules_alone_too() -> None:
    """Without a head."""
    read = bundle(intents=RULES)
    assert set(tags(read, "买", "intent")) == {"buy"}
    assert not tags(read, "不买", "intent")


def test_a_second_label_is_given_when_it_is_likely_too() -> None:
    """From ``also`` on; the likeliest is given however unlikely it is."""
    close = [0.1, 0]
    assert set(tags(with_head(close, also=0.35), "今天", "intent")) == {"buy", "praise"}
    assert set(tags(with_head(close, also=0.46), "今天", "intent")) == {"buy"}
    assert set(tags(with_head(close, also=1), "今天", "intent")) == {"buy"}


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ((0.22, 0.21, 0.57, 0.0), "price_inquiry"),
        ((0.19, 0.22, 0.59, 0.0), "praise"),
        ((0.45, 0.05, 0.3, 0.2), "price_inquiry"),
        ((0.41, 0.0, 0.3, 0.29), "praise"),
    ],
)
def test_first_whether_somebody_wants_something(shares: tuple[float, ...], said: str) -> None:
    """The labels of leads joined decide from .42 on, also where another one is likelier; then the likeliest of them."""
    labels = ("price_inquiry", "purchase_intent", "praise", "chat_other")
    found = settled(labels, shares)
    assert labels[found.argmax()] == said
    assert sorted(found) == pytest.approx(sorted(shares), abs=1e-6)


@pytest.mark.parametrize("labels", [("a", "b"), ("purchase_intent", "price_inquiry")])
def test_without_leads_or_others_nothing_is_settled(labels: tuple[str, ...]) -> None:
    """A head of other labels stays as it is."""
    assert settled(labels, (0.45, 0.55)) == pytest.approx([0.45, 0.55])


def test_an_intent_that_must_be_sure() -> None:
    """Given from ``sure`` on; below that only where it is the likeliest and a rule that speaks for it was found."""
    against = [{"id": "said", "pattern": "买"}, {"id": "never", "pattern": "从来", "weight": -0.1}]
    wary = [BUY | {"sure": 0.98, "rules": against}, PRAISE]
    likely = with_head([1, 0], intents=wary, guards=[])
    assert not tags(likely, "今天", "intent")
    assert not tags(likely, "从来", "intent")
    assert set(tags(with_head([3, 0], intents=wary, guards=[]), "今天", "intent")) == {"buy"}
    assert set(tags(with_head([-1.9, 0], also=0.5, intents=wary, guards=[]), "买", "intent")) == {"buy"}
    assert set(tags(with_head([-2.1, 0], also=0.4, intents=wary, guards=[]), "买", "intent")) == {"praise"}


def test_a_label_that_the_team_does_not_have_is_never_given() -> None:
    """Even where it is the likeliest."""
    read = with_head([0, 5], labels=("buy", "weather"))
    assert not tags(read, "今天", "intent")
    assert read.judge.labels == ("buy", "weather", "praise", "wholesale")


def test_shares_for_figures_sum_to_one() -> None:
    """The head's; without one, weights against half a weight for ``other``."""
    read = with_head([1, 0])
    labels, shares = read.judge.probabilities(read.read(["买", "今天"]).weighed, other="praise")
    assert labels == ("buy", "praise")
    assert shares.sum(axis=1) == pytest.approx([1, 1])
    plain = bundle(intents=RULES)
    labels, shares = plain.judge.probabilities(plain.read(["买", "今天"]).weighed, other="praise")
    assert labels == ("buy", "praise", "wholesale")
    assert shares == pytest.approx(np.array([[2 / 3, 1 / 3, 0], [0, 1, 0]]))


@given(st.lists(COMMENT | ANY_TEXT, max_size=5))
def test_shares_of_any_text_sum_to_one(headed: Bundle, texts: list[str]) -> None:
    """Guards or not, and a label is given exactly when its tag is."""
    readings = headed.read(texts)
    learned = headed.judge.learned
    assert readings.weighed[:, :learned].sum(axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-4)
    for number, tagging in enumerate(readings):
        given_ = [label for label, yes in zip(headed.judge.labels, readings.intents[number], strict=True) if yes]
        assert sorted(tagging.labels("intent")) == sorted(given_)


def test_a_small_head_knows_its_lines() -> None:
    """Trained on forty lines it says them again, with n-grams as evidence."""
    read = bundle(
        intents={"intents": [{"name": name, "title": name} for name in LINES]}, heads={"intents": small_head()}
    )
    for name, texts in LINES.items():
        assert name in tags(read, texts[0], "intent")
    tag = tags(read, "多少钱一个", "intent")["price_inquiry"]
    assert tag.evidence
    assert all(span.rule.startswith("gram:") and span.weight > 0 for span in tag.evidence)


def _starter_patterns() -> list[tuple[str, str]]:
    path = Path(str(files("yinliu.workspace") / "starter" / "intents.yaml"))
    policy = Document(path).check(Intents)
    replies = policy.replies
    known = [(one.id, one.pattern) for part in (*policy.intents, *policy.guards) for one in part.rules]
    offers = [(f"offer-{number}", offer.pattern) for number, offer in enumerate(replies.offers)]
    return [*known, *offers, ("yes", replies.yes), ("me-too", replies.me_too)]


@pytest.mark.parametrize("pattern", _starter_patterns(), ids=lambda pair: pair[0])
def test_every_starter_rule_compiles_and_takes_no_time(pattern: tuple[str, str]) -> None:
    """10,000 characters of one kind, made to let it search long, are read in less than half a second."""
    expression = re.compile(pattern[1])
    for piece in (
        "1",
        "百",
        " ",
        "一",
        "a",
        "有",
        "加",
        "要",
        "买1",
        "预算 ",
        "想",
        "群",
        "求",
        "一下",
        "个我",
        "四",
        "[",
        "我",
    ):
        with within(0.5):
            expression.search(piece * (10_000 // len(piece)))


def test_every_starter_rule_is_written_in_comparable_text(intents: Intents) -> None:
    """An upper-case, full-width or traditional character would never be found."""
    rules = [rule for part in (*intents.intents, *intents.guards) for rule in part.rules]
    literals = {text for rule in rules for one in required(rule.pattern) for text in one}
    assert {text for text in literals if comparable(text) not in literals} == set()


def test_the_demo_topics_load() -> None:
    """The demo's topics are found by their words."""
    demo = Document(Path(str(files("yinliu.demo") / "workspace" / "topics.yaml"))).check(Topics)
    read = bundle(demo.model_dump())
    for topic in demo.topics:
        assert topic.name in tags(read, "，".join(topic.words), "topic")


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
def test_the_starter_knows_what_people_want(team: Bundle, headed: Bundle, text: str, intent: str) -> None:
    """Plain ways of saying it are understood by the rules alone, and with a head that knows little."""
    assert intent in tags(team, text, "intent")
    assert intent in tags(headed, text, "intent")


@pytest.mark.parametrize(
    ("text", "guard"),
    [
        ("不想买了", "negated"),
        ("帮朋友问一下多少钱", "for_somebody"),
        ("我朋友也买过", "about_somebody"),
        ("还是隔壁那家便宜", "prefers_another"),
        ("可真行，呵呵真好", "irony"),
        ("我们是做净水器的工厂", "peer"),
    ],
)
def test_the_starters_guards(team: Bundle, text: str, guard: str) -> None:
    """Each is marked, with what was said, and blocks what it says it blocks."""
    found = tags(team, text, "guard")[guard]
    assert found.evidence
    blocked = next(one.blocks for one in team.spec.intents.guards if one.name == guard)
    assert not set(blocked) & set(tags(team, text, "intent"))
