"""The names that a team gives: its brands, its products and its competitors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from nlp.entities.automaton import Automaton
from nlp.entities.entity import Entity, without_overlaps
from nlp.normal import comparable, within_latin

LexiconKind = Literal["brand", "product", "competitor"]


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """A thing with a name: what it is, its canonical name, and what else it is called."""

    kind: LexiconKind
    name: str
    aliases: tuple[str, ...] = ()


class Lexicon:
    """Finds the names of its entries; an empty one finds nothing. Blank names and aliases are passed over."""

    def __init__(self, entries: Iterable[LexiconEntry] = ()) -> None:
        self._owners: dict[str, dict[tuple[LexiconKind, str], None]] = {}
        for entry in entries:
            for said in map(comparable, map(str.strip, (entry.name, *entry.aliases))):
                if said:
                    self._owners.setdefault(said, {})[entry.kind, entry.name] = None
        self._automaton = Automaton(self._owners, overlapping=True) if self._owners else None

    def names(self) -> Iterator[tuple[str, list[tuple[LexiconKind, str]]]]:
        """Every name as it is looked for, and the entries (kind, name) that it stands for."""
        return ((said, list(owners)) for said, owners in self._owners.items())

    def find(self, text: str) -> tuple[Entity, ...]:
        """The entries named in ``text`` (as :func:`nlp.normal.comparable` gives it); of names of one kind that overlap,
        the leftmost longest. A name that begins or ends with an ASCII letter or digit does so at the edge of an ASCII
        word: oppo is not in shoppower. The value is the entry's name, the rule ``lexicon:`` and the name found."""
        return without_overlaps(self._found(text)) if self._automaton else ()

    def stands_in(self, text: str) -> bool:
        """Whether any of the names stands in ``text`` (as :func:`nlp.normal.comparable` gives it)."""
        return bool(self.find(text))

    def _found(self, text: str) -> Iterator[Entity]:
        if self._automaton is None:
            return
        for number, start, end in self._automaton.find(text):
            if not within_latin(text, start) and not within_latin(text, end):
                said = self._automaton.words[number]
                for kind, name in self._owners[said]:
                    yield Entity(kind, name, start, end, f"lexicon:{said}")
