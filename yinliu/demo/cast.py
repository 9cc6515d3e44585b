"""Who says what: every line of the script gets an author, the same one on every day."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from random import Random

from yinliu.demo.script import BrandScript, Line, People

_LEAVE_A_CONTACT = 15
_REGULARS = 14
_SHARE_OF_REGULARS = 0.28
_STAFF_PREFIX = "staff-"


@dataclass(frozen=True, slots=True)
class Author:
    """A name and the id the site knows it by."""

    id: str
    name: str

    @classmethod
    def reader(cls, name: str) -> Author:
        """Somebody who comments."""
        return cls(_number(name), name)

    @classmethod
    def staff(cls, name: str) -> Author:
        """Somebody who answers for a brand."""
        return cls(_STAFF_PREFIX + _number(name), name)


def is_staff(author_id: str) -> bool:
    """Whether that id belongs to somebody who answers for a brand."""
    return author_id.startswith(_STAFF_PREFIX)


class Cast:
    """Hands out authors: a contact always comes from one person, regulars speak often, most people once."""

    def __init__(self, people: People, brands: Sequence[BrandScript]) -> None:
        self._rng = Random("cast")
        self._by_contact: dict[str, str] = {}
        self._advertisers = cycle(people.advertisers)
        self._troupes = {
            brand.name: _Troupe(people.readers[index :: len(brands)], self._rng) for index, brand in enumerate(brands)
        }

    def author(self, line: Line, brand: BrandScript, *, heard: Sequence[Author]) -> Author:
        """Who says the line to the people heard before it in the thread."""
        if line.speaker == "brand":
            return Author.staff(self._rng.choice(brand.operators))
        if line.speaker == "asker":
            return heard[0]
        return Author.reader(self._reader(line, self._troupes[brand.name], {author.name for author in heard}))

    def _reader(self, line: Line, troupe: _Troupe, heard: set[str]) -> str:
        if line.contact is not None and line.contact in self._by_contact:
            return self._by_contact[line.contact]
        name = self._new_voice(line, troupe, heard)
        if line.contact is not None:
            self._by_contact[line.contact] = name
        return name

    def _new_voice(self, line: Line, troupe: _Troupe, heard: set[str]) -> str:
        if line.label == "spam_ad":
            return next(self._advertisers)
        return troupe.contact() if line.contact else troupe.talker(heard)


class _Troupe:
    """The readers of one brand."""

    def __init__(self, names: Sequence[str], rng: Random) -> None:
        shuffled = rng.sample(names, len(names))
        self._contacts = shuffled[:_LEAVE_A_CONTACT]
        self._fresh = shuffled[_LEAVE_A_CONTACT:]
        self._regulars = shuffled[-_REGULARS:]
        self._rng = rng

    def contact(self) -> str:
        return self._contacts.pop()

    def talker(self, heard: set[str]) -> str:
        if self._fresh and self._rng.random() > _SHARE_OF_REGULARS:
            return self._fresh.pop(0)
        return self._rng.choice([name for name in self._regulars if name not in heard])


def _number(name: str) -> str:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return str(10_000_000 + int(digest[:12], 16) % 90_000_000)
