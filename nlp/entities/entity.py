"""What a found entity is, and how two that overlap are settled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

EntityKind = Literal["place", "people", "budget", "date", "brand", "product", "competitor"]


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing named in a text: its normalised value, where it stands (end exclusive) and how it was found."""

    kind: EntityKind
    value: str
    start: int
    end: int
    rule: str


def without_overlaps(found: Iterable[Entity]) -> tuple[Entity, ...]:
    """The entities sorted by place; of those of one kind that overlap, the leftmost and then the longest stays."""
    ends: dict[str, int] = {}
    kept = []
    for one in sorted(found, key=lambda one: (one.start, -one.end, one.kind, one.value)):
        if one.start >= ends.get(one.kind, 0):
            kept.append(one)
            ends[one.kind] = one.end
    return tuple(kept)
