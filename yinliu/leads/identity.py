"""Which person wrote a comment: by their account, by an id that is the same everywhere, by the contacts they left.

Never by a name alone. Two different ids in one id space, or somebody's word that two accounts are not one, veto.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

How = Literal["verified_id", "contact", "new"]
CONFIDENCE: dict[How, float] = {"verified_id": 1.0, "contact": 0.95, "new": 1.0}
"""How sure an account's person is: a contact can be shared in a family or a shop."""

ANONYMOUS = "comment:"
"""How the account of somebody begins whom the source gives no id: it stands for one comment alone."""


class IdSpace(NamedTuple):
    """Ids that mean the same account in every source of these platforms; ``one_each``: a person has one of them."""

    name: str
    platforms: frozenset[str]
    shape: re.Pattern[str]
    one_each: bool


def _exported(platform: str) -> frozenset[str]:
    """A platform's ids: by its own name, or out of what does not say of which platform it is."""
    return frozenset((platform, "file", "json"))


ID_SPACES = (
    IdSpace("wechat-openid", frozenset(("wechat_mp",)), re.compile(r"o[\w-]{27}", re.ASCII), False),
    IdSpace("xiaohongshu", _exported("xiaohongshu"), re.compile(r"[0-9a-f]{24}"), True),
    IdSpace("douyin", _exported("douyin"), re.compile(r"MS4wLjABAAAA[\w-]{30,100}", re.ASCII), True),
    IdSpace("tieba", _exported("tieba"), re.compile(r"tb\.1\.[0-9a-f]{8}\.[\w-]{20,40}", re.ASCII), True),
)
"""All that is taken for global; short numbers (a Weibo uid, a WordPress user) could be anybody's elsewhere.

An openid is one person's at one official account: they have others at others, so two of them do not veto. The other
three are made at random and long enough that the platform gives none twice, and an API or an old file may not say
whose export it is.
"""

_VARIED = 6
"""Different characters that an id has at least: 000…0 stands for somebody who is not known."""


class VouchedId(NamedTuple):
    """An id that a source vouches for, and where it is unique."""

    space: str
    value: str


def space_of(platform: str, external_id: str) -> IdSpace | None:
    """The id space that is wider than one source, where there is one."""
    if len(set(external_id)) < _VARIED:
        return None
    return next((s for s in ID_SPACES if platform in s.platforms and s.shape.fullmatch(external_id)), None)


def own_space(source: str, platform: str) -> str:
    """Where the ids of a source's accounts on one platform are unique: ``source:inbox/douyin``.

    No platform's name has a stroke in it.
    """
    return f"source:{source}/{platform}"


def vouched(*, source: str, platform: str, external_id: str) -> frozenset[VouchedId]:
    """The ids of an account by which two persons are told apart; none of somebody whom the source does not know.

    One source may hold exports of several platforms: its ids are unique on each of them, and nobody is on one only.
    """
    if external_id.startswith(ANONYMOUS):
        return frozenset()
    own, space = VouchedId(own_space(source, platform), external_id), space_of(platform, external_id)
    return frozenset((own, VouchedId(space.name, external_id))) if space and space.one_each else frozenset((own,))


@dataclass(slots=True)
class Traits:
    """What is known of a person: their accounts, vouched ids, and the accounts that are somebody else's."""

    accounts: set[int] = field(default_factory=set)
    ids: set[VouchedId] = field(default_factory=set)
    rivals: set[int] = field(default_factory=set)

    def take(self, other: Traits) -> None:
        """Add what is known of another who is the same."""
        self.accounts |= other.accounts
        self.ids |= other.ids
        self.rivals |= other.rivals


@dataclass(frozen=True, slots=True)
class Match:
    """A known person, or None for a new one; further persons who turn out to be the same one; by what."""

    person: int | None
    same: tuple[int, ...]
    how: How = "new"


def match(
    own: Traits,
    *,
    known: int | None,
    by_id: int | None,
    by_contact: Sequence[int],
    traits: Mapping[int, Traits],
) -> Match:
    """Whose comment this is: ``own`` of its account, the person ``known`` of it, of its id elsewhere, of its contacts.

    The earliest person is kept.
    """
    together, found = Traits(), []
    together.take(own)
    for person in dict.fromkeys(_candidates(known, by_id, by_contact)):
        theirs = traits.get(person) or Traits()
        if person == known or veto(together, theirs) is None:
            found.append(person)
            together.take(theirs)
    if not found:
        return Match(None, ())
    how: How = "verified_id" if by_id in found else "contact"
    return Match(min(found), tuple(sorted(found)[1:]), how)


def _candidates(known: int | None, by_id: int | None, by_contact: Iterable[int]) -> Iterator[int]:
    yield from (person for person in (known, by_id) if person is not None)
    yield from sorted(by_contact)


Veto = Literal["not_same", "two_ids"]


def veto(some: Traits, others: Traits) -> Veto | None:
    """Why two cannot be one person: somebody said so, or they have two different ids in one space. None: they can."""
    if not some.rivals.isdisjoint(others.accounts) or not others.rivals.isdisjoint(some.accounts):
        return "not_same"
    return "two_ids" if _differ(some.ids, others.ids) else None


def _differ(some: Collection[VouchedId], others: Collection[VouchedId]) -> bool:
    return any(one.space == other.space and one.value != other.value for one in some for other in others)
