"""Persons, their accounts and signals, and the leads that these add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from models.content import Account, Comment, Contact, Post, Tag
from models.people import Identity, Lead, Person, Signal
from models.repositories.merging import merge_persons
from models.repositories.upsert import chunks, upsert

Row = dict[str, Any]


_DECIDING = 0x706572736F6E
"""The number of PostgreSQL's advisory lock: two processes would make two persons of one account."""


SHARED_CONTACTS = ("qq-group", "landline", "service-number")
"""Rules of contacts that say where a group or a firm is, and not who somebody is."""


class PeopleRepository:
    """Who is who and how interested, in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def take_turn(self) -> None:
        """Let nobody else decide who is who until this transaction ends (SQLite has one writer at a time anyway)."""
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(select(func.pg_advisory_xact_lock(_DECIDING)))

    def unqualified(self, version: str, *, reading: str, limit: int) -> list[Row]:
        """Comments tagged by a version that this reading did not qualify: who wrote what where, oldest id first."""
        query = (
            select(*_COMMENT)
            .join(Account, Account.id == Comment.account_id)
            .outerjoin(Post, Post.id == Comment.post_id)
            .where(Comment.tagged_version == version)
            .where(or_(Comment.qualified_version.is_(None), Comment.qualified_version != reading))
            .order_by(Comment.id)
            .limit(limit)
            .with_for_update(of=Comment, skip_locked=True)
        )
        return [dict(row._mapping) for row in self._session.execute(query)]

    def tags_of_comments(self, comments: Sequence[int]) -> list[tuple[int, str, str]]:
        """(comment, kind, label) of comments."""
        query = select(Tag.comment_id, Tag.kind, Tag.label).where(Tag.comment_id.in_(comments)).order_by(Tag.id)
        return [(int(key or 0), kind, label) for key, kind, label in self._session.execute(query)]

    def topics_of_posts(self, posts: Iterable[int]) -> list[tuple[int, str]]:
        """(post, topic) of posts."""
        query = select(Tag.post_id, Tag.label).where(Tag.post_id.in_(set(posts)), Tag.kind == "topic").order_by(Tag.id)
        return [(int(key or 0), label) for key, label in self._session.execute(query)]

    def contacts_of_comments(self, comments: Sequence[int]) -> list[tuple[int, str, str]]:
        """(comment, kind, keyed digest) of the contacts left in comments; numbers that many share are not one's own."""
        query = select(Contact.comment_id, Contact.kind, Contact.value_hmac).where(
            Contact.comment_id.in_(comments), Contact.rule.not_in(SHARED_CONTACTS)
        )
        return list(self._session.execute(query.order_by(Contact.id)))

    def persons_of_accounts(self, accounts: Iterable[int]) -> dict[int, int]:
        """Person by account, for the accounts that are known."""
        query = select(Identity.account_id, Identity.person_id).where(Identity.account_id.in_(set(accounts)))
        return dict(self._session.execute(query).all())

    def persons_of_contacts(self, digests: Iterable[str]) -> dict[str, int]:
        """Person by contact digest: whoever left that contact first; what a colleague wrote is the team's own."""
        by_colleague = select(Signal.id).where(Signal.comment_id == Comment.id, Signal.kind == "colleague").exists()
        query = (
            select(Contact.value_hmac, func.min(Identity.person_id))
            .join(Comment, Comment.id == Contact.comment_id)
            .join(Identity, Identity.account_id == Comment.account_id)
            .where(Contact.value_hmac.in_(set(digests)), Contact.rule.not_in(SHARED_CONTACTS), ~by_colleague)
            .group_by(Contact.value_hmac)
        )
        return dict(self._session.execute(query).all())

    def add_person(self, *, name: str | None, seen_at: datetime) -> int:
        """A new person's id."""
        person = Person(name=name, first_seen_at=seen_at)
        self._session.add(person)
        self._session.flush()
        return person.id

    def add_identity(self, *, account: int, person: int, how: str, confidence: float) -> None:
        """Tie an account to a person."""
        row = {"account_id": account, "person_id": person, "how": how, "confidence": confidence}
        upsert(self._session, Identity, [row], key=("account_id",), update=())

    def accounts_of(self, persons: Iterable[int]) -> list[tuple[int, str, str]]:
        """(person, source, external id) of the accounts of persons."""
        query = select(Identity.person_id, Account.source, Account.external_id).join(
            Account, Account.id == Identity.account_id
        )
        return list(self._session.execute(query.where(Identity.person_id.in_(set(persons)))))

    def merge(self, *, keep: int, drop: int, how: str, now: datetime) -> None:
        """Make two persons one; the earlier name stays, and an event says which accounts moved."""
        merge_persons(self._session, keep=keep, drop=drop, how=how, now=now)

    def add_signals(self, rows: Sequence[Row]) -> int:
        """Append signals; gives the number of new ones."""
        return upsert(self._session, Signal, rows, key=("person_id", "kind", "evidence", "version"), update=())

    def withdraw_signals(self, comments: Sequence[int], *, version: str, given: set[tuple[int, str, str]]) -> None:
        """Take back what these comments no longer say: all but the ``given`` (person, kind, evidence).

        Another comment of the same person may say it still: these are to be qualified anew.
        """
        query = select(Signal.id, Signal.person_id, Signal.kind, Signal.evidence)
        found = self._session.execute(query.where(Signal.comment_id.in_(comments), Signal.version == version))
        gone = {key: person for key, person, kind, evidence in found if (person, kind, evidence) not in given}
        if gone:
            self._session.execute(delete(Signal).where(Signal.id.in_(gone)))
            accounts = select(Identity.account_id).where(Identity.person_id.in_(set(gone.values())))
            others = update(Comment).where(Comment.account_id.in_(accounts), Comment.id.not_in(comments))
            self._session.execute(others.values(qualified_version=None).execution_options(synchronize_session=False))

    def mark_qualified(self, comments: Sequence[int], *, version: str) -> None:
        """These comments have given their signals."""
        self._session.execute(update(Comment).where(Comment.id.in_(comments)).values(qualified_version=version))

    def outdated(self, scoring_version: str, *, limit: int) -> list[int]:
        """Persons whose lead was scored by other rules than these."""
        query = select(Lead.person_id).where(Lead.scoring_version != scoring_version).order_by(Lead.person_id)
        return list(self._session.scalars(query.limit(limit)))

    def signals_of(self, persons: Sequence[int], *, version: str) -> dict[int, list[Row]]:
        """The signals of persons by person, each with its comment's post, oldest first."""
        found: dict[int, list[Row]] = {person: [] for person in persons}
        for part in chunks(persons):
            query = (
                select(
                    Signal.person_id,
                    Signal.kind,
                    Signal.label,
                    Signal.evidence,
                    Signal.happened_at,
                    Signal.comment_id,
                    Comment.post_id,
                )
                .join(Comment, Comment.id == Signal.comment_id)
                .where(Signal.person_id.in_(part), Signal.version == version)
                .order_by(Signal.happened_at, Signal.evidence, Signal.kind)
            )
            for row in self._session.execute(query):
                found[row.person_id].append(dict(row._mapping))
        return found

    def leads_of(self, persons: Sequence[int]) -> dict[int, Row]:
        """The leads of persons by person."""
        found: dict[int, Row] = {}
        for part in chunks(persons):
            for lead in self._session.scalars(select(Lead).where(Lead.person_id.in_(part))):
                found[lead.person_id] = {name: getattr(lead, name) for name in _LEAD}
        return found

    def keep_leads(self, rows: Sequence[Row]) -> None:
        """Write leads, one a person."""
        upsert(self._session, Lead, rows, key=("person_id",), update=[name for name in _LEAD if name != "person_id"])


_LEAD = (
    "person_id", "score", "grade", "qualified", "breakdown", "scoring_version", "comment_id", "post_id", "qualified_at",
    "changed_at",
)  # fmt: skip


_COMMENT = (
    Comment.id,
    Comment.account_id,
    Comment.post_id,
    Comment.source,
    Comment.external_id,
    func.coalesce(Comment.published_at, Comment.first_seen_at, type_=Comment.first_seen_at.type).label("at"),
    Account.name,
    Account.external_id.label("account"),
    Post.author,
)
