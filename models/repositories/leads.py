"""Leads as people ask about them: lists, one lead explained, and what an export sends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.content import Account, Comment, Contact, Post
from models.onboarding import Ticket, TicketEvent
from models.people import CrmExport, Identity, Lead, Person
from models.repositories.bulk import Bulk
from models.repositories.contacts import teams_contacts
from models.repositories.lead_comments import comments_of, said_since, written
from models.repositories.lead_tickets import tickets_of
from models.repositories.upsert import upsert

Row = dict[str, Any]


class LeadRepository:
    """Leads with everything behind them, in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def listing(self, *, qualified: bool, ids: Sequence[int] | None = None, at: datetime | None = None) -> list[Row]:
        """Leads, best first, each with its person, origin, ticket and contacts (still locked).

        Of ``qualified`` ones those are left out whose person is suppressed; others say so in ``suppressed_at``.
        ``at``: with the ticket that they had before that moment, in its state then, suppressed if they were then, and
        with the contacts that they had left by then.
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
        contacts, tickets = self._contacts(persons, at=at), tickets_of(self._session, persons, at=at)
        return [
            {
                **row,
                "suppressed_at": _before(row["suppressed_at"], at),
                "contacts": contacts.get(row["person_id"], []),
                "ticket": tickets.get(row["person_id"]),
            }
            for row in rows
        ]

    def _contacts(self, persons: Sequence[int] | None, *, at: datetime | None) -> dict[int, list[Row]]:
        """What persons left to be reached by, of all or of some persons; the team's own contacts left out."""
        query = (
            select(*_CONTACT)
            .join(Comment, Comment.id == Contact.comment_id)
            .join(Identity, Identity.account_id == Comment.account_id)
            .order_by(Contact.id)
        )
        query = query if persons is None else query.where(Identity.person_id.in_(persons))
        query = query if at is None else query.where(written() < at)
        found: dict[int, list[Row]] = {}
        rows = self._session.execute(query).all()
        teams = teams_contacts(Bulk(self._session), {row.value_hmac for row in rows})
        for row in rows:
            if row.value_hmac not in teams:
                found.setdefault(row.person_id, []).append(dict(row._mapping))
        return found

    def history(self, person: int, *, at: datetime | None = None) -> Row:
        """All that a person did and all that was done: accounts, comments with tags, signals, ticket events.

        ``at``: the comments and events before that moment alone, and the accounts that had written something by then.
        """
        accounts = (
            select(Account.source, Account.name, Identity.how, Identity.confidence)
            .join(Identity, Identity.account_id == Account.id)
            .where(Identity.person_id == person)
            .order_by(Account.id)
        )
        if at is not None:
            accounts = accounts.where(
                select(Comment.id).where(Comment.account_id == Account.id, written() < at).exists()
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
        comments = comments_of(self._session, person, at=at)
        return {"accounts": self._rows(accounts), "comments": comments, "events": self._rows(events)}

    def said_since(self, leads: Sequence[int]) -> dict[int, list[Row]]:
        """The comments of leads' persons since the one that their lead began with, the newest last."""
        return said_since(self._session, leads)

    def _rows(self, query: Any) -> list[Row]:
        return [dict(row._mapping) for row in self._session.execute(query)]

    def ledger(self, target: str) -> dict[int, str]:
        """The content last written for a target, by lead."""
        query = select(CrmExport.lead_id, CrmExport.content_hash).where(CrmExport.target == target)
        newest_last = query.order_by(CrmExport.written_at, CrmExport.id)
        return {row.lead_id: row.content_hash for row in self._session.execute(newest_last)}

    def silenced(self, target: str) -> list[int]:
        """Leads that a target has got and whose person asked since not to be contacted, by number."""
        query = select(Lead.id).join(Person, Person.id == Lead.person_id).join(CrmExport, CrmExport.lead_id == Lead.id)
        theirs = query.where(
            CrmExport.target == target, CrmExport.sent_at.is_not(None), Person.suppressed_at.is_not(None)
        )
        return list(self._session.scalars(theirs.distinct().order_by(Lead.id)))

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
