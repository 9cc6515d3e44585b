"""The figures of one week: everything between two moments, as plain rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.content import Comment, MetricSnapshot, Post, Quarantine, Tag
from models.links import Link
from models.onboarding import SEATED_STATES, Community, CommunityGroup, Seat, Ticket, WalkIn
from models.people import Identity, Lead, Signal

Row = dict[str, Any]
INTERESTED = ("purchase_intent", "price_inquiry", "how_to_join", "contact_left")
"""Kinds of signals that make somebody "interested" in the report's funnel."""


class WeeklyRepository:
    """The figures between ``start`` and ``end`` (exclusive), in one session.

    A comment or post without a believable time counts on the day it was first seen.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def posts(self, start: datetime, end: datetime) -> list[Row]:
        """Posts published: id, source, platform, title, url, published_at."""
        columns = (
            Post.id,
            Post.source,
            Post.platform,
            Post.title,
            Post.url,
            Post.published_at,
            _post_time().label("at"),
        )
        return self._rows(select(*columns).where(_post_time() >= start, _post_time() < end).order_by(Post.id))

    def posts_by_id(self, keys: Iterable[int]) -> list[Row]:
        """The same of given posts."""
        columns = (Post.id, Post.source, Post.platform, Post.title, Post.url, Post.published_at)
        return self._rows(select(*columns).where(Post.id.in_(set(keys))))

    def comments(self, start: datetime, end: datetime) -> list[Row]:
        """Comments written: post_id, source, person, at, whether it is a reply."""
        query = (
            select(*_COMMENT)
            .outerjoin(Identity, Identity.account_id == Comment.account_id)
            .where(_comment_time() >= start, _comment_time() < end)
        )
        return self._rows(query)

    def leads(self, start: datetime, end: datetime) -> list[Row]:
        """Qualified leads that began with a comment written then: person, post, source, at."""
        query = (
            select(Lead.person_id, Lead.post_id, Comment.source, _comment_time().label("at"))
            .join(Comment, Comment.id == Lead.comment_id)
            .where(Lead.qualified, _comment_time() >= start, _comment_time() < end)
        )
        return self._rows(query)

    def interested(self, start: datetime, end: datetime) -> int:
        """People who gave a signal of interest then."""
        query = (
            select(func.count(func.distinct(Identity.person_id)))
            .select_from(Signal)
            .join(Comment, Comment.id == Signal.comment_id)
            .join(Identity, Identity.account_id == Signal.account_id)
        )
        current = (
            Signal.kind.in_(INTERESTED),
            Signal.version == Comment.qualified_version,
            Signal.withdrawn_at.is_(None),
        )
        return self._session.scalar(query.where(*current, Signal.happened_at >= start, Signal.happened_at < end)) or 0

    def tickets(self, persons: Iterable[int]) -> int:
        """How many of these people have a ticket."""
        query = select(func.count(func.distinct(Ticket.person_id))).where(Ticket.person_id.in_(set(persons)))
        return self._session.scalar(query) or 0

    def joins(self, start: datetime, end: datetime) -> list[Row]:
        """People who came into a group then: person, community, and the post that earned it (of their link first).

        Who came without a ticket is nobody known: a person below 0.
        """
        post = func.coalesce(Link.post_id, Ticket.post_id).label("post_id")
        query = (
            select(Ticket.person_id, Ticket.community, post)
            .join(Seat, Seat.ticket_id == Ticket.id)
            .outerjoin(Link, Link.id == Ticket.link_id)
            .where(Seat.confirmed_at >= start, Seat.confirmed_at < end)
        )
        walked = (
            select((-WalkIn.id).label("person_id"), CommunityGroup.community, Link.post_id)
            .join(CommunityGroup, CommunityGroup.id == WalkIn.group_id)
            .outerjoin(Link, Link.id == WalkIn.link_id)
            .where(WalkIn.undone_at.is_(None), WalkIn.joined_at >= start, WalkIn.joined_at < end)
        )
        return self._rows(query) + self._rows(walked.order_by(WalkIn.id))

    def waiting(self, before: datetime) -> int:
        """Tickets made before a moment that still wait for a seat."""
        query = select(func.count()).select_from(Ticket)
        return self._session.scalar(query.where(Ticket.state == "blocked_full", Ticket.created_at < before)) or 0

    def tags_of_posts(self, keys: Iterable[int]) -> list[tuple[int, str]]:
        """(post, topic) of posts."""
        query = select(Tag.post_id, Tag.label).where(Tag.kind == "topic", Tag.post_id.in_(set(keys)))
        return [(int(key or 0), label) for key, label in self._session.execute(query.order_by(Tag.id))]

    def intents(self, start: datetime, end: datetime) -> dict[str, int]:
        """Comments written then by intent."""
        query = (
            select(Tag.label, func.count())
            .join(Comment, Comment.id == Tag.comment_id)
            .where(Tag.kind == "intent", _comment_time() >= start, _comment_time() < end)
            .group_by(Tag.label)
        )
        return dict(self._session.execute(query).all())

    def counters(self, name: str, posts: Iterable[int]) -> dict[int, int]:
        """A counter's last known value by post; posts whose counter is unknown are left out."""
        query = (
            select(MetricSnapshot.post_id, MetricSnapshot.value)
            .where(
                MetricSnapshot.name == name, MetricSnapshot.value.is_not(None), MetricSnapshot.post_id.in_(set(posts))
            )
            .order_by(MetricSnapshot.taken_at)
        )
        return {post: int(value or 0) for post, value in self._session.execute(query)}

    def communities(self, start: datetime, end: datetime) -> list[Row]:
        """Each community's seats: capacity, taken now, new tickets of the week, waiting now."""
        seated, walked = self._by_community(Ticket.state.in_(SEATED_STATES)), self._walked_in()
        fresh = self._by_community(Ticket.created_at >= start, Ticket.created_at < end)
        blocked = self._by_community(Ticket.state == "blocked_full")
        groups = CommunityGroup.community == Community.name
        seats = select(func.coalesce(func.sum(CommunityGroup.capacity), 0)).where(groups, ~CommunityGroup.closed)
        rows = self._session.execute(
            select(Community.name, Community.title, seats.scalar_subquery()).order_by(Community.position)
        )
        return [
            {
                "name": name,
                "title": title,
                "capacity": capacity,
                "taken": seated.get(name, 0) + walked.get(name, 0),
                "new": fresh.get(name, 0),
                "waiting": blocked.get(name, 0),
            }
            for name, title, capacity in rows
        ]

    def _by_community(self, *where: Any) -> dict[str, int]:
        query = select(Ticket.community, func.count()).where(*where).group_by(Ticket.community)
        return dict(self._session.execute(query).all())

    def _walked_in(self) -> dict[str, int]:
        """Who is in a group without a ticket now, by community."""
        query = select(CommunityGroup.community, func.count()).join(WalkIn, WalkIn.group_id == CommunityGroup.id)
        query = query.where(WalkIn.left_at.is_(None)).group_by(CommunityGroup.community)
        return dict(self._session.execute(query).all())

    def problems(self, start: datetime, end: datetime) -> list[tuple[str, str, int]]:
        """(code, source, things) that were in quarantine then and are not over; notes tell of what was stored."""
        then = (Quarantine.last_seen_at >= start, Quarantine.first_seen_at < end)
        query = (
            select(Quarantine.code, Quarantine.source, func.count())
            .where(*then, Quarantine.resolved_at.is_(None), Quarantine.scope != "note")
            .group_by(Quarantine.code, Quarantine.source)
            .order_by(func.count().desc(), Quarantine.code)
        )
        return list(self._session.execute(query))

    def newest_post(self) -> datetime | None:
        """When the newest post was published."""
        return self._session.scalar(select(func.max(Post.published_at)))

    def _rows(self, query: Any) -> list[Row]:
        return [dict(row._mapping) for row in self._session.execute(query)]


def _post_time() -> Any:
    return func.coalesce(Post.published_at, Post.first_seen_at, type_=Post.first_seen_at.type)


def _comment_time() -> Any:
    return func.coalesce(Comment.published_at, Comment.first_seen_at, type_=Comment.first_seen_at.type)


_COMMENT = (
    Comment.id,
    Comment.post_id,
    Comment.source,
    Comment.account_id,
    _comment_time().label("at"),
    Comment.parent_external_id.is_not(None).label("reply"),
    Identity.person_id,
)
