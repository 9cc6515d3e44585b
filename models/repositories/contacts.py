"""Whose the contacts are that people write: their own, a group's or a firm's, or the team's, repeated by customers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from models.repositories.bulk import Bulk, moment_of

SHARED_CONTACTS = ("qq-group", "landline", "service-number")
"""Rules of contacts that say where a group or a firm is, and not who somebody is."""

OWN_CONTACT = f"contact.rule NOT IN ({', '.join(map(repr, SHARED_CONTACTS))})"
"""The same in SQL: this contact says who somebody is, unless it is the team's (:func:`teams_contacts`)."""

_WRITTEN = """
    SELECT contact.value_hmac,
        min(CASE WHEN signal.id IS NOT NULL THEN coalesce(comment.published_at, comment.first_seen_at) END),
        min(CASE WHEN signal.id IS NULL THEN coalesce(comment.published_at, comment.first_seen_at) END)
    FROM contact JOIN comment ON comment.id = contact.comment_id
    LEFT JOIN signal ON signal.comment_id = comment.id AND signal.kind = 'colleague'
        AND signal.version = comment.qualified_version AND signal.withdrawn_at IS NULL
    WHERE contact.value_hmac {keys} AND comment.qualified_version IS NOT NULL AND NOT comment.id {besides}
    GROUP BY contact.value_hmac
"""

_IN_POSTS = """
    SELECT post_contact.value_hmac, min(coalesce(post.published_at, post.first_seen_at)) FROM post_contact
    JOIN post ON post.id = post_contact.post_id WHERE post_contact.value_hmac {keys} GROUP BY post_contact.value_hmac
"""

Written = tuple[datetime | None, datetime | None]
"""When a contact was first written by the team, and by anybody else; None: never."""

NEVER: Written = (None, None)


def first_written(bulk: Bulk, digests: Iterable[str], *, besides: Sequence[int] = ()) -> dict[str, Written]:
    """When contacts were first written in posts and in the comments that are qualified, but for some; by digest."""
    keys = sorted(set(digests))
    if not keys:
        return {}
    rows = bulk.find(_WRITTEN, {"keys": keys, "besides": besides})
    found = {digest: (moment_of(ours), moment_of(theirs)) for digest, ours, theirs in rows}
    for digest, at in bulk.find(_IN_POSTS, {"keys": keys}):
        found[digest] = earliest(found.get(digest, NEVER), (moment_of(at), None))
    return found


def earliest(one: Written, other: Written) -> Written:
    """When it was first written, of two times each."""
    ours, theirs = (min(filter(None, pair), default=None) for pair in zip(one, other, strict=True))
    return ours, theirs


def is_the_teams(written: Written) -> bool:
    """True where the team wrote it first: customers repeat the team's contacts, and colleagues a customer's."""
    ours, theirs = written
    return ours is not None and (theirs is None or ours <= theirs)


def teams_contacts(bulk: Bulk, digests: Collection[str]) -> set[str]:
    """Those of these contacts that are the team's own."""
    return {digest for digest, written in first_written(bulk, digests).items() if is_the_teams(written)}
