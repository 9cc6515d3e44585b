"""Persons as people ask about them: a list, one of them with accounts and merges, names, and the merges so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from models.content import Account
from models.people import Identity, Lead, MergeEvent, Person, Signal, Suppression
from models.repositories.bulk import Bulk
from models.repositories.sharing import shared_contacts, sharing_contact
from models.repositories.snapshots import table_of
from models.repositories.suppressing import misheard
from models.repositories.unmerging import holder_of
from models.repositories.withdrawing import Undone, withdraw, withdrawals

Row = dict[str, Any]

_PERSON, _IDENTITY, _ACCOUNT, _LEAD, _EVENT, _SUPPRESSION = map(
    table_of, (Person, Identity, Account, Lead, MergeEvent, Suppression)
)


class PersonRepository:
    """Persons to look at, in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def listing(self, *, name: str | None = None, suppressed: bool = False, limit: int) -> list[Row]:
        """The newest persons: with part of a name among their accounts' or their own, or only suppressed ones."""
        query = select(_PERSON.c.id, _PERSON.c.name, _PERSON.c.first_seen_at, _PERSON.c.suppressed_at)
        query = query.add_columns(_LEAD.c.id.label("lead"), _LEAD.c.grade, _LEAD.c.score)
        query = query.outerjoin(_LEAD, _LEAD.c.person_id == _PERSON.c.id)
        query = _asked_for(query, name=name, suppressed=suppressed)
        rows = self._rows(query.order_by(_PERSON.c.id.desc()).limit(limit))
        accounts = self.accounts(row["id"] for row in rows)
        return [{**row, "accounts": accounts.get(row["id"], [])} for row in rows]

    def count(self, *, name: str | None = None, suppressed: bool = False) -> int:
        """How many persons there are: all, those with part of a name, or only suppressed ones."""
        query = _asked_for(select(func.count()).select_from(_PERSON), name=name, suppressed=suppressed)
        return self._session.scalar(query) or 0

    def known(self, person: int) -> bool:
        """Whether there is such a person."""
        return self._session.scalar(select(_PERSON.c.id).where(_PERSON.c.id == person)) is not None

    def accounts(self, persons: Iterable[int]) -> dict[int, list[Row]]:
        """The accounts of persons by person: where, called what, known how; who suppressed them when, for what."""
        query = (
            select(
                *(_IDENTITY.c.person_id, _ACCOUNT.c.id, _ACCOUNT.c.source, _ACCOUNT.c.platform, _ACCOUNT.c.name),
                *(_IDENTITY.c.how, _IDENTITY.c.confidence),
                _SUPPRESSION.c.happened_at.label("suppressed_at"),
                _SUPPRESSION.c.actor.label("suppressed_by"),
                _SUPPRESSION.c.reason.label("suppressed_why"),
                _SUPPRESSION.c.comment_id.label("suppressed_for"),
            )
            .join(_ACCOUNT, _ACCOUNT.c.id == _IDENTITY.c.account_id)
            .outerjoin(_SUPPRESSION, _SUPPRESSION.c.account_id == _ACCOUNT.c.id)
            .where(_IDENTITY.c.person_id.in_(sorted(set(persons))))
            .order_by(_ACCOUNT.c.id)
        )
        found: dict[int, list[Row]] = {}
        for row in self._rows(query):
            found.setdefault(row.pop("person_id"), []).append(row)
        return found

    def merges(self, *, person: int | None = None, limit: int) -> list[Row]:
        """The newest merges, of everybody or of one person: who into whom, how, by whom, and when it was undone."""
        query = select(
            *(_EVENT.c.id, _EVENT.c.kept, _EVENT.c.dropped, _EVENT.c.how, _EVENT.c.actor, _EVENT.c.happened_at),
            *(_EVENT.c.undone_at, _EVENT.c.accounts),
            _EVENT.c.before["reason"].as_string().label("reason"),
        )
        query = query.where(or_(_EVENT.c.kept == person, _EVENT.c.dropped == person)) if person is not None else query
        return self._rows(query.order_by(_EVENT.c.id.desc()).limit(limit))

    def of_lead(self, lead: int) -> int | None:
        """Whose lead it is; None where there is none such."""
        return self._session.scalar(select(Lead.person_id).where(Lead.id == lead))

    def merged_into(self, person: int) -> int | None:
        """Who has now what a person had that is no more; None where nobody has."""
        return holder_of(self._session, person)

    def named(self) -> list[tuple[int, int, str, str]]:
        """(person, account, source, name) of every account that has a name, but the team's own."""
        query = select(_IDENTITY.c.person_id, _ACCOUNT.c.id, _ACCOUNT.c.source, _ACCOUNT.c.name)
        query = query.join(_ACCOUNT, _ACCOUNT.c.id == _IDENTITY.c.account_id).where(_ACCOUNT.c.name.is_not(None))
        team = select(Signal.account_id).where(Signal.kind == "colleague", Signal.withdrawn_at.is_(None))
        return [tuple(row) for row in self._session.execute(query.where(_ACCOUNT.c.id.not_in(team)))]

    def withdraw(self, person: int, *, actor: str, reason: str, now: datetime) -> Undone:
        """Take back that a person is not to be contacted; gives what was taken back."""
        return withdraw(self._session, person, actor=actor, reason=reason, now=now)

    def withdrawals(self, person: int, *, at: datetime | None = None) -> list[Row]:
        """What was taken back of a person's opt-outs (before a moment): who had said so, who took it back when, why."""
        return withdrawals(self._session, person, at=at)

    def misheard(self, comments: Collection[int]) -> set[int]:
        """Those of these comments that were found to be no opt-outs, and that still read as they did."""
        return misheard(Bulk(self._session), comments)

    def sharing_contact(self, person: int) -> list[int]:
        """Who else left a contact that this person left, by number; the team's and groups' are nobody's own."""
        return sharing_contact(Bulk(self._session), person)

    def shared_contacts(self) -> list[list[int]]:
        """The persons who left one contact, of each contact that several left."""
        return shared_contacts(Bulk(self._session))

    def _rows(self, query: Any) -> list[Row]:
        return [dict(row._mapping) for row in self._session.execute(query)]


def _asked_for(query: Select[Any], *, name: str | None, suppressed: bool) -> Select[Any]:
    query = query.where(_PERSON.c.suppressed_at.is_not(None)) if suppressed else query
    return query.where(_called(name)) if name else query


def _called(name: str) -> Any:
    """Persons who are called so somewhere, as a part of a name."""
    accounts: Select[Any] = select(_IDENTITY.c.person_id).join(_ACCOUNT, _ACCOUNT.c.id == _IDENTITY.c.account_id)
    somewhere = accounts.where(_ACCOUNT.c.name.contains(name, autoescape=True))
    return or_(_PERSON.c.name.contains(name, autoescape=True), _PERSON.c.id.in_(somewhere))
