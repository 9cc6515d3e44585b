"""Which person wrote a comment: by their account, and by the contacts they left themselves; never by a name alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

How = Literal["contact", "new"]
CONFIDENCE: dict[How, float] = {"contact": 0.95, "new": 1.0}
"""How sure an account's person is: a contact can be shared in a family or a shop."""

VerifiedIds = Mapping[int, Collection[tuple[str, str]]]
"""By person, the (source, id) of accounts that the source itself vouches for."""


@dataclass(frozen=True, slots=True)
class Match:
    """A known person, or None for a new one; further persons who turn out to be the same one."""

    person: int | None
    same: tuple[int, ...]


def match(
    account: int,
    contacts: Sequence[str],
    *,
    own_id: tuple[str, str] | None,
    by_account: Mapping[int, int],
    by_contact: Mapping[str, int],
    verified: VerifiedIds,
) -> Match:
    """Whose comment this is. The earliest person is kept; two different verified ids on one source veto."""
    ids = {own_id} if own_id else set()
    found: list[int] = []
    known = [by_account[account]] if account in by_account else []
    for person in dict.fromkeys((*known, *sorted(by_contact[d] for d in contacts if d in by_contact))):
        theirs = set(verified.get(person, ()))
        if person in known or not _veto(ids, theirs):
            found.append(person)
            ids |= theirs
    return Match(min(found), tuple(sorted(found)[1:])) if found else Match(None, ())


def _veto(some: Collection[tuple[str, str]], others: Collection[tuple[str, str]]) -> bool:
    """True when two sets of ids name different accounts on one source."""
    return any(source == other and identity != theirs for source, identity in some for other, theirs in others)
