"""Whose the contacts are that people write: their own, a group's or a firm's, or the team's, repeated by customers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from models.repositories.bulk import Bulk, moment_of

SHARED_CONTACTS = ("qq-group", "landline", "service-number")
"""Rules of contacts that say where a group or a firm is, and not who somebody is."""

OWN_CONTACT = f"contact.rule NOT IN ({', '.join(map(repr, SHARED_CONTACTS))})"
"""The same in SQL: this contact says who somebody is, unless it is the team's (:func:`teams_contacts`)."""

# one step after the other: a join is planned badly where the database knows little of its tables
_WRITTEN = "SELECT comment_id, value_hmac FROM contact WHERE value_hmac {keys}"
_WHEN = """
    SELECT id, qualified_version, coalesce(published_at, first_seen_at) FROM comment
    WHERE id {keys} AND qualified_version IS NOT NULL
"""
_BY_COLLEAGUES = """
    SELECT comment_id, version FROM signal WHERE comment_id {keys} AND kind = 'colleague' AND withdrawn_at IS NULL
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
    found = _in_comments(bulk, keys, besides=set(besides))
    for digest, at in bulk.find(_IN_POSTS, {"keys": keys}):
        found[digest] = earliest(found.get(digest, NEVER), (moment_of(at), None))
    return found


def _in_comments(bulk: Bulk, digests: Sequence[str], *, besides: set[int]) -> dict[str, Written]:
    rows = [row for row in bulk.find(_WRITTEN, {"keys": digests}) if row[0] not in besides]
    comments: dict[str, Sequence[Any]] = {"keys": sorted({comment for comment, _ in rows})}
    if not rows:
        return {}
    ours = set(bulk.find(_BY_COLLEAGUES, comments))
    when: dict[int, Written] = {}
    for comment, version, at in bulk.find(_WHEN, comments):
        when[comment] = (moment_of(at), None) if (comment, version) in ours else (None, moment_of(at))
    found: dict[str, Written] = {}
    for comment, digest in rows:
        if comment in when:
            found[digest] = earliest(found.get(digest, NEVER), when[comment])
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
