"""Who is who: persons, the accounts and contacts that tell them apart, merges, and who asked not to be contacted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from models.repositories.bulk import Bulk, known_moment
from models.repositories.contacts import OWN_CONTACT
from models.repositories.merging import merge_persons
from models.repositories.sharing import NO_COLLEAGUE
from models.repositories.suppressing import silent_accounts, stop_bringing, suppress_accounts, with_contacts
from models.repositories.unmerging import keep_apart, unmerge_persons

_OF_ACCOUNTS = "SELECT account_id, person_id FROM identity WHERE account_id {keys}"
_OF_CONTACTS = f"""
    SELECT value_hmac, person_id FROM (
        SELECT value_hmac, person_id, row_number() OVER (PARTITION BY value_hmac ORDER BY person_id) AS place FROM (
            SELECT DISTINCT contact.value_hmac, identity.person_id FROM contact
            JOIN comment ON comment.id = contact.comment_id JOIN identity ON identity.account_id = comment.account_id
            WHERE contact.value_hmac {{keys}} AND {OWN_CONTACT} AND {NO_COLLEAGUE}) AS holder) AS ranked
    WHERE place <= 2
"""  # noqa: S608 - our own names
_SOURCES = """
    WITH RECURSIVE each(source) AS (
        SELECT min(source) FROM account
        UNION ALL SELECT (SELECT min(source) FROM account WHERE source > each.source) FROM each
        WHERE each.source IS NOT NULL)
    SELECT source FROM each WHERE source IS NOT NULL
"""
_OF_IDS = """
    SELECT account.platform, account.external_id, min(identity.person_id) FROM account
    JOIN identity ON identity.account_id = account.id
    WHERE account.source {sources} AND account.external_id {keys}
    GROUP BY account.platform, account.external_id
"""
_ACCOUNTS = """
    SELECT identity.person_id, account.id, account.source, account.platform, account.external_id FROM identity
    JOIN account ON account.id = identity.account_id WHERE identity.person_id {keys}
"""
_RIVALS = """
    SELECT first, second FROM not_same WHERE first {keys}
    UNION ALL SELECT second, first FROM not_same WHERE second {keys}
"""
_BETWEEN = "(first {some} AND second {others}) OR (first {others} AND second {some})"
_NOTED = f"SELECT actor, happened_at FROM not_same WHERE {_BETWEEN} ORDER BY happened_at, first, second"  # noqa: S608
_WITHDRAW = f"DELETE FROM not_same WHERE {_BETWEEN}"  # noqa: S608 - our own words
_QUALIFY_AGAIN = """
    UPDATE comment SET qualified_version = NULL WHERE account_id {accounts} AND qualified_version IS NOT NULL
"""


class KnownAccount(NamedTuple):
    """An account of a person's."""

    person: int
    account: int
    source: str
    platform: str
    external_id: str


class IdentityRepository:
    """Who is who, in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._bulk = Bulk(session)

    def persons_of_accounts(self, accounts: Iterable[int]) -> dict[int, int]:
        """Person by account, for the accounts that are known."""
        return dict(self._bulk.find(_OF_ACCOUNTS, {"keys": list(set(accounts))}))

    def persons_of_contacts(self, digests: Iterable[str]) -> dict[str, set[int]]:
        """Persons by contact digest: the two earliest who left it, one of whom is not the asker; no colleagues."""
        found: dict[str, set[int]] = {}
        keys = sorted(set(digests))
        for digest, person in self._bulk.find(_OF_CONTACTS, {"keys": keys}) if keys else ():
            found.setdefault(digest, set()).add(person)
        return found

    def persons_of_ids(self, external_ids: Iterable[str]) -> dict[tuple[str, str], int]:
        """Person by (platform, external id), whatever source the account is of; of several the earliest."""
        keys = sorted(set(external_ids))
        if not keys:
            return {}
        sources = [source for (source,) in self._bulk.find(_SOURCES)]
        rows = self._bulk.find(_OF_IDS, {"keys": keys, "sources": sources})
        return {(platform, identity): person for platform, identity, person in rows}

    def accounts_of(self, persons: Iterable[int]) -> list[KnownAccount]:
        """The accounts of persons."""
        keys = sorted(set(persons))
        return [KnownAccount(*row) for row in self._bulk.find(_ACCOUNTS, {"keys": keys})] if keys else []

    def rivals(self, accounts: Iterable[int]) -> dict[int, set[int]]:
        """By account, the accounts that somebody said are not the same person's."""
        found: dict[int, set[int]] = {}
        keys = sorted(set(accounts))
        for account, other in self._bulk.find(_RIVALS, {"keys": keys}) if keys else ():
            found.setdefault(account, set()).add(other)
        return found

    def new_persons(self, number: int) -> Sequence[int]:
        """Ids for so many new persons; who is not added takes no place."""
        return self._bulk.new_ids("person", number) if number else ()

    def add_persons(self, rows: Iterable[tuple[int, str | None, datetime]]) -> None:
        """New persons: (one of :meth:`new_persons`, name, first seen)."""
        stamped = [(person, name, self._bulk.stamp(seen)) for person, name, seen in rows]
        self._bulk.insert("person", "id, name, first_seen_at", stamped)

    def add_identities(self, rows: Iterable[tuple[int, int, str, float]]) -> None:
        """Tie accounts to persons: (account, person, how, confidence); these accounts have none yet."""
        self._bulk.insert("identity", "account_id, person_id, how, confidence", list(rows))

    def merge(
        self,
        *,
        keep: int,
        drop: int,
        how: str,
        now: datetime,
        confidence: float | None = None,
        actor: str = "yinliu",
        reason: str = "",
    ) -> int:
        """Make two persons one, and write down what undoing it needs; gives the event.

        With a ``confidence``, accounts of the dropped one that nothing else had led to are known by ``how``, that sure.
        """
        self.hold_groups()
        told: dict[str, Any] = {"how": how, "actor": actor, "reason": reason, "confidence": confidence}
        return merge_persons(self._session, keep=keep, drop=drop, now=now, **told)

    def unmerge(self, event: int, *, actor: str, now: datetime) -> tuple[int, int]:
        """Take a merge back; gives (who was kept, who is back). :class:`LookupError` where it cannot be undone."""
        self.hold_groups()
        return unmerge_persons(self._session, event, actor=actor, now=now)

    def not_same(self, one: int, other: int, *, actor: str, now: datetime) -> int:
        """Note that two persons are not one: nothing merges their accounts. Gives the number of new pairs."""
        return keep_apart(self._session, one, other, actor=actor, now=now)

    def maybe_same(self, one: int, other: int) -> list[tuple[str, datetime]]:
        """Withdraw every note that two persons are not one: who had noted it when, by pair of accounts.

        What keeps two persons apart are the pairs of the accounts that they have now, whoever had them when it was
        noted: these pairs, and no others, are withdrawn. Qualify looks at what both wrote again, if there were any.
        """
        some, others = ([known.account for known in self.accounts_of([person])] for person in (one, other))
        keys: dict[str, Sequence[int]] = {"some": some, "others": others}
        noted = [(actor, known_moment(at)) for actor, at in self._bulk.find(_NOTED, keys)]
        if noted:
            self._bulk.change(_WITHDRAW, keys)
            self._bulk.change(_QUALIFY_AGAIN, {"accounts": some + others})
        return noted

    def suppress(
        self, accounts: Mapping[int, int | None], *, actor: str, now: datetime, reason: str = ""
    ) -> tuple[int, ...]:
        """Never route, export or contact the persons of these accounts; gives those who were not suppressed before.

        Each account has the comment that said so, or None. Accounts that leave the same contacts are meant as well.
        What was under way for them ends as ``opted_out``, and its seat is free.
        """
        if not accounts:
            return ()
        self.hold_groups()
        everyone = with_contacts(self._bulk, accounts)
        known = self.suppressed(self.persons_of_accounts(everyone).values())
        persons = suppress_accounts(self._session, everyone, actor=actor, now=now, reason=reason)
        stop_bringing(self._session, persons, actor=actor, now=now)
        return tuple(person for person in persons if person not in known)

    def silent(self, comments: Sequence[int]) -> dict[int, int]:
        """Whoever of the writers of these comments is to be suppressed for what is known: a comment by account."""
        return silent_accounts(self._bulk, comments)

    def suppressed(self, persons: Iterable[int]) -> set[int]:
        """Those of these persons who asked not to be contacted."""
        keys = sorted(set(persons))
        sql = "SELECT id FROM person WHERE suppressed_at IS NOT NULL AND id {keys}"
        return {person for (person,) in self._bulk.find(sql, {"keys": keys})} if keys else set()

    def hold_groups(self) -> None:
        """Let no route begin until this transaction ends (SQLite has one writer anyway).

        Seats may be given back, after leads were changed; route holds the groups and waits for leads.
        """
        if not self._bulk.sqlite:
            self._bulk.change("LOCK TABLE community_group IN ROW EXCLUSIVE MODE")
