"""Leads as people ask about them: lists, one lead explained, and what an export sends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, delete, func, select, update
from sqlalchemy.orm import Session, aliased

from models.content import Account, Comment, Contact, Post, Tag
from models.onboarding import Community, Ticket, TicketEvent
from models.people import CrmExport, Identity, Lead, Person
from models.repositories.bulk import Bulk
from models.repositories.contacts import teams_contacts
from models.repositories.upsert import upsert

Row = dict[str, Any]

INSTEAD_OF = "instead_of:"
"""How the reason of an event begins that brings a ticket to another community: the one it had follows."""


class LeadRepository:
    """Leads with everything behind them, in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def listing(self, *, qualified: bool, ids: Sequence[int] | None = None, at: datetime | None = None) -> list[Row]:
        """Leads, best first, each with its person, origin, ticket and contacts (still locked).

        Of ``qualified`` ones those are left out whose person is suppressed; others say so in ``suppressed_at``.
        ``at``: with the ticket that they had before that moment, in its state then, and suppressed if they were then.
        """
        query = (
            select(*_LISTED)
            .join(Person, Person.id == Lead.person_id)
            .join(Comment, Comment.id == Lead.comment_id)
            .outerjoin(Post, Post.id == Lead.post_id)
            .order_by(Lead.score.desc(), Lead.id)
        )
        query = query.where(Lead.qualified, Person.suppressed_at.is_(None)) if qualified else query
        query = query.where(Lead.id.in_(ids)) if ids is not None else query
        rows = [dict(row._mapping) for row in self._session.execute(query)]
        persons = [row["person_id"] for row in rows] if ids is not None else None
        contacts, tickets = self._contacts(persons), self._tickets(persons, at)
        return [
            {
                **row,
                "suppressed_at": _before(row["suppressed_at"], at),
                "contacts": contacts.get(row["person_id"], []),
                "ticket": tickets.get(row["person_id"]),
            }
            for row in rows
        ]

    def _contacts(self, persons: Sequence[int] | None) -> dict[int, list[Row]]:
        """What persons left to be reached by, of all or of some persons; the team's own contacts left out."""
        query = (
            select(*_CONTACT)
            .join(Comment, Comment.id == Contact.comment_id)
            .join(Identity, Identity.account_id == Comment.account_id)
            .order_by(Contact.id)
        )
        query = query if persons is None else query.where(Identity.person_id.in_(persons))
        found: dict[int, list[Row]] = {}
        rows = self._session.execute(query).all()
        teams = teams_contacts(Bulk(self._session), {row.value_hmac for row in rows})
        for row in rows:
            if row.value_hmac not in teams:
                found.setdefault(row.person_id, []).append(dict(row._mapping))
        return found

    def _tickets(self, persons: Sequence[int] | None, at: datetime | None) -> dict[int, Row]:
        """The newest ticket by person, of all or of some persons; of those there were before a moment, as they were."""
        state, community, operator = _STANDS if at is None else _STOOD
        query = select(
            Ticket.person_id,
            Ticket.id,
            state.label("state"),
            operator.label("operator"),
            Ticket.reasons,
            community.label("community"),
            Community.title,
            Post.title.label("post"),
            Post.url.label("post_url"),
        )
        query = query.select_from(Ticket)
        query = query if at is None else _with_events(query, persons, at)
        query = query.join(Community, Community.name == community).outerjoin(Post, Post.id == Ticket.post_id)
        query = query if persons is None else query.where(Ticket.person_id.in_(persons))
        return {row.person_id: dict(row._mapping) for row in self._session.execute(query.order_by(Ticket.id))}

    def history(self, person: int, *, at: datetime | None = None) -> Row:
        """All that a person did and all that was done: accounts, comments with tags, signals, ticket events.

        ``at``: the events before that moment alone.
        """
        accounts = (
            select(Account.source, Account.name, Identity.how, Identity.confidence)
            .join(Identity, Identity.account_id == Account.id)
            .where(Identity.person_id == person)
            .order_by(Account.id)
        )
        events = (
            select(
                TicketEvent.happened_at, TicketEvent.before, TicketEvent.after, TicketEvent.actor, TicketEvent.reason
            )
            .join(Ticket, Ticket.id == TicketEvent.ticket_id)
            .where(Ticket.person_id == person)
            .order_by(TicketEvent.id)
        )
        events = events if at is None else events.where(TicketEvent.happened_at < at)
        return {"accounts": self._rows(accounts), "comments": self._comments(person), "events": self._rows(events)}

    def _comments(self, person: int) -> list[Row]:
        query = (
            select(
                Comment.id, Comment.source, Comment.text, Comment.published_at, Comment.url, Post.title.label("post")
            )
            .join(Identity, Identity.account_id == Comment.account_id)
            .outerjoin(Post, Post.id == Comment.post_id)
            .where(Identity.person_id == person)
            .order_by(Comment.id)
        )
        comments = self._rows(query)
        keys = [row["id"] for row in comments]
        tags = self._rows(
            select(Tag.comment_id, Tag.kind, Tag.label, Tag.weight, Tag.evidence).where(Tag.comment_id.in_(keys))
        )
        contacts = self._rows(
            select(Contact.comment_id, Contact.kind, Contact.masked, Contact.start, Contact.end, Contact.rule).where(
                Contact.comment_id.in_(keys)
            )
        )
        return [
            {
                **row,
                "tags": [tag for tag in tags if tag["comment_id"] == row["id"]],
                "contacts": [contact for contact in contacts if contact["comment_id"] == row["id"]],
            }
            for row in comments
        ]

    def _rows(self, query: Any) -> list[Row]:
        return [dict(row._mapping) for row in self._session.execute(query)]

    def ledger(self, target: str) -> dict[int, str]:
        """The content last written for a target, by lead."""
        query = select(CrmExport.lead_id, CrmExport.content_hash).where(CrmExport.target == target)
        newest_last = query.order_by(CrmExport.written_at, CrmExport.id)
        return {row.lead_id: row.content_hash for row in self._session.execute(newest_last)}

    def unsent(self, target: str) -> dict[str, list[int]]:
        """Leads by batch that were written to the ledger and never confirmed as sent."""
        query = select(CrmExport.batch, CrmExport.lead_id).where(
            CrmExport.target == target, CrmExport.sent_at.is_(None)
        )
        found: dict[str, list[int]] = {}
        for batch, lead in self._session.execute(query.order_by(CrmExport.id)):
            found.setdefault(batch, []).append(lead)
        return found

    def intend(self, target: str, contents: dict[int, str], *, batch: str, now: datetime) -> None:
        """Write down what is about to be sent: content digests by lead; one that went before goes again."""
        rows = [
            {
                "target": target,
                "lead_id": lead,
                "content_hash": content,
                "batch": batch,
                "written_at": now,
                "sent_at": None,
            }
            for lead, content in contents.items()
        ]
        key = ("target", "lead_id", "content_hash")
        upsert(self._session, CrmExport, rows, key=key, update=("batch", "written_at", "sent_at"))

    def take_back(self, target: str, leads: Sequence[int], *, batch: str) -> None:
        """Forget that leads were to be sent: these were not, and will not be."""
        this = (CrmExport.target == target, CrmExport.batch == batch, CrmExport.sent_at.is_(None))
        self._session.execute(delete(CrmExport).where(*this, CrmExport.lead_id.in_(leads)))

    def confirm(self, target: str, *, batch: str, now: datetime) -> None:
        """Write down that a batch was sent."""
        this = (CrmExport.target == target, CrmExport.batch == batch, CrmExport.sent_at.is_(None))
        self._session.execute(update(CrmExport).where(*this).values(sent_at=now))


def _before(happened: datetime | None, at: datetime | None) -> datetime | None:
    """When it happened, where that was before a moment (None: whenever it was)."""
    return happened if at is None or happened is None or happened < at else None


_THEN, _SINCE, _MOVED = aliased(TicketEvent), aliased(TicketEvent), aliased(TicketEvent)
"""Of a ticket: its last event before a moment, the first since, and the first since that changed its community."""

_STANDS = (Ticket.state, Ticket.community, Ticket.operator)
_STOOD: tuple[Any, ...] = (
    _THEN.after,
    func.coalesce(func.substr(_MOVED.reason, len(INSTEAD_OF) + 1), Ticket.community),
    case((_SINCE.id.is_(None), Ticket.operator)),
)
"""A ticket before a moment. Events do not say whose it is: that is known where nothing happened to it since."""


def _with_events(query: Select[Any], persons: Sequence[int] | None, at: datetime) -> Select[Any]:
    """Tickets that there were before a moment, with their events; grouped once, not looked up ticket by ticket."""
    some = select(TicketEvent.ticket_id).group_by(TicketEvent.ticket_id)
    theirs = select(Ticket.id).where(Ticket.person_id.in_(persons or ()))
    some = some if persons is None else some.where(TicketEvent.ticket_id.in_(theirs))
    elsewhere = TicketEvent.reason.startswith(INSTEAD_OF, autoescape=True)
    moved = case((and_(TicketEvent.before == "blocked_full", elsewhere), TicketEvent.id))
    first, changed = func.min(TicketEvent.id).label("first"), func.min(moved).label("changed")
    last = some.add_columns(func.max(TicketEvent.id).label("last")).where(TicketEvent.happened_at < at).subquery()
    later = some.add_columns(first, changed).where(TicketEvent.happened_at >= at).subquery()
    query = query.join(last, last.c.ticket_id == Ticket.id).join(_THEN, _THEN.id == last.c.last)
    query = query.outerjoin(later, later.c.ticket_id == Ticket.id).outerjoin(_SINCE, _SINCE.id == later.c.first)
    return query.outerjoin(_MOVED, _MOVED.id == later.c.changed)


_LISTED = (
    Lead.id,
    Lead.person_id,
    Person.name,
    Person.suppressed_at,
    Lead.score,
    Lead.grade,
    Lead.qualified,
    Lead.breakdown,
    Lead.route_note,
    Lead.qualified_at,
    Lead.changed_at,
    Comment.source,
    Comment.platform,
    Comment.text,
    Comment.url.label("comment_url"),
    Comment.published_at,
    Post.title.label("post"),
    Post.url.label("post_url"),
)

_CONTACT = (
    Identity.person_id,
    Contact.kind,
    Contact.value_cipher,
    Contact.value_hmac,
    Contact.masked,
    Contact.comment_id,
    Comment.source,
    Comment.external_id,
)
