"""The ledger of invitations by a hub: the intent before each send, its result after it, and what is not settled.

A ticket whose send is not settled is not to be invited: it is looked up at the hub first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models.repositories import sends_sql as sql
from models.repositories.bulk import Bulk, Line, known_moment
from models.repositories.contacts import unusable


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that is ready to be invited by a hub: its person, and the group it has a seat in."""

    ticket: int
    person_id: int
    group_id: int


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A send of which nobody knows whether it was done: where, whom (keyed digest), and what was there before it."""

    send: int
    ticket: int
    person_id: int
    state: str
    community: str
    group: str
    address_hmac: str
    intended_at: datetime
    detail: str | None


@dataclass(frozen=True, slots=True)
class Awaited:
    """A ticket whose joining (or leaving) the hub may show, by the keyed digests of its person's addresses."""

    ticket: int
    state: str
    created_at: datetime
    digests: frozenset[str]


class SendRepository:
    """Invitations by hubs, in one session."""

    def __init__(self, session: Session | Line) -> None:
        self._bulk = Bulk(session)

    def candidates(
        self, *, communities: Sequence[str], kinds: Sequence[str], limit: int, after: int = 0
    ) -> list[tuple[int, str, str]]:
        """(ticket, community, group) that are ready, of persons who left a contact of these kinds; by id."""
        keys = {"communities": communities, "kinds": kinds}
        return list(self._bulk.find(sql.CANDIDATES, keys, number=limit, after=after))

    def by_hand(self, *, communities: Sequence[str], kinds: Sequence[str]) -> int:
        """How many tickets are ready whose person left no contact of these kinds: an operator invites them."""
        return int(self._bulk.find(sql.BY_HAND, {"communities": communities, "kinds": kinds})[0][0])

    def lock_ready(self, ticket: int) -> Candidate | None:
        """The ticket, locked, when it is still ready and nothing of it is unsettled."""
        rows = self._bulk.find(sql.LOCK_READY, ticket=ticket)
        return Candidate(*rows[0]) if rows else None

    def contacts(self, person: int, *, kinds: Sequence[str]) -> list[tuple[str, bytes, str]]:
        """(kind, cipher, keyed digest) of what a person left of these kinds, oldest first; not the team's."""
        rows = self._bulk.find(sql.CONTACTS, {"kinds": kinds}, person=person)
        not_theirs = unusable(self._bulk, {digest for *_, digest in rows})
        return [(kind, bytes(cipher), digest) for kind, cipher, digest in rows if digest not in not_theirs]

    def is_suppressed(self, person: int) -> bool:
        """True for somebody who is never to be contacted again."""
        return bool(self._bulk.find(sql.SUPPRESSED, person=person))

    def intend(self, candidate: Candidate, *, hub: str, key: str, address_hmac: str, token: int, detail: str) -> int:
        """Write down that an invitation is about to be sent; gives its id. Fails while another one is unsettled."""
        rows = self._bulk.find(
            sql.INTEND,
            ticket=candidate.ticket,
            group_id=candidate.group_id,
            hub=hub,
            key=key,
            address_hmac=address_hmac,
            token=token,
            detail=detail,
        )
        return int(rows[0][0])

    def doubt(self, send: int, *, detail: str) -> None:
        """Write down that nobody knows whether it was sent."""
        self._bulk.change(sql.DOUBT, send=send, detail=detail)

    def settle(self, send: int, *, state: str, detail: str | None = None) -> bool:
        """Write down how a send ended; False where that was done before."""
        return self._bulk.change(sql.SETTLE, send=send, state=state, detail=detail) == 1

    def unsettled(self, *, hub: str, older_than: timedelta, limit: int, after: int = 0) -> list[Unsettled]:
        """Sends without a result, intended so long ago, on tickets that nobody has a lease of; by id, after one."""
        seconds = -older_than.total_seconds()
        rows = self._bulk.find(sql.UNSETTLED, hub=hub, seconds=seconds, number=limit, after=after)
        return [_unsettled(row) for row in rows]

    def elsewhere(self, hubs: Sequence[str], *, limit: int) -> list[Unsettled]:
        """The same at any hub but these."""
        rows = self._bulk.find(sql.UNSETTLED_ELSEWHERE, {"hubs": hubs}, seconds=0, number=limit, after=0)
        return [_unsettled(row) for row in rows]

    def is_open(self, ticket: int) -> bool:
        """True while nobody knows whether this ticket's person was invited."""
        return bool(self._bulk.find(sql.OPEN, ticket=ticket))

    def is_unsettled(self, send: int) -> bool:
        """True while a send has no result; it is then locked until the transaction ends."""
        return bool(self._bulk.find(sql.LOCK_SEND, send=send))

    def awaited(self, *, community: str, group: str, kinds: Sequence[str]) -> list[Awaited]:
        """Tickets in a group that somebody may have joined or left, with every address they may be known by there."""
        found: dict[tuple[int, str, Any], set[str]] = {}
        for statement in (sql.AWAITED_SENDS, sql.AWAITED_CONTACTS):
            keys = {"kinds": kinds} if statement is sql.AWAITED_CONTACTS else None
            for *ticket, digest in self._bulk.find(statement, keys, community=community, group=group):
                found.setdefault((*ticket,), set()).add(digest)
        not_theirs = unusable(self._bulk, set[str]().union(*found.values()))
        return [
            Awaited(ticket, state, known_moment(created), frozenset(digests - not_theirs))
            for (ticket, state, created), digests in sorted(found.items())
        ]

    def place(self, ticket: int) -> tuple[str | None, str, str | None, str | None, int | None] | None:
        """The person's name, the community, the group, the operator and the post of a ticket."""
        rows = self._bulk.find(sql.PLACE, ticket=ticket)
        return tuple(rows[0]) if rows else None


def _unsettled(row: tuple[Any, ...]) -> Unsettled:
    place, intended, detail = row[:-2], row[-2], row[-1]
    return Unsettled(*(*place, known_moment(intended), detail))
