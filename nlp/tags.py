"""What is found in a text: tags with their evidence, and contact details."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TagKind = Literal[
    "topic",
    "intent",
    "guard",
    "sentiment",
    "validity",
    "keyword",
    "place",
    "people",
    "budget",
    "date",
    "brand",
    "product",
    "competitor",
]
ContactKind = Literal["phone", "wechat", "qq", "email", "matrix"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where in the text (character offsets, end exclusive), by which rule or n-gram, with what weight."""

    start: int
    end: int
    rule: str
    weight: float


@dataclass(frozen=True, slots=True)
class Tag:
    """One thing found, and its evidence.

    ``weight`` is the probability of what a head says, the sum of the weights of the rules or words otherwise. What has
    a value (a date, a budget) has it for its label.
    """

    kind: TagKind
    label: str
    weight: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact detail, normalised, where it stands and by which rule it was found."""

    kind: ContactKind
    value: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Tagging:
    """Everything found in one text."""

    tags: tuple[Tag, ...]
    contacts: tuple[Contact, ...]

    def labels(self, kind: TagKind) -> tuple[str, ...]:
        """The labels of one kind."""
        return tuple(tag.label for tag in self.tags if tag.kind == kind)
