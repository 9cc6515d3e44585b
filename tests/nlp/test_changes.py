"""Changes: which texts another bundle could read otherwise, and that all others it reads alike."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.bundle import Bundle
from nlp.changes import Change
from nlp.normal import comparable
from tests.nlp.teams import COMMENT, bundle, feeling_head, fixed_head, small_head

RULES: tuple[dict[str, Any], ...] = (
    {"id": "how-much", "pattern": "多少钱"},
    {"id": "how-much", "pattern": "多少钱|价格"},
    {"id": "buy", "pattern": "怎么买|求.?链接", "weight": 0.5},
    {"id": "buy", "pattern": "怎么买|求.?链接", "weight": 1.5},
    {"id": "end", "pattern": "(?:太好用了|好)$"},
    {"id": "start", "pattern": "^杭州"},
    {"id": "signs", "pattern": "[,?]\\s?$"},
    {"id": "digits", "pattern": "\\d{4}"},
    {"id": "case", "pattern": "(?i:VIP)"},
)
WORD_LISTS = (["露营", "天幕"], ["露营"], ["露营", "大衣"])


def _rules(draw: st.DrawFn, ids: str) -> list[dict[str, Any]]:
    found = draw(st.lists(st.sampled_from(RULES), max_size=3, unique_by=lambda rule: rule["id"]))
    return [rule | {"id": f"{ids}-{rule['id']}"} for rule in found]


@pytest.fixture(scope="module", autouse=True)
def _heads() -> None:
    """Trained before they are drawn: training is random, by its own seed."""
    small_head()
    feeling_head()


@st.composite
def bundles(draw: st.DrawFn) -> Bundle:
    """Small teams that differ in words, rules, weights, thresholds and titles, not in names and settings."""
    topic = {
        "name": "camping",
        "title": draw(st.sampled_from("甲乙")),
        "words": draw(st.sampled_from(WORD_LISTS)),
        "threshold": draw(st.sampled_from((1, 2))),
        "weight": draw(st.sampled_from((1, 2))),
    }
    intents = [
        {"name": name, "title": draw(st.sampled_from("甲乙")), "rules": _rules(draw, name[:3]), "threshold": threshold}
        for name, threshold in (("price_inquiry", 1), ("wholesale", draw(st.sampled_from((0.5, 1)))), ("praise", 1))
    ]
    rules = [{"id": "g", "pattern": "(?!)"}, *_rules(draw, "g")]
    guard = {"name": "no", "title": "", "blocks": ["praise", "wholesale"], "rules": rules}
    words = {
        "brands": draw(st.sampled_from(([], [{"name": "Pro", "also": ["衣服"]}]))),
        "keywords": draw(st.sampled_from(([], ["求链接"]))),
    }
    heads = {"intents": small_head(), "sentiment": feeling_head()}
    return bundle({"topics": [topic]}, {"intents": intents, "guards": [guard]}, words=words, heads=heads)


def between(old: Bundle, new: Bundle) -> Change:
    """The change, from ingredients that were kept as JSON."""
    return Change.between(json.loads(json.dumps(old.ingredients)), new.ingredients)


@settings(max_examples=100)
@given(bundles(), bundles(), st.lists(COMMENT.filter(lambda text: "哈" not in text), max_size=12))
def test_what_is_not_touched_is_read_alike(old: Bundle, new: Bundle, texts: list[str]) -> None:
    """The old bundle's tagging is the new one's, to the last digit.

    But for ties: 哈哈哈哈哈 is as likely 哈哈 and 哈哈哈 as the other way round; any word in the dictionary decides it.
    """
    change = between(old, new)
    assert not change.everything
    touched = change.touches(texts)
    before, after = old.read(texts), new.read(texts)
    assert all(before[number] == after[number] for number in range(len(texts)) if not touched[number])


@given(bundles(), st.lists(COMMENT, max_size=5))
def test_no_change_touches_nothing(same: Bundle, texts: list[str]) -> None:
    """A bundle and itself."""
    change = between(same, same)
    assert change == Change(everything=False)
    assert not change.touches(texts).any()


TOPIC: dict[str, Any] = {"name": "camping", "title": "露营", "words": ["露营", "天幕"]}
WISH: dict[str, Any] = {
    "name": "wish",
    "title": "想",
    "rules": [{"id": "a", "pattern": "想.买"}, {"id": "b", "pattern": "要"}],
}
WORDS: dict[str, Any] = {"brands": [{"name": "泠川", "also": ["LingChuan"]}], "competitors": [{"name": "某净"}]}
TEXTS = ("露营去", "天幕", "想要买", "要", "今天", "ＬＩＮＧＣＨＵＡＮ好", "某净水", "", "露 营", "杭州市民")


def team(
    topic: dict[str, Any] = TOPIC,
    wish: dict[str, Any] = WISH,
    *,
    words: dict[str, Any] = WORDS,
    places: tuple[str, ...] = ("杭州",),
    **more: Any,
) -> Bundle:
    """One topic, one intent, two names and a place."""
    return bundle({"topics": [topic]}, {"intents": [wish], **more}, words=words, places=places)


def touched(other: Bundle) -> set[str]:
    """Which of the texts the change to another bundle touches; there and back alike."""
    there, back = between(team(), other), between(other, team())
    assert (there.everything, there.touches(TEXTS).tolist()) == (back.everything, back.touches(TEXTS).tolist())
    return {text for text, hit in zip(TEXTS, there.touches(TEXTS), strict=True) if hit}


@pytest.mark.parametrize(
    ("other", "hit"),
    [
        (team(TOPIC | {"title": "户外"}), set()),
        (team(wish=WISH | {"title": "愿望"}), set()),
        (team(TOPIC | {"words": ["天幕", "露营"]}), set()),
        (team(TOPIC | {"words": ["露营"]}), {"天幕"}),
        (team(TOPIC | {"words": ["露营", "天幕", "今"]}), {"今天"}),
        (team(TOPIC | {"weight": 2}), {"露营去", "天幕"}),
        (team(TOPIC | {"threshold": 2}), {"露营去", "天幕"}),
        (team(TOPIC | {"name": "tents"}), {"露营去", "天幕"}),
        (team(wish=WISH | {"rules": WISH["rules"][:1]}), {"想要买", "要"}),
        (team(wish=WISH | {"rules": [{"id": "a", "pattern": "今"}, WISH["rules"][1]]}), {"想要买", "今天"}),
        (team(wish=WISH | {"rules": [WISH["rules"][0], {"id": "b", "pattern": "要", "weight": 2}]}), {"想要买", "要"}),
        (team(wish=WISH | {"rules": [WISH["rules"][0], {"id": "c", "pattern": "要"}]}), {"想要买", "要"}),
        (team(wish=WISH | {"threshold": 3}), {"想要买", "要"}),
        (team(words=WORDS | {"brands": []}), {"ＬＩＮＧＣＨＵＡＮ好"}),
        (team(words=WORDS | {"brands": [{"name": "泠河", "also": ["LingChuan"]}]}), {"ＬＩＮＧＣＨＵＡＮ好"}),
        (team(words=WORDS | {"competitors": []}), {"某净水"}),
        (team(words=WORDS | {"keywords": ["今天"]}), {"今天"}),
        (team(places=()), {"杭州市民"}),
    ],
)
def test_exactly_the_texts_that_hold_what_changed(other: Bundle, hit: set[str]) -> None:
    """A word, an expression, a weight, a threshold, a name; a title touches nothing."""
    assert touched(other) == hit


@pytest.mark.parametrize(
    "other",
    [
        team(wish=WISH | {"name": "desire"}),
        team(also=0.5),
        team(replies={"yes": "^要$"}),
        bundle(
            {"topics": [TOPIC]},
            {"intents": [WISH]},
            words=WORDS,
            places=("杭州",),
            heads={"topics": fixed_head("ab", [0, 1])},
        ),
        bundle({"topics": [TOPIC], "segmenter": "jieba"}, {"intents": [WISH]}, words=WORDS, places=("杭州",)),
    ],
)
def test_names_settings_and_heads_touch_everything(other: Bundle) -> None:
    """No text is safe from them."""
    assert between(team(), other).everything
    assert touched(other) == set(TEXTS)


def test_an_unknown_past_touches_everything() -> None:
    """Ingredients that nobody kept."""
    assert Change.between({}, team().ingredients).everything


@given(st.lists(COMMENT, max_size=6), st.sampled_from(("露营", "pro", "哈哈", "约", "@")))
def test_a_word_touches_the_texts_that_hold_it(texts: list[str], word: str) -> None:
    """In comparable form, inside other words too."""
    change = Change(everything=False, words=(word,))
    assert change.touches(texts).tolist() == [word in comparable(text) for text in texts]


def test_no_texts() -> None:
    """Nothing is touched."""
    for change in (Change(everything=True), Change(everything=False, words=("a",), expressions=("b", "\n", "."))):
        assert change.touches([]).tolist() == []


def test_an_opt_out_rule_touches_only_what_it_is_found_in() -> None:
    """A bundle of before there were any reads all other texts alike: only these are read again."""
    new = team().ingredients
    change = Change.between({name: part for name, part in new.items() if name != "opt_out"}, new)
    asking = ("别联系我", "退订", "Don't contact me", "晚上别给我打电话")
    assert not change.everything
    assert change.touches((*asking, *TEXTS)).tolist() == [True] * len(asking) + [False] * len(TEXTS)
