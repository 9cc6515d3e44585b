"""From one tagged comment to the signals it gives: what the person did, and the evidence for it.

A comment's signals follow from that comment alone: whichever comes first or twice, the same signals are stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

PEER = "peer"
"""The guard that marks somebody of the same trade."""

OPT_OUT = "opt_out"
"""The guard that marks who asks not to be contacted."""

ENGAGEMENT = "engagement"
"""The kind of signal that says: somebody else answered this comment."""

_SPAM = "spam_ad"
_ABOUT = frozenset(("topic_fit", "contact_left", ENGAGEMENT))
_AT = "@"
"""In evidence, between what was said and the comment that said it."""


class TaggedComment(msgspec.Struct, frozen=True, kw_only=True):
    """What deciding needs to know of a comment; ``key`` names it for good (source and external id).

    ``answers``: the key of the comment that it answers, where that is somebody else's; ``guards``: what its words are
    not to be taken for.
    """

    comment: int
    key: str
    at: datetime
    intents: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    contacts: tuple[tuple[str, str], ...] = ()
    guards: tuple[str, ...] = ()
    answers: str | None = None
    by_colleague: bool = False

    @property
    def opted_out(self) -> bool:
        """True where its writer asks not to be contacted."""
        return OPT_OUT in self.guards and not self.by_colleague


class SignalFact(NamedTuple):
    """One thing a person did; unique by (account, kind, evidence)."""

    kind: str
    evidence: str
    label: str
    comment: int
    at: datetime


def subject_of(kind: str, evidence: str) -> str:
    """What a signal is about: the same topic or contact in two comments is the same thing said twice."""
    return evidence.partition(_AT)[0] if kind in _ABOUT else evidence


def signals_of(comment: TaggedComment, *, served_topics: Collection[str]) -> list[SignalFact]:
    """The signals of one comment for its writer; ``served_topics`` are those that some community is for."""
    return [
        SignalFact(kind, evidence, label, comment.comment, comment.at)
        for kind, evidence, label in _found(comment, served_topics)
    ]


def _found(comment: TaggedComment, served_topics: Collection[str]) -> Iterator[tuple[str, str, str]]:
    key = comment.key
    if comment.by_colleague:
        yield "colleague", key, ""
        return
    yield "repeat", key, ""
    for intent in comment.intents:
        yield intent, key, intent
    if PEER in comment.guards:
        yield "competitor", key, PEER
    for kind, digest in comment.contacts:
        yield "contact_left", f"{kind}:{digest}{_AT}{key}", kind
    for topic in comment.topics:
        if topic in served_topics:
            yield "topic_fit", f"topic:{topic}{_AT}{key}", topic


def engagement_of(comment: TaggedComment) -> SignalFact | None:
    """The signal for whoever wrote what this comment answers; adverts and the team's own answers say nothing."""
    if comment.answers is None or comment.by_colleague or _SPAM in comment.intents or PEER in comment.guards:
        return None
    return engagement(answered=comment.answers, by=comment.key, comment=comment.comment, at=comment.at)


def engagement(*, answered: str, by: str, comment: int, at: datetime) -> SignalFact:
    """Somebody's comment ``answered`` got an answer: the comment with the key ``by`` and the id ``comment``."""
    # the key of a comment may hold an @: the evidence is about the comment that was answered, whole
    return SignalFact(ENGAGEMENT, f"answered:{answered.replace(_AT, '%40')}{_AT}{by}", "", comment, at)
