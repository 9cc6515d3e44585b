"""What is found in a text: tags with their evidence, and contact details."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TagKind = Literal["topic", "intent", "place"]
ContactKind = Literal["phone", "wechat", "qq", "email"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where in the text (character offsets, end exclusive), by which rule, with what weight."""

    start: int
    end: int
    rule: str
    weight: float


@dataclass(frozen=True, slots=True)
class Tag:
    """A topic, intent or place, the sum of its evidence's weights, and that evidence."""

    kind: TagKind
    label: str
    weight: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact detail as written (half width), where it stands and by which rule it was found."""

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
