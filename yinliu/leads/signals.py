"""From one tagged comment to the signals it gives: what the person did, and the evidence for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedComment:
    """What deciding needs to know of a comment; ``key`` names it for good (source and external id)."""

    comment: int
    key: str
    at: datetime
    intents: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    contacts: tuple[tuple[str, str], ...] = ()
    by_colleague: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalFact:
    """One thing a person did; unique by (person, kind, evidence)."""

    kind: str
    evidence: str
    label: str
    comment: int
    at: datetime


def signals_of(comment: TaggedComment, *, served_topics: Collection[str]) -> list[SignalFact]:
    """The signals of one comment; ``served_topics`` are those that some community is for."""
    return [
        SignalFact(kind=kind, evidence=evidence, label=label, comment=comment.comment, at=comment.at)
        for kind, evidence, label in _found(comment, served_topics)
    ]


def _found(comment: TaggedComment, served_topics: Collection[str]) -> Iterator[tuple[str, str, str]]:
    if comment.by_colleague:
        yield "colleague", comment.key, ""
        return
    yield "repeat", comment.key, ""
    for intent in comment.intents:
        yield intent, comment.key, intent
    for kind, digest in comment.contacts:
        yield "contact_left", f"{kind}:{digest}", kind
    for topic in comment.topics:
        if topic in served_topics:
            yield "topic_fit", f"topic:{topic}", topic
