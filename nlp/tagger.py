"""The bulk door as the stages use it: texts in, tags with evidence out, in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import islice
from typing import Any

from nlp.bundle import Bundle
from nlp.tags import Tagging

BATCH = 2048
"""Texts that are read at once."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text, what it answers, and when it was written."""

    text: str
    answers: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tagger:
    """A bundle, and the zone in which a moment has its day."""

    bundle: Bundle
    zone: tzinfo

    @property
    def version(self) -> str:
        """The version hash of everything it reads by."""
        return self.bundle.version

    @property
    def ingredients(self) -> dict[str, Any]:
        """What the version is made of."""
        return self.bundle.ingredients

    def tag(self, said: Iterable[Said]) -> Iterator[Tagging]:
        """What is found in each text, in order."""
        rest = iter(said)
        while batch := list(islice(rest, BATCH)):
            texts, answers = [one.text for one in batch], [one.answers for one in batch]
            days = [one.at and one.at.astimezone(self.zone).date() for one in batch]
            yield from self.bundle.read(texts, answers=answers, days=days)
