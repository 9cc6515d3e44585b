"""The bundle: its version follows what it is made of, and no text is too strange for it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.bundle import TEXT_LIMIT, Bundle, Spec
from nlp.changes import Change
from nlp.pipeline import build_pipeline
from nlp.tags import Tagging
from tests.nlp.teams import ANY_TEXT, COMMENT, COMMENTS, bundle, fixed_head, one, shown, tags
from tests.nlp.test_optout import LEAVE_ME
from tests.patience import within

TOPICS: dict[str, Any] = {
    "topics": [
        {"name": "camping", "title": "露营", "words": ["露营", "天幕"]},
        {"name": "coffee", "title": "咖啡", "words": ["手冲"]},
    ],
    "words": ["软壳", "背包"],
}
RULE: dict[str, Any] = {"id": "a", "pattern": "想"}
WISH: dict[str, Any] = {"name": "wish", "title": "想", "rules": [RULE, {"id": "b", "pattern": "要"}]}
PRAISE: dict[str, Any] = {"name": "praise", "title": "赞", "rules": [{"id": "c", "pattern": "好"}]}
GUARD: dict[str, Any] = {
    "name": "no",
    "title": "不",
    "blocks": ["wish", "praise"],
    "rules": [{"id": "g", "pattern": "不"}],
}
OTHER: dict[str, Any] = {"name": "irony", "title": "反", "blocks": [], "rules": [{"id": "h", "pattern": "呵"}]}
INTENTS: dict[str, Any] = {
    "intents": [WISH, PRAISE],
    "guards": [GUARD, OTHER],
    "replies": {"yes": "^要$", "me_too": "^同求$", "offers": [{"intent": "wish", "pattern": "链接"}]},
}
WORDS: dict[str, Any] = {
    "brands": [{"name": "泠川", "also": ["ro"]}],
    "products": [{"name": "净饮机"}],
    "competitors": [{"name": "某净"}],
    "keywords": ["滤芯", "安装"],
}
HEAD = fixed_head(("wish", "praise"), [0, 1])


def made(**changes: Any) -> Bundle:
    """The bundle of all that, with changes."""
    parts: dict[str, Any] = {"topics": TOPICS, "intents": INTENTS, "words": WORDS, "places": ("杭州", "上海")}
    return bundle(**{**parts, "heads": {"intents": HEAD}, **changes})


def topic(**changes: Any) -> dict[str, Any]:
    """The topics with the first one changed."""
    return TOPICS | {"topics": [TOPICS["topics"][0] | changes, TOPICS["topics"][1]]}


def wish(**changes: Any) -> dict[str, Any]:
    """The intents with the first one changed."""
    return INTENTS | {"intents": [WISH | changes, PRAISE]}


def rule(**changes: Any) -> dict[str, Any]:
    """The intents with the first rule changed."""
    return wish(rules=[RULE | changes, WISH["rules"][1]])


def guard(**changes: Any) -> dict[str, Any]:
    """The intents with the first guard changed."""
    return INTENTS | {"guards": [GUARD | changes, OTHER]}


def replies(**changes: Any) -> dict[str, Any]:
    """The intents with other replies."""
    return INTENTS | {"replies": INTENTS["replies"] | changes}


CHANGED: list[dict[str, Any]] = [
    {"topics": topic(name="tents")},
    {"topics": topic(words=["露营"])},
    {"topics": topic(words=["露营", "天幕", "蛋卷桌"])},
    {"topics": topic(weight=2)},
    {"topics": topic(threshold=2)},
    {"topics": TOPICS | {"words": ["软壳"]}},
    {"topics": TOPICS | {"segmenter": "jieba"}},
    {"topics": TOPICS | {"sure": 0.9}},
    {"topics": TOPICS | {"topics": TOPICS["topics"][:1]}},
    {"intents": rule(pattern="想要")},
    {"intents": rule(weight=0.5)},
    {"intents": rule(id="z")},
    {"intents": wish(name="desire") | {"guards": [], "replies": {}}},
    {"intents": wish(threshold=2)},
    {"intents": wish(rules=[RULE])},
    {"intents": INTENTS | {"also": 0.5}},
    {"intents": INTENTS | {"head": "none"}},
    {"intents": guard(blocks=["wish"])},
    {"intents": guard(name="not")},
    {"intents": guard(rules=[{"id": "g", "pattern": "别"}])},
    {"intents": INTENTS | {"guards": [GUARD]}},
    {"intents": replies(yes="^好$")},
    {"intents": replies(me_too="^1$")},
    {"intents": replies(offers=[])},
    {"words": WORDS | {"brands": [{"name": "泠川", "also": ["r0"]}]}},
    {"words": WORDS | {"brands": [{"name": "泠河", "also": ["ro"]}]}},
    {"words": WORDS | {"competitors": []}},
    {"words": WORDS | {"products": [], "competitors": [{"name": "净饮机"}, {"name": "某净"}]}},
    {"words": WORDS | {"keywords": ["滤芯"]}},
    {"places": ("杭州",)},
    {"heads": {}},
    {"heads": {"intents": fixed_head(("wish", "praise"), [0, 2])}},
    {"heads": {"intents": fixed_head(("wish", "praise"), [0, 1], temperature=2)}},
    {"heads": {"intents": fixed_head(("wish", "praise"), [0, 1], flags={"a": [1, 0]})}},
    {"heads": {"topics": HEAD}},
    {"heads": {"intents": HEAD, "sentiment": HEAD}},
]
SAME: list[dict[str, Any]] = [
    {},
    {"topics": topic(title="露营与户外")},
    {"topics": topic(weight=1.0, threshold=1)},
    {"topics": topic(words=["天幕", "露营"])},
    {"topics": TOPICS | {"topics": TOPICS["topics"][::-1]}},
    {"topics": TOPICS | {"words": ["背包", "软壳", "背包"]}},
    {"intents": wish(title="愿望")},
    {"intents": guard(title="并不")},
    {"intents": wish(rules=WISH["rules"][::-1])},
    {"intents": INTENTS | {"intents": [PRAISE, WISH]}},
    {"intents": INTENTS | {"guards": [OTHER, GUARD]}},
    {"intents": guard(blocks=["praise", "wish"])},
    {"words": WORDS | {"keywords": ["安装", "滤芯"], "files": ["words/a.txt"]}},
    {"places": ("上海", "杭州", "杭州")},
    {"heads": {"intents": fixed_head(("wish", "praise"), [0, 1])}},
]


@pytest.mark.parametrize("changes", CHANGED, ids=str)
def test_the_version_changes_with_whatever_changes_a_tag(changes: dict[str, Any]) -> None:
    """Words, rules, guards, replies, settings, places and heads."""
    assert made(**changes).version != made().version


@pytest.mark.parametrize("same", SAME, ids=str)
def test_the_version_stays_where_no_tag_can_change(same: dict[str, Any]) -> None:
    """Titles, the order of things, a default written out, a word given twice."""
    assert made(**same).version == made().version


def test_another_code_version_touches_everything(team: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code that reads otherwise reads every text again, under another version."""
    now, version = team.ingredients, team.version
    monkeypatch.setattr("nlp.bundle.CODE_VERSION", "2")
    before = Bundle(team.spec, {})
    assert before.version != version
    assert Change.between(before.ingredients, now).everything


def test_no_two_changes_have_one_version() -> None:
    """Each is another bundle."""
    versions = [made(**changes).version for changes in CHANGED]
    assert len(set(versions)) == len(versions)
    assert all(len(version) == 12 and int(version, 16) >= 0 for version in versions)


def test_the_head_of_a_bundle_that_wants_none_is_no_ingredient() -> None:
    """Whatever lies there."""
    none = INTENTS | {"head": "none"}
    assert made(intents=none).version == made(intents=none, heads={}).version


def test_ingredients_travel_as_json() -> None:
    """And are the same again, with nothing in them that a title names."""
    ingredients = made().ingredients
    assert json.loads(json.dumps(ingredients)) == ingredients
    assert set(ingredients) == {"core", "words", "rules", "opt_out"}
    assert set(ingredients["rules"]) == {"a", "b", "c", "g", "h"}
    assert {"露营", "软壳", "泠川", "ro", "某净", "滤芯", "杭州市"} <= set(ingredients["words"])


def test_a_spec_travels_as_json(small_spec: Spec) -> None:
    """And makes the same bundle."""
    again = Spec.model_validate_json(small_spec.model_dump_json())
    assert again == small_spec
    assert Bundle(again, {}).version == Bundle(small_spec, {}).version


def test_flags_and_their_ids() -> None:
    """Rules of intents, then of guards, in order."""
    flags, ids = made().flags(["想要", "", "不好，呵", "想" * (TEXT_LIMIT + 9)])
    assert ids == ("a", "b", "c", "g", "h")
    assert flags.toarray().tolist() == [[1, 1, 0, 0, 0], [0] * 5, [0, 0, 1, 1, 1], [1, 0, 0, 0, 0]]
    assert made().flags([])[0].shape == (0, 5)


def test_an_empty_bundle_reads() -> None:
    """A team that has written nothing yet, with and without texts."""
    assert list(bundle().read([])) == []
    assert [len(tagging.tags) for tagging in bundle().read(["露营", ""])] == [0, 1]
    assert bundle().flags(["a"])[0].shape == (1, 0)


def test_an_empty_batch_has_no_taggings(headed: Bundle) -> None:
    """With heads, rules and answers."""
    assert list(headed.read([], answers=[], days=[])) == []
    assert headed.read([]).weighed.shape == (0, len(headed.judge.labels))


STRANGE = (
    *(
        "",
        " ",
        "\n\n",
        "😀🏕️👨‍👩‍👧",
        "\x00\x07\x1b",
        "\ud800",
        "\udfff露营\ud83d",
        "\u200b\u200e",
        "。。。",
        "\ufeff",
        "\U0010ffff",
    ),
    *("مرحبا", "안녕하세요", "ภาษาไทย", "\u0301\u0301", "a" * 5000, "\r\n\u2028\x85"),
)


@pytest.mark.parametrize("text", STRANGE, ids=lambda text: ascii(text)[:20])
def test_no_text_breaks_it(team: Bundle, headed: Bundle, text: str) -> None:
    """Nothing, emoji only, control characters, other languages and halves of characters are read."""
    for read in (team, headed):
        assert isinstance(one(read, text), Tagging)
        assert isinstance(one(read, text, answers=text), Tagging)
        assert isinstance(one(read, "同求", answers=text), Tagging)


def test_half_a_character_moves_nothing(team: Bundle) -> None:
    """Evidence behind a lone surrogate still points at the word."""
    text = "\ud800露营"
    assert shown(text, tags(team, text, "topic")["camping"]) == ["露营"]


def test_a_huge_text_is_read_by_its_beginning(headed: Bundle) -> None:
    """1 MB is read in seconds; what stands behind the limit is not."""
    with within(10):
        found = one(headed, "露营" + "今天天气不错" * (1_000_000 // 6) + "蛋卷桌")
    assert {span.end <= TEXT_LIMIT for tag in found.tags for span in tag.evidence} == {True}
    assert "蛋卷桌" not in found.labels("keyword")


@pytest.mark.parametrize("piece", ["1", "a", "微信 ", " ", "😀", "百", "a@b.", "v ", "露营", "\n", "哈"], ids=ascii)
def test_a_long_monotonous_text_takes_no_time(headed: Bundle, piece: str) -> None:
    """No rule of ours goes back and forth over 100,000 characters of one kind."""
    with within(10):
        one(headed, piece * (100_000 // len(piece)))


@given(st.lists(COMMENT | ANY_TEXT, min_size=1, max_size=6), st.data())
def test_neighbours_change_nothing(headed: Bundle, texts: list[str], data: st.DataObject) -> None:
    """A text read alone or in a batch has the same tagging, to the last digit of every weight."""
    number = data.draw(st.integers(0, len(texts) - 1))
    assert headed.read(texts)[number] == headed.read([texts[number]])[0]


def test_three_hundred_comments_alone_and_together(headed: Bundle) -> None:
    """Are the same, with their n-grams in the same order."""
    assert list(headed.read(COMMENTS)) == [one(headed, text) for text in COMMENTS]


@given(COMMENT)
def test_the_way_it_is_written_changes_nothing(headed: Bundle, text: str) -> None:
    """Full width and traditional characters, tabs for spaces: the same tags at the same places."""
    wide = (
        text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)}).replace(" ", "\t").replace("预约", "預約")
    )
    assert one(headed, wide).tags == one(headed, text).tags


def test_taggings_come_in_order(team: Bundle) -> None:
    """One tagging a text, as given."""
    readings = team.read(["露营", "在", "多少钱", "露营"])
    assert len(readings) == 4
    assert [bool(tagging.tags) for tagging in readings] == [True, False, True, True]


def test_both_doors_say_who_opts_out(team: Bundle, headed: Bundle) -> None:
    """With and without heads, one guard beside whatever else is found; no rule and no flag of a head is it."""
    for reader in (team, headed):
        docs = build_pipeline(reader).pipe(LEAVE_ME)
        for doc, tagging in zip(docs, reader.read(LEAVE_ME), strict=True):
            assert doc._.tags == tagging.tags
            assert "opt_out" in tagging.labels("guard")
        assert not any(rule.startswith("optout") for rule in reader.flags(LEAVE_ME)[1])
