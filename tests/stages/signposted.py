"""A team's posts, communities and tickets, written straight into the tables: what signposts need."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from models.content import Account, Comment, Post, Tag
from models.onboarding import Community, CommunityGroup, Ticket
from models.people import Lead, Person
from models.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def add_post(work: UnitOfWork, number: int, *, body: str = "文", topics: tuple[str, ...] = (), **what: Any) -> None:
    """A post, tagged."""
    whole = {"url": f"https://x.cn/{number}", "title": f"文章{number}", "published_at": NOW, "source": "blog"} | what
    fixed = {"platform": "feed", "labels": [], "flaws": [], "content_hash": "x"}
    times = {"first_seen_at": NOW, "changed_at": NOW}
    work._session.add(Post(id=number, external_id=f"p{number}", body=body, **fixed, **times, **whole))
    work._session.flush()
    for topic in topics:
        work._session.add(Tag(post_id=number, kind="topic", label=topic, weight=1, version="v", evidence=[]))
    work._session.flush()


def add_groups(work: UnitOfWork, community: str, *groups: tuple[str, int, int]) -> None:
    """A community with groups: name, capacity, taken."""
    work._session.add(Community(name=community, title=community, hub="manual", position=0))
    work._session.flush()
    for position, (name, capacity, taken) in enumerate(groups):
        row = {"community": community, "name": name, "title": name, "capacity": capacity, "taken": taken}
        work._session.add(CommunityGroup(**row, position=position))
    work._session.flush()


def add_ticket(work: UnitOfWork, number: int, *, state: str = "joined", community: str = "all") -> None:
    """A person with a lead and a ticket, all of this number."""
    session, times = work._session, {"first_seen_at": NOW, "changed_at": NOW}
    session.add(Account(id=number, source="blog", platform="feed", external_id=f"a{number}", name="小王"))
    session.add(Person(id=number, name="小王", first_seen_at=NOW))
    if session.get(Community, community) is None:
        session.add(Community(name=community, title=community, hub="manual", position=0))
    session.flush()
    said = {"source": "blog", "platform": "feed", "external_id": f"c{number}", "post_external_id": "p1", "text": "想买"}
    session.add(Comment(id=number, account_id=number, flaws=[], content_hash="x", **said, **times))
    session.flush()
    scored = {"score": 80, "grade": "A", "qualified": True, "breakdown": [], "scoring_version": "v"}
    session.add(Lead(id=number, person_id=number, comment_id=number, changed_at=NOW, scored_at=NOW, **scored))
    session.flush()
    whose = {"lead_id": number, "person_id": number, "community": community, "reasons": []}
    session.add(Ticket(id=number, state=state, created_at=NOW, changed_at=NOW, ready_at=NOW, **whose))
    session.flush()
