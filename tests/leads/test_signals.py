"""Signals: what one tagged comment says of its writer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from yinliu.leads.signals import TaggedComment, engagement_of, signals_of, subject_of

MOMENT = datetime(2026, 11, 21, tzinfo=UTC)


def found(**what: Any) -> set[tuple[str, str, str]]:
    """The signals of a comment as (kind, evidence, label)."""
    comment = TaggedComment(comment=7, key="blog:7", at=MOMENT, **what)
    return {(one.kind, one.evidence, one.label) for one in signals_of(comment, served_topics={"camping"})}


def test_every_comment_is_a_visit() -> None:
    """A comment without any tag counts towards `repeat`."""
    assert found() == {("repeat", "blog:7", "")}


def test_each_intent_is_a_signal_of_its_name() -> None:
    """With the comment as its evidence."""
    assert found(intents=("price_inquiry",)) >= {("price_inquiry", "blog:7", "price_inquiry")}


def test_a_contact_is_known_by_its_digest() -> None:
    """The same contact left in two comments is about the same thing, with each comment as its own evidence."""
    assert found(contacts=(("phone", "d1"),)) >= {("contact_left", "phone:d1@blog:7", "phone")}
    assert subject_of("contact_left", "phone:d1@blog:7") == subject_of("contact_left", "phone:d1@shop:8@x")


def test_only_served_topics_fit() -> None:
    """A topic that no community is for says nothing."""
    assert {one for one in found(topics=("camping", "coffee")) if one[0] == "topic_fit"} == {
        ("topic_fit", "topic:camping@blog:7", "camping")
    }


def test_a_colleague_gives_one_signal_only() -> None:
    """Whatever they write, it is a colleague's."""
    signals = found(intents=("purchase_intent",), contacts=(("phone", "d"),), topics=("camping",), by_colleague=True)
    assert signals == {("colleague", "blog:7", "")}


def test_somebody_of_the_trade_is_a_competitor() -> None:
    """Other guards say nothing of the person."""
    assert found(guards=("peer", "irony")) == {("repeat", "blog:7", ""), ("competitor", "blog:7", "peer")}


def answer(**what: Any) -> TaggedComment:
    """A comment that answers somebody else's."""
    return TaggedComment(**{"comment": 8, "key": "blog:8", "at": MOMENT, "answers": "blog:7", **what})


def test_an_answer_speaks_for_whom_it_answers() -> None:
    """Two answers to one comment are about the same comment; the signal belongs to the comment that answers."""
    one, other = engagement_of(answer()), engagement_of(answer(key="blog:9"))
    assert one is not None
    assert other is not None
    assert (one.kind, one.comment, one.evidence) == ("engagement", 8, "answered:blog:7@blog:8")
    assert subject_of("engagement", one.evidence) == subject_of("engagement", other.evidence)


@pytest.mark.parametrize(
    "what", [{"by_colleague": True}, {"intents": ("spam_ad",)}, {"guards": ("peer",)}, {"answers": None}]
)
def test_adverts_and_the_teams_own_answers_say_nothing(what: dict[str, Any]) -> None:
    """Nor does a comment that answers nobody else."""
    assert engagement_of(answer(**what)) is None


def test_an_at_sign_in_a_key_parts_nothing() -> None:
    """Ids of some platforms hold one; an intent's evidence is a key as it is."""
    found = engagement_of(answer(answers="chat:@li:x", key="chat:@wang:x"))
    assert found is not None
    assert subject_of("engagement", found.evidence) == "answered:chat:%40li:x"
    assert subject_of("purchase_intent", "chat:@li:x") == "chat:@li:x"


@pytest.mark.parametrize(("colleague", "asks"), [(False, True), (True, False)])
def test_who_asks_not_to_be_contacted(colleague: bool, asks: bool) -> None:
    """A colleague who explains how to unsubscribe does not ask for it."""
    comment = TaggedComment(comment=7, key="blog:7", at=MOMENT, guards=("opt_out",), by_colleague=colleague)
    assert comment.opted_out is asks


def test_a_signal_remembers_its_comment_and_time() -> None:
    """So that a lead's origin can be told."""
    (one,) = signals_of(TaggedComment(comment=7, key="blog:7", at=MOMENT), served_topics=())
    assert (one.comment, one.at) == (7, MOMENT)
