"""The part of qualify that finds the person behind each comment, and merges persons who turn out to be one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from models.unit_of_work import UnitOfWork
from yinliu.leads.identity import CONFIDENCE, How, match
from yinliu.leads.signals import TaggedComment
from yinliu.stages.counts import now

ANONYMOUS = "comment:"
"""How the account of somebody begins whom the source gives no id: it stands for one comment alone."""


class Identifying:
    """The persons of one batch of comments."""

    def __init__(self, work: UnitOfWork, rows: Sequence[dict[str, Any]], comments: Sequence[TaggedComment]) -> None:
        self._work = work
        self._by_account = work.people.persons_of_accounts(row["account_id"] for row in rows)
        digests = [digest for comment in comments for _, digest in comment.contacts]
        self._by_contact = work.people.persons_of_contacts(digests)
        known = {*self._by_account.values(), *self._by_contact.values()}
        self._verified: dict[int, set[tuple[str, str]]] = {}
        for person, source, identity in work.people.accounts_of(known):
            if not identity.startswith(ANONYMOUS):
                self._verified.setdefault(person, set()).add((source, identity))
        self._persons: dict[int, int] = {}
        self.new = 0
        for row, comment in zip(rows, comments, strict=True):
            self._identify(row, [digest for _, digest in comment.contacts if not comment.by_colleague])

    @property
    def persons(self) -> dict[int, int]:
        """Person by comment."""
        return self._persons

    def _identify(self, row: dict[str, Any], contacts: Sequence[str]) -> None:
        account = row["account_id"]
        own_id = None if row["account"].startswith(ANONYMOUS) else (row["source"], row["account"])
        found = match(
            account,
            contacts,
            own_id=own_id,
            by_account=self._by_account,
            by_contact=self._by_contact,
            verified=self._verified,
        )
        person = found.person or self._new_person(row)
        if account not in self._by_account:
            how: How = "contact" if found.person else "new"
            self._work.people.add_identity(account=account, person=person, how=how, confidence=CONFIDENCE[how])
        self._verified.setdefault(person, set()).update({own_id} if own_id else ())
        self._merge(person, found.same)
        self._by_account[account] = self._persons[row["id"]] = person
        self._by_contact.update(dict.fromkeys(contacts, person) | self._by_contact)

    def _new_person(self, row: dict[str, Any]) -> int:
        self.new += 1
        return self._work.people.add_person(name=row["name"], seen_at=row["at"])

    def _merge(self, keep: int, same: Iterable[int]) -> None:
        for drop in same:
            self._work.people.merge(keep=keep, drop=drop, how="contact", now=now())
            self._verified[keep] |= self._verified.pop(drop, set())
            _rename(self._by_account, drop, keep)
            _rename(self._by_contact, drop, keep)
            _rename(self._persons, drop, keep)


def _rename(persons: dict[Any, int], drop: int, keep: int) -> None:
    """Let whatever led to one person lead to the other."""
    persons.update({key: keep for key, person in persons.items() if person == drop})
