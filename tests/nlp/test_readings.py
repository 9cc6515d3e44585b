"""Readings: tags with evidence that points at the text, contacts as written, answers by what they answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.bundle import Bundle
from nlp.contacts import find_contacts
from nlp.normal import comparable
from nlp.tagger import Said, Tagger
from nlp.tags import Evidence, Tag, Tagging
from tests.nlp.teams import (
    ANY_TEXT,
    COMMENT,
    COMMENTS,
    LINES,
    bundle,
    feeling_head,
    fixed_head,
    one,
    shown,
    tags,
    wishing,
)

DAY = date(2026, 4, 15)
LINK = "要链接的扣1"
ANY_COMMENT = COMMENT | ANY_TEXT


@given(ANY_COMMENT)
def test_evidence_points_at_the_text(headed: Bundle, text: str) -> None:
    """Every span lies in it, and a word's or an n-gram's is what it names."""
    plain = comparable(text)
    for tag in one(headed, text).tags:
        for span in tag.evidence:
            assert 0 <= span.start <= span.end <= len(text)
            kind, _, named = span.rule.partition(":")
            if kind in ("word", "lexicon"):
                assert plain[span.start : span.end] == named
            if kind == "gram":
                assert _matches(plain, span, named)


def _matches(plain: str, span: Evidence, named: str) -> bool:
    """Whether an n-gram is shown as it stands; ^ and $ are the edges of the text."""
    inside = plain[span.start : span.end]
    return inside in (named, named[1:], named[:-1]) and (inside == named or span.start == 0 or span.end == len(plain))


@given(ANY_COMMENT)
def test_tags_are_unique_by_kind_and_label(headed: Bundle, text: str) -> None:
    """Whoever found them."""
    found = [(tag.kind, tag.label) for tag in one(headed, text).tags]
    assert len(found) == len(set(found))


@given(ANY_COMMENT)
def test_contacts_are_those_of_the_original(headed: Bundle, text: str) -> None:
    """Not of the comparable text, and none is passed over."""
    assert one(headed, text).contacts == find_contacts(text)


def test_contacts_keep_their_case(team: Bundle) -> None:
    """A WeChat id is not the same in lower case."""
    (contact,) = one(team, "加微信 AbC_1234").contacts
    assert (contact.kind, contact.value) == ("wechat", "AbC_1234")


@pytest.mark.parametrize(
    ("text", "kind", "label", "said"),
    [
        ("ＬｉｎｇＣｈｕａｎ好用吗", "brand", "泠川", "ＬｉｎｇＣｈｕａｎ"),
        ("某净怎么样", "competitor", "某净", "某净"),
        ("预算3000元以内", "budget", "≤3000", "预算3000元以内"),
        ("我们5个人去", "people", "5", "5个人"),
        ("坐标成都", "place", "成都", "成都"),
    ],
)
def test_entities(team: Bundle, text: str, kind: Any, label: str, said: str) -> None:
    """Names, budgets, people and places, by their values."""
    assert shown(text, tags(team, text, kind)[label]) == [said]


def test_a_place_of_the_team_and_of_the_map_is_one_tag(team: Bundle) -> None:
    """杭州 is given and known."""
    found = [tag for tag in one(team, "我在杭州").tags if tag.kind == "place"]
    assert [tag.label for tag in found] == ["杭州"]


def test_an_entity_said_twice_is_one_tag(team: Bundle) -> None:
    """With both places as evidence."""
    assert shown("泠川比lingchuan好", tags(team, "泠川比lingchuan好", "brand")["泠川"]) == ["泠川", "lingchuan"]


def test_dates_are_counted_from_the_day_given(team: Bundle) -> None:
    """Each text from its own; without one a date has the words for its label."""
    readings = team.read(["明天去", "明天去", "明天去"], days=[DAY, DAY + timedelta(days=1), None])
    assert [tagging.labels("date") for tagging in readings] == [
        ("2026-04-16/2026-04-16",),
        ("2026-04-17/2026-04-17",),
        ("明天",),
    ]


def test_a_tagger_knows_the_day_by_its_zone(team: Bundle) -> None:
    """Half past five in London is the next day in Shanghai from four in the afternoon on."""
    tagger = Tagger(team, timezone(timedelta(hours=8)))
    moments = [datetime(2026, 4, 15, hour, 30, tzinfo=timezone.utc) for hour in (15, 16)]  # noqa: UP017
    said = [*(Said("明天去", at=at) for at in moments), Said("明天去")]
    assert [tagging.labels("date")[0][:10] for tagging in tagger.tag(said)] == ["2026-04-16", "2026-04-17", "明天"]
    assert tagger.version == team.version


def test_a_tagger_reads_in_batches(team: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same taggings in the same order; an empty stream has none."""
    texts = [f"露营{number}" for number in range(7)]
    monkeypatch.setattr("nlp.tagger.BATCH", 3)
    tagger = Tagger(team, timezone.utc)  # noqa: UP017
    assert list(tagger.tag(Said(text) for text in texts)) == list(team.read(texts))
    assert list(tagger.tag([])) == []


def test_a_yes_takes_the_offer(headed: Bundle) -> None:
    """要 to 要链接的扣1 wants to buy, and the evidence says why."""
    tag = tags_of(headed, "要", LINK, "intent")["purchase_intent"]
    assert tag.weight >= 0.9
    assert tag.evidence[0] == Evidence(0, 1, "reply-yes", 1.0)
    assert one(headed, "要", answers="今天天气不错") == one(headed, "要")


def test_a_yes_is_enough_without_a_head(team: Bundle) -> None:
    """The offer reaches the threshold by itself."""
    assert set(tags_of(team, "要", LINK, "intent")) == {"purchase_intent"}
    assert not tags_of(team, "要", "今天天气不错", "intent")


def test_a_yes_to_an_offer_of_an_own_intent() -> None:
    """One that the head has not learned is given beside what the head says."""
    offers = [{"intent": "wish", "pattern": "批发"}]
    rules = wishing(("批发", 1), threshold=3, replies={"yes": "^要$", "offers": offers})
    rules["intents"].append({"name": "praise", "title": ""})
    read = bundle(intents=rules, heads={"intents": fixed_head(("praise", "chat"), [1, 0])})
    readings = read.read(["要"], answers=["批发的扣1"])
    assert set(readings[0].labels("intent")) == {"wish", "praise"}
    assert readings.weighed[0, :2].sum() == pytest.approx(1)


@pytest.mark.parametrize("text", ["同求", "+1", "同问！"])
def test_me_too_wants_what_the_other_one_wanted(team: Bundle, headed: Bundle, text: str) -> None:
    """The same intents with the same weights, and the evidence says why."""
    for read in (team, headed):
        theirs, mine = tags(read, "多少钱一个", "intent"), tags_of(read, text, "多少钱一个", "intent")
        assert {label: tag.weight for label, tag in mine.items()} == {
            label: tag.weight for label, tag in theirs.items()
        }
        assert "price_inquiry" in mine
        assert mine["price_inquiry"].evidence[0] == Evidence(0, len(text), "reply-me-too", 1.0)


@given(ANY_COMMENT.filter(lambda text: len(text.strip()) > 16), ANY_COMMENT)
def test_a_longer_answer_speaks_for_itself(headed: Bundle, text: str, answered: str) -> None:
    """Whatever it answers."""
    assert one(headed, text, answers=answered) == one(headed, text)


def test_answers_do_not_change_their_neighbours(headed: Bundle) -> None:
    """Only the text that answers."""
    texts = ["要", "要", "多少钱", "同求"]
    readings = headed.read(texts, answers=[None, LINK, None, "多少钱"])
    assert readings[0] == one(headed, "要")
    assert readings[1] == one(headed, "要", answers=LINK)
    assert readings[2] == one(headed, "多少钱")
    assert readings[3] == one(headed, "同求", answers="多少钱")


def test_sentiment_is_what_the_head_says() -> None:
    """Neutral is no tag, nor is nothing."""
    read = bundle(heads={"sentiment": feeling_head()})
    assert set(tags(read, "太差了", "sentiment")) == {"neg"}
    tag = tags(read, "真不错", "sentiment")["pos"]
    assert tag.evidence
    assert not tags(read, "路过", "sentiment")
    assert not tags(read, " \n", "sentiment")


TOPICS = {
    "topics": [{"name": name, "title": "", "words": [word]} for name, word in (("camping", "露营"), ("coffee", "手冲"))]
}


def test_a_topic_that_the_head_is_sure_of() -> None:
    """From ``sure`` on; below that it abstains, and it repeats no topic that words gave."""
    heads = {"topics": fixed_head(("camping", "coffee"), [0, 1])}  # 0.73
    sure, unsure = bundle(TOPICS | {"sure": 0.7}, heads=heads), bundle(TOPICS | {"sure": 0.8}, heads=heads)
    assert tags(sure, "今天", "topic")["coffee"].weight == pytest.approx(0.7311, abs=1e-3)
    assert not tags(unsure, "今天", "topic")
    assert tags(sure, "手冲", "topic")["coffee"].weight == 1
    assert set(tags(sure, "露营", "topic")) == {"camping", "coffee"}
    assert not tags(sure, " ", "topic")


def test_a_tag_of_a_head_tells_its_strongest_ngrams(headed: Bundle) -> None:
    """The strongest first, at most five, as people see them."""
    evidence = tags(headed, "请问多少钱一个呀", "intent")["price_inquiry"].evidence
    grams = [span for span in evidence if span.rule.startswith("gram:")]
    assert 0 < len(grams) <= 5
    assert [span.weight for span in grams] == sorted((span.weight for span in grams), reverse=True)
    assert any("钱" in span.rule for span in grams)


def test_an_ngram_over_a_long_run_is_shown_short() -> None:
    """Not with all of a hundred thousand characters."""
    read = bundle(
        intents={"intents": [{"name": name, "title": ""} for name in LINES]},
        heads={"intents": fixed_head(("praise", "chat_other"), [0, 1])},
    )
    assert all(len(span.rule) < 12 for tag in one(read, "哈" * 90_000 + "了").tags for span in tag.evidence)


def test_readings_are_a_sequence(team: Bundle) -> None:
    """From both ends, and no further."""
    readings = team.read(["露营", "多少钱", "在"])
    assert readings[-1] == readings[2]
    assert readings[-3] == readings[0] == one(team, "露营")
    assert list(reversed(readings)) == [readings[2], readings[1], readings[0]]
    for number in (3, -4):
        with pytest.raises(IndexError):
            readings[number]


def test_a_reading_is_the_same_when_it_is_asked_again(headed: Bundle) -> None:
    """In any order."""
    readings = headed.read(COMMENTS)
    backwards = [readings[number] for number in reversed(range(len(COMMENTS)))]
    assert backwards == list(reversed(list(readings)))
    assert all(isinstance(tagging, Tagging) for tagging in backwards)


@given(st.lists(ANY_COMMENT, max_size=4))
def test_weights_are_numbers_of_python(headed: Bundle, texts: list[str]) -> None:
    """Which can be written as JSON."""
    for tagging in headed.read(texts):
        weights = [tag.weight for tag in tagging.tags] + [span.weight for tag in tagging.tags for span in tag.evidence]
        offsets = [end for tag in tagging.tags for span in tag.evidence for end in (span.start, span.end)]
        assert {type(weight) for weight in weights} <= {float, int}
        assert {type(offset) for offset in offsets} <= {int}


def tags_of(read: Bundle, text: str, answered: str, kind: str) -> dict[str, Tag]:
    """The tags of one kind of an answer, by label."""
    return {tag.label: tag for tag in one(read, text, answers=answered).tags if tag.kind == kind}
