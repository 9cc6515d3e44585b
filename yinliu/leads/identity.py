"""Which person wrote a comment: by their account, else by a contact they left themselves; never by a name alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

How = Literal["account", "contact", "new"]
CONFIDENCE: dict[How, float] = {"account": 1.0, "contact": 0.95, "new": 1.0}
"""How sure each way is: a contact can be shared in a family or a shop."""


@dataclass(frozen=True, slots=True)
class Match:
    """A known person, or None for a new one, and how that was decided."""

    person: int | None
    how: How


def match(
    account: int, contacts: Sequence[str], *, by_account: Mapping[int, int], by_contact: Mapping[str, int]
) -> Match:
    """Whose comment this is; ``contacts`` are keyed digests. The earliest known person wins."""
    if account in by_account:
        return Match(by_account[account], "account")
    known = [by_contact[digest] for digest in contacts if digest in by_contact]
    return Match(min(known), "contact") if known else Match(None, "new")
