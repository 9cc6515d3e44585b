"""Whose the contacts are that people write: their own, a group's or a firm's, or the team's, repeated by customers.

Who has a contact is kept (``team_contact``), and worked out anew where something was written or taken away
(``contact_news``): in between, what was known last holds, and nothing is sent to a contact of which there is news.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from models.repositories.bulk import Bulk, known_moment

SHARED_CONTACTS = ("qq-group", "landline", "service-number")
"""Rules of contacts that say where a group or a firm is, and not who somebody is."""

OWN_CONTACT = f"contact.rule NOT IN ({', '.join(map(repr, SHARED_CONTACTS))})"
"""The same in SQL: this contact says who somebody is, unless it is the team's (:func:`teams_contacts`)."""

_TEAMS = "SELECT value_hmac FROM team_contact WHERE value_hmac {keys}"
_NEWS = "SELECT value_hmac FROM contact_news WHERE value_hmac {keys}"
_NOTE = "INSERT INTO contact_news (value_hmac) VALUES (?) ON CONFLICT DO NOTHING"
_NOTE_ALL = (
    "INSERT INTO contact_news (value_hmac) SELECT DISTINCT value_hmac FROM contact WHERE true ON CONFLICT DO NOTHING"
)
_BY_READING = """
    INSERT INTO contact_reading (id, version) VALUES (1, :reading)
    ON CONFLICT (id) DO UPDATE SET version = excluded.version
"""
# one step after the other: a join is planned badly where the database knows little of its tables
_IN_COMMENTS = "SELECT value_hmac, comment_id FROM contact WHERE value_hmac {keys}"
_WRITERS = """
    SELECT c.id, coalesce(c.published_at, c.first_seen_at), a.name, a.external_id, p.author
    FROM comment c JOIN account a ON a.id = c.account_id LEFT JOIN post p ON p.id = c.post_id WHERE c.id {keys}
"""
_IN_POSTS = """
    SELECT post_contact.value_hmac, min(coalesce(post.published_at, post.first_seen_at)) FROM post_contact
    JOIN post ON post.id = post_contact.post_id WHERE post_contact.value_hmac {keys} GROUP BY post_contact.value_hmac
"""
_READ_AGAIN = """
    UPDATE comment SET qualified_version = NULL WHERE qualified_version IS NOT NULL
    AND id IN (SELECT comment_id FROM contact WHERE value_hmac {keys})
"""


class Writing(NamedTuple):
    """A contact that somebody wrote: when, and who (the name and the id of their account, the author of the post)."""

    digest: str
    at: datetime
    name: str | None
    account: str
    author: str | None


def teams_contacts(bulk: Bulk, digests: Collection[str]) -> set[str]:
    """Those of these contacts that are the team's own, as far as is known."""
    return _some(bulk, _TEAMS, digests)


def unusable(bulk: Bulk, digests: Collection[str]) -> set[str]:
    """Those of these contacts by which nobody is to be reached or recognised: the team's, and those with news."""
    return _some(bulk, _TEAMS, digests) | _some(bulk, _NEWS, digests)


def note_news(bulk: Bulk, digests: Iterable[str]) -> None:
    """Let it be worked out anew whose these contacts are."""
    bulk.write(_NOTE, [(digest,) for digest in sorted(set(digests))])


class ContactRepository:
    """Whose contacts are, in one session."""

    def __init__(self, bulk: Bulk) -> None:
        self._bulk = bulk

    def teams(self, digests: Collection[str]) -> set[str]:
        """Those of these contacts that are the team's own."""
        return teams_contacts(self._bulk, digests)

    def note_all(self, *, reading: str) -> None:
        """Let it be worked out anew whose each contact is, where it was last worked out by another reading."""
        if self._bulk.find("SELECT version FROM contact_reading") != [(reading,)]:
            self._bulk.change(_NOTE_ALL)
            self._bulk.change(_BY_READING, reading=reading)

    def news(self, *, limit: int) -> list[str]:
        """Contacts of which there is news."""
        return [
            digest for (digest,) in self._bulk.find("SELECT value_hmac FROM contact_news LIMIT :limit", limit=limit)
        ]

    def in_posts(self, digests: Sequence[str]) -> dict[str, datetime]:
        """When contacts were first written in a post; by digest."""
        return {digest: known_moment(at) for digest, at in self._bulk.find(_IN_POSTS, {"keys": digests})}

    def in_comments(self, digests: Sequence[str]) -> list[Writing]:
        """Who wrote contacts in comments, and when."""
        rows = self._bulk.find(_IN_COMMENTS, {"keys": digests})
        found = self._bulk.find(_WRITERS, {"keys": sorted({comment for _, comment in rows})}) if rows else ()
        who = {comment: (known_moment(at), *names) for comment, at, *names in found}
        return [Writing(digest, *who[comment]) for digest, comment in rows if comment in who]

    def keep(self, digests: Sequence[str], *, teams: Collection[str]) -> None:
        """Of these contacts those are the team's; where it was thought otherwise, their comments are read again."""
        known = self.teams(digests)
        self._bulk.write("DELETE FROM team_contact WHERE value_hmac = ?", [(one,) for one in known.difference(teams)])
        self._bulk.insert("team_contact", "value_hmac", [(one,) for one in sorted(set(teams) - known)])
        changed = sorted(known.symmetric_difference(teams))
        if changed:
            self._bulk.change(_READ_AGAIN, {"keys": changed})
        self._bulk.change("DELETE FROM contact_news WHERE value_hmac {keys}", {"keys": digests})


def _some(bulk: Bulk, query: str, digests: Collection[str]) -> set[str]:
    return {digest for (digest,) in bulk.find(query, {"keys": sorted(digests)})} if digests else set()
