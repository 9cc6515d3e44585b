"""Signposts: one link a combination, how often it was followed, and the tickets that it brought."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.onboarding import among
from models.repositories.bulk import Bulk, Line, moment_of
from models.repositories.upsert import chunks

Row = dict[str, Any]

CREDITED_STATES = ("added", "joined", "retained")
"""The states of a ticket whose person came: only such a ticket is credited to a link."""


@dataclass(frozen=True, slots=True)
class StoredLink:
    """A link as it is kept."""

    id: int
    code: str
    post_id: int | None
    campaign: str | None
    community: str | None
    operator: str | None


@dataclass(frozen=True, slots=True)
class StoredGroup:
    """A group chat's seats as the ledger has them."""

    name: str
    capacity: int
    taken: int
    closed: bool
    members: int


_LINK = "id, code, post_id, campaign, community, operator"
_ADD = (
    f"INSERT INTO link ({_LINK}, key, created_at)"  # noqa: S608 - our own names
    " VALUES (:number, :code, :post, :campaign, :community, :operator, :key, :now) ON CONFLICT (key) DO NOTHING"
)
_CLICK = (
    "INSERT INTO click (link_id, day, hits) VALUES (:link, :day, :times)"
    " ON CONFLICT (link_id, day) DO UPDATE SET hits = click.hits + excluded.hits"
)
_STATS = (
    "SELECT l.id, l.code, l.post_id, p.title, p.url, l.campaign, l.community, l.operator, l.created_at,"
    " coalesce(c.clicks, 0), coalesce(t.tickets, 0), coalesce(t.joins, 0) + coalesce(w.joins, 0) FROM link l"
    " LEFT JOIN post p ON p.id = l.post_id"
    " LEFT JOIN (SELECT link_id, sum(hits) AS clicks FROM click GROUP BY link_id) c ON c.link_id = l.id"
    " LEFT JOIN (SELECT link_id, count(*) AS tickets, sum(CASE WHEN state IN ('joined', 'retained', 'left') THEN 1"
    " ELSE 0 END) AS joins FROM ticket WHERE link_id IS NOT NULL GROUP BY link_id) t ON t.link_id = l.id"
    " LEFT JOIN (SELECT link_id, count(*) AS joins FROM walk_in WHERE link_id IS NOT NULL AND undone_at IS NULL"
    " GROUP BY link_id) w ON w.link_id = l.id"
    " ORDER BY l.id"
)
_STAT_NAMES = (
    *("id", "code", "post_id", "post", "url", "campaign", "community", "operator", "created_at"),
    *("clicks", "tickets", "joins"),
)
_CREDIT = f"""
    UPDATE ticket SET link_id = :link, post_id = coalesce(post_id, (SELECT l.post_id FROM link l WHERE l.id = :link))
    WHERE id = :ticket AND link_id IS NULL AND {among(CREDITED_STATES)}
"""  # noqa: S608 - our own words
# no post is the lead's own where a ticket had none before: what the link brought goes with it
_UNCREDIT = (
    "UPDATE ticket SET link_id = NULL, post_id = CASE WHEN post_id = (SELECT l.post_id FROM link l WHERE l.id = :link)"
    " AND (SELECT lead.post_id FROM lead WHERE lead.id = ticket.lead_id) IS NULL THEN NULL ELSE post_id END"
    " WHERE id = :ticket AND link_id = :link"
)
_NOTE = (
    "INSERT INTO ticket_event (ticket_id, happened_at, before, after, actor, reason)"
    " SELECT id, :now, state, state, :actor, :reason FROM ticket WHERE id = :ticket"
)
_HEARD = "SELECT EXISTS (SELECT 1 FROM comment WHERE source = (SELECT p.source FROM post p WHERE p.id = :post))"
_POSTS = "SELECT id FROM post WHERE gone_at IS NULL ORDER BY published_at IS NULL, published_at DESC, id DESC"
_TEXTS = "SELECT id, source, title, url, body, published_at FROM post WHERE id {keys}"
_GROUPS = """
    SELECT name, capacity, taken, closed, (SELECT count(*) FROM seat WHERE group_id = community_group.id
    AND released_at IS NULL AND confirmed_at IS NOT NULL) FROM community_group WHERE community = :community
"""
_FOLLOWED = (
    "SELECT DISTINCT l.post_id FROM link l JOIN click c ON c.link_id = l.id WHERE l.post_id IS NOT NULL"
    " AND l.campaign IS NULL AND l.community IS NULL AND l.operator IS NULL"
)


def key_of(*, post_id: int | None, campaign: str | None, community: str | None, operator: str | None) -> str:
    """What makes a link the same link, in one text."""
    return json.dumps([post_id, campaign, community, operator], ensure_ascii=False)


class LinkRepository:
    """Links, clicks and what they earned, in one session."""

    def __init__(self, session: Session | Line) -> None:
        self._bulk = Bulk(session)

    def keep(
        self,
        *,
        sign: Callable[[int], str],
        post_id: int | None,
        campaign: str | None,
        community: str | None,
        operator: str | None,
        now: datetime,
    ) -> str:
        """The code of this combination's link; the first time it is made, with ``sign`` of its new number."""
        key = key_of(post_id=post_id, campaign=campaign, community=community, operator=operator)
        known = self._code(key)
        if known is not None:
            return known
        (number,) = self._bulk.new_ids("link", 1)
        named: dict[str, Any] = {"post": post_id, "campaign": campaign, "community": community, "operator": operator}
        self._bulk.change(_ADD, number=number, code=sign(number), key=key, now=self._bulk.stamp(now), **named)
        return self._code(key) or ""

    def _code(self, key: str) -> str | None:
        rows = self._bulk.find("SELECT code FROM link WHERE key = :key", key=key)
        return str(rows[0][0]) if rows else None

    def get(self, number: int) -> StoredLink | None:
        """A link by its number."""
        rows = self._bulk.find(f"SELECT {_LINK} FROM link WHERE id = :number", number=number)  # noqa: S608
        return StoredLink(*rows[0]) if rows else None

    def click(self, link: int, day: str, *, times: int = 1) -> None:
        """Count visits of a day; counts of others at the same moment are not lost."""
        self._bulk.change(_CLICK, link=link, day=day, times=times)

    def groups(self, community: str) -> dict[str, StoredGroup]:
        """The seats of a community's groups by name."""
        rows = self._bulk.find(_GROUPS, community=community)
        found = (StoredGroup(name, total, taken, bool(closed), came) for name, total, taken, closed, came in rows)
        return {group.name: group for group in found}

    def post(self, post: int) -> str | None:
        """A post's title; None where there is no such post."""
        rows = self._bulk.find("SELECT title FROM post WHERE id = :post", post=post)
        return str(rows[0][0]) if rows else None

    def about(self, post: int) -> dict[str, set[str]]:
        """What a post is about: the labels of its tags by kind."""
        found: dict[str, set[str]] = {"topic": set(), "place": set()}
        rows = self._bulk.find("SELECT kind, label FROM tag WHERE post_id = :post", post=post)
        for kind, label in rows:
            found.setdefault(kind, set()).add(label)
        return found

    def listing(self) -> list[Row]:
        """Every link with its clicks, tickets and joins, with a ticket or without; who left again had joined."""
        rows = [dict(zip(_STAT_NAMES, row, strict=True)) for row in self._bulk.find(_STATS)]
        counted = ("clicks", "tickets", "joins")
        numbers = [{name: int(row[name]) for name in counted} for row in rows]
        return [{**row, "created_at": moment_of(row["created_at"]), **n} for row, n in zip(rows, numbers, strict=True)]

    def community_title(self, name: str) -> str:
        """What a community is called; its name where it is not known."""
        rows = self._bulk.find("SELECT title FROM community WHERE name = :name", name=name)
        return str(rows[0][0]) if rows else name

    def ticket_standing(self, ticket: int) -> tuple[str, str] | None:
        """(state, community) of a ticket; None where there is none."""
        rows = self._bulk.find("SELECT state, community FROM ticket WHERE id = :ticket", ticket=ticket)
        return (rows[0][0], rows[0][1]) if rows else None

    def is_heard(self, post: int) -> bool:
        """Whether comments under a post reach us: some of its source did."""
        return bool(self._bulk.find(_HEARD, post=post)[0][0])

    def ticket_link(self, ticket: int) -> tuple[bool, int | None]:
        """Whether there is such a ticket, and the link it is credited to."""
        rows = self._bulk.find("SELECT link_id FROM ticket WHERE id = :ticket", ticket=ticket)
        return bool(rows), rows[0][0] if rows else None

    def credit(self, ticket: int, *, link: int, actor: str, reason: str, now: datetime) -> bool:
        """Credit a ticket to a link, with its event; False where it is credited already, or its person did not come."""
        if not self._bulk.change(_CREDIT, ticket=ticket, link=link):
            return False
        self._bulk.change(_NOTE, ticket=ticket, actor=actor, reason=reason, now=self._bulk.stamp(now))
        return True

    def uncredit(self, ticket: int, *, link: int, actor: str, reason: str, now: datetime) -> bool:
        """Take a ticket's credit back, with an event; False where it is not credited to this link."""
        if not self._bulk.change(_UNCREDIT, ticket=ticket, link=link):
            return False
        self._bulk.change(_NOTE, ticket=ticket, actor=actor, reason=reason, now=self._bulk.stamp(now))
        return True

    def posts(self) -> Iterator[Row]:
        """Posts that are not gone with their texts, newest first; a piece at a time is held in memory."""
        names = ("id", "source", "title", "url", "body", "published_at")
        for piece in chunks([post for (post,) in self._bulk.find(_POSTS)]):
            rows = {row[0]: dict(zip(names, row, strict=True)) for row in self._bulk.find(_TEXTS, {"keys": piece})}
            for post in piece:
                yield {**rows[post], "published_at": moment_of(rows[post]["published_at"])}

    def followed_posts(self) -> set[int]:
        """Posts whose own link somebody followed, wherever it stands (a picture, a menu).

        Links that name an operator or a community besides are also sent in messages: they say nothing of the post.
        """
        return {post for (post,) in self._bulk.find(_FOLLOWED)}
