"""The part of qualify that finds the person behind each comment, and merges persons who turn out to be one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from models.unit_of_work import UnitOfWork
from yinliu.leads.identity import ANONYMOUS, CONFIDENCE, How, Traits, VouchedId, match, space_of, vouched
from yinliu.leads.signals import TaggedComment
from yinliu.stages.counts import now

__all__ = ["ANONYMOUS", "Identifying", "traits_of"]


class Identifying:
    """The persons of one batch of comments."""

    def __init__(self, work: UnitOfWork, rows: Sequence[dict[str, Any]], comments: Sequence[TaggedComment]) -> None:
        self._work = work
        accounts = {row["account_id"] for row in rows}
        self._by_account = work.identities.persons_of_accounts(accounts)
        digests = [digest for comment in comments for _, digest in comment.contacts]
        self._by_contact = work.identities.persons_of_contacts(digests)
        self._by_id = _by_id(work, {row["account"] for row in rows if _key(row)})
        known = {*self._by_account.values(), *self._by_id.values()}.union(*self._by_contact.values())
        self._traits = traits_of(work, known)
        self._rivals = work.identities.rivals(accounts - self._by_account.keys())
        self._free = iter(work.identities.new_persons(len(accounts - self._by_account.keys())))
        self._persons: dict[int, int] = {}
        self._added: list[tuple[int, str | None, datetime]] = []
        self._tied: list[tuple[int, int, str, float]] = []
        self.new = 0
        for row, comment in zip(rows, comments, strict=True):
            self._identify(row, [digest for _, digest in comment.contacts])
        self._write()

    @property
    def persons(self) -> dict[int, int]:
        """Person by comment."""
        return self._persons

    def _identify(self, row: dict[str, Any], contacts: Sequence[str]) -> None:
        account, key = row["account_id"], _key(row)
        own = Traits({account}, _ids(row), self._rivals.get(account, set()))
        found = match(
            own,
            known=self._by_account.get(account),
            by_id=self._by_id.get(key) if key else None,
            by_contact=sorted(self._others(contacts, self._by_account.get(account))),
            traits=self._traits,
        )
        person = found.person or self._new_person(row)
        if account not in self._by_account:
            self._tied.append((account, person, found.how, CONFIDENCE[found.how]))
        self._traits.setdefault(person, Traits()).take(own)
        self._merge(person, found.same, how=found.how)
        self._by_account[account] = self._persons[row["id"]] = person
        for digest in contacts:
            self._by_contact.setdefault(digest, set()).add(person)
        if key:
            self._by_id.setdefault(key, person)

    def _others(self, contacts: Sequence[str], known: int | None) -> set[int]:
        """Who left each of these contacts first, besides the person who is known to ask."""
        others = (self._by_contact.get(digest, set()) - {known} for digest in contacts)
        return {min(persons) for persons in others if persons}

    def _new_person(self, row: dict[str, Any]) -> int:
        self.new += 1
        person = next(self._free)
        self._added.append((person, row["name"], row["at"]))
        return person

    def _write(self) -> None:
        """New persons and identities, many at once."""
        self._work.identities.add_persons(self._added)
        self._work.identities.add_identities(self._tied)
        self._added, self._tied = [], []

    def _merge(self, keep: int, same: Iterable[int], *, how: How) -> None:
        for drop in same:
            self._write()
            self._work.identities.merge(keep=keep, drop=drop, how=how, confidence=CONFIDENCE[how], now=now())
            self._traits[keep].take(self._traits.pop(drop, Traits()))
            for known in (self._by_account, self._by_id, self._persons):
                _rename(known, drop, keep)
            for persons in self._by_contact.values():
                if drop in persons:
                    persons.symmetric_difference_update({drop} if keep in persons else {drop, keep})


def _ids(row: dict[str, Any]) -> set[VouchedId]:
    return set(vouched(source=row["source"], platform=row["platform"], external_id=row["account"]))


def _key(row: dict[str, Any]) -> tuple[str, str] | None:
    """By what the same account is known in other sources: its id space and id."""
    space = space_of(row["platform"], row["account"])
    return (space.name, row["account"]) if space else None


def traits_of(work: UnitOfWork, persons: Iterable[int]) -> dict[int, Traits]:
    """What is known of persons that tells them apart."""
    found: dict[int, Traits] = {}
    accounts = work.identities.accounts_of(persons)
    rivals = work.identities.rivals(one.account for one in accounts)
    for one in accounts:
        ids = vouched(source=one.source, platform=one.platform, external_id=one.external_id)
        found.setdefault(one.person, Traits()).take(Traits({one.account}, set(ids), rivals.get(one.account, set())))
    return found


def _by_id(work: UnitOfWork, wanted: Iterable[str]) -> dict[tuple[str, str], int]:
    """Person by id space and id, of ids that mean the same account in every source."""
    found: dict[tuple[str, str], int] = {}
    for (platform, identity), person in work.identities.persons_of_ids(wanted).items():
        space = space_of(platform, identity)
        if space:
            found[space.name, identity] = min(person, found.get((space.name, identity), person))
    return found


def _rename(persons: dict[Any, int], drop: int, keep: int) -> None:
    """Let whatever led to one person lead to the other."""
    persons.update({key: keep for key, person in persons.items() if person == drop})
