"""Tickets as people read them: with the person, the lead, the post behind them, and who works on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from models.content import Post
from models.onboarding import ALIVE_STATES, OPEN_STATES, UNDER_WAY_STATES, Community, CommunityGroup, Ticket, among
from models.people import Lead, Person
from models.repositories.bulk import Bulk, moment_of
from models.repositories.contacts import teams_contacts

Row = dict[str, Any]

_STANDING = f"""
    SELECT id, state, community, operator, person_id, lead_id, leased_by, lease_token, attempts, ready_at,
    parked_reason,
    CASE WHEN leased_by IS NOT NULL AND ready_at > @clock THEN 1 ELSE 0 END,
    CASE WHEN parked_at IS NOT NULL AND {among(OPEN_STATES)} THEN 1 ELSE 0 END,
    (SELECT CASE WHEN suppressed_at IS NOT NULL THEN 1 ELSE 0 END FROM person WHERE person.id = ticket.person_id)
    FROM ticket WHERE id = :ticket
"""  # noqa: S608 - our own words
_MEMBER = """
    SELECT id FROM ticket WHERE person_id = :person AND community = :community AND state IN ('joined', 'retained')
    AND id <> :ticket ORDER BY id LIMIT 1
"""
_BUSY = f"""
    SELECT id, community FROM ticket WHERE person_id = :person AND id <> :ticket
    AND {among(UNDER_WAY_STATES)} LIMIT 1
"""  # noqa: S608 - our own words
_ALIVE = f"""
    SELECT person_id, id, state FROM ticket WHERE person_id{{persons}} AND {among(ALIVE_STATES)} ORDER BY person_id, id
"""  # noqa: S608 - our own words
_MASKED = """
    SELECT identity.person_id, contact.masked, contact.value_hmac FROM identity
    JOIN comment ON comment.account_id = identity.account_id
    JOIN contact ON contact.comment_id = comment.id WHERE identity.person_id{persons} ORDER BY contact.id
"""
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Standing:
    """How a ticket stands now: its state, whose it is, and who has it under a lease (``live``) until ``ready_at``.

    ``suppressed``: its person asked not to be contacted.
    """

    ticket: int
    state: str
    community: str
    operator: str | None
    person_id: int
    lead_id: int
    leased_by: str | None
    token: int
    attempts: int
    ready_at: datetime | None
    parked_reason: str | None
    live: bool
    parked: bool
    suppressed: bool


class TicketRepository:
    """The onboarding queue as it is read, in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._bulk = Bulk(session)

    def standing(self, ticket: int, *, lock: bool = False) -> Standing | None:
        """How a ticket stands, by the database's clock; None where there is no such ticket.

        ``lock``: nobody else changes it until the transaction ends.
        """
        statement = _STANDING + (" @lock" if lock else "")
        found = self._bulk.find(statement, ticket=ticket)
        if not found:
            return None
        row: list[Any] = list(found[0])
        row[9:] = moment_of(row[9]), row[10], *map(bool, row[11:])
        return Standing(*row)

    def membership(self, *, person: int, community: str, besides: int) -> int | None:
        """Another ticket by which a person is a member of a community; None without any."""
        found = self._bulk.find(_MEMBER, person=person, community=community, ticket=besides)
        return int(found[0][0]) if found else None

    def under_way(self, *, person: int, besides: int) -> tuple[int, str] | None:
        """Another ticket, with its community, by which a person is being brought somewhere; None without any."""
        found = self._bulk.find(_BUSY, person=person, ticket=besides)
        return (found[0][0], found[0][1]) if found else None

    def alive_of(self, persons: Sequence[int]) -> list[tuple[int, int, str]]:
        """(person, ticket, state) of the tickets of persons that are open, or brought them in; in order."""
        found = self._bulk.find(_ALIVE, {"persons": list(persons)}) if persons else []
        return [(person, ticket, state) for person, ticket, state in found]

    def queue(
        self,
        *,
        community: str | None = None,
        everything: bool = False,
        parked: bool = False,
        tickets: Sequence[int] | None = None,
    ) -> list[Row]:
        """Tickets with the person, the lead and the post behind them; without ``everything`` only open ones.

        ``parked``: of the open ones those that wait for a person to decide. ``tickets``: only these, in any state.
        """
        query = _listed() if tickets is None else _listed().where(Ticket.id.in_(tickets))
        if parked or (tickets is None and not everything):
            query = query.where(Ticket.state.in_(OPEN_STATES))
        query = query.where(Ticket.community == community) if community else query
        query = query.where(Ticket.parked_at.is_not(None)) if parked else query
        rows = [dict(row._mapping) for row in self._session.execute(query)]
        contacts = self._masked(sorted({row["person_id"] for row in rows}))
        return [{**row, "contacts": contacts.get(row["person_id"], [])} for row in rows]

    def whereabouts(self, *, communities: Sequence[str], operator: str, now: datetime) -> list[Row]:
        """How many (``tickets``) of those under way in communities, or an operator's, stand alike; the first one first.

        ``parked``; ``later``: under a lease, or put off, beyond ``now``.
        """
        alike = (Ticket.state, Ticket.operator, Ticket.leased_by)
        parked, later = Ticket.parked_at.is_not(None).label("parked"), (Ticket.ready_at > now).label("later")
        theirs = or_(Ticket.community.in_(communities), Ticket.operator == operator)
        query = select(*alike, parked, later, func.count().label("tickets"))
        query = query.where(Ticket.state.in_(UNDER_WAY_STATES), theirs).group_by(*alike, "parked", "later")
        return [dict(row._mapping) for row in self._session.execute(query.order_by(func.min(Ticket.id)))]

    def _masked(self, persons: Sequence[int]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for at in range(0, len(persons), _AT_ONCE):
            rows = self._bulk.find(_MASKED, {"persons": persons[at : at + _AT_ONCE]})
            teams = teams_contacts(self._bulk, {digest for *_, digest in rows})
            for person, masked, digest in rows:
                if digest not in teams and masked not in found.setdefault(person, []):
                    found[person].append(masked)
        return found


def _listed() -> Select[Any]:
    query = select(*_QUEUED).join(Community, Community.name == Ticket.community)
    query = query.join(Person, Person.id == Ticket.person_id).join(Lead, Lead.id == Ticket.lead_id)
    query = query.outerjoin(Post, Post.id == Ticket.post_id)
    return query.outerjoin(CommunityGroup, CommunityGroup.id == Ticket.group_id).order_by(Ticket.id)


_QUEUED = (
    Ticket.id,
    Ticket.state,
    Ticket.community,
    Community.title,
    CommunityGroup.name.label("group"),
    Ticket.operator,
    Ticket.created_at,
    Ticket.due_at,
    Ticket.late_at,
    Ticket.escalation,
    Ticket.ready_at,
    Ticket.leased_by,
    Ticket.attempts,
    Ticket.parked_at,
    Ticket.parked_reason,
    Ticket.reasons,
    Ticket.lead_id,
    Ticket.person_id,
    Ticket.post_id,
    Person.name,
    Lead.score,
    Lead.grade,
    Post.title.label("post"),
    Post.url.label("url"),
)
