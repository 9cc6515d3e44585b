"""Signals: what one tagged comment says of its writer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from yinliu.leads.signals import TaggedComment, signals_of

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
    """The same contact left twice is the same evidence, whatever the comment."""
    assert found(contacts=(("phone", "d1"),)) >= {("contact_left", "phone:d1", "phone")}


def test_only_served_topics_fit() -> None:
    """A topic that no community is for says nothing."""
    assert {one for one in found(topics=("camping", "coffee")) if one[0] == "topic_fit"} == {
        ("topic_fit", "topic:camping", "camping")
    }


def test_a_colleague_gives_one_signal_only() -> None:
    """Whatever they write, it is a colleague's."""
    signals = found(intents=("purchase_intent",), contacts=(("phone", "d"),), topics=("camping",), by_colleague=True)
    assert signals == {("colleague", "blog:7", "")}


def test_a_signal_remembers_its_comment_and_time() -> None:
    """So that a lead's origin can be told."""
    (one,) = signals_of(TaggedComment(comment=7, key="blog:7", at=MOMENT), served_topics=())
    assert (one.comment, one.at) == (7, MOMENT)
