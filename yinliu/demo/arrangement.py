"""Which comments stand under which post, and when each post is published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from yinliu.demo.records import SECTIONS
from yinliu.demo.schedule import Span, Timetable, publishing_times
from yinliu.demo.script import BrandScript, Line, PostScript

_MIX = 291  # the shuffle in which every week shows every brand and neighbours differ
_SHARE_OLDER = 0.35
_SHARE_CURRENT = 0.10
_HEAT = (6, 5, 4, 3, 3, 2, 2, 1)


@dataclass(frozen=True, slots=True)
class Draft:
    """A post with every line that will be said under it, in the order the threads begin."""

    brand: BrandScript
    script: PostScript
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """When a post is published and from when until when people talk about it."""

    published: datetime
    talk: Span


def arrange(brands: Sequence[BrandScript]) -> list[Draft]:
    """All drafts in publishing order: every section evenly over the weeks, the brands mixed."""
    rng = Random(f"publishing order {_MIX}")
    drafts = [draft for brand in brands for draft in _drafts(brand)]
    placed: list[tuple[float, Draft]] = []
    for section in SECTIONS:
        own = [draft for draft in drafts if draft.script.section == section]
        mixed = rng.sample(own, len(own))
        placed += [((index + 0.5) / len(own), draft) for index, draft in enumerate(mixed)]
    return [draft for _, draft in sorted(placed, key=lambda place: place[0])]


def slots(count: int, timetable: Timetable) -> Iterator[Slot]:
    """So many slots in order; the last post of either whole week is talked about into the next one."""
    rng = Random("publishing times")
    older, current = round(count * _SHARE_OLDER), round(count * _SHARE_CURRENT)
    plan = ((timetable.older, older, 7), (timetable.last, count - older - current, 7), (timetable.current, current, 1))
    for span, posts, days in plan:
        times = publishing_times(span, posts, rng, days=days)
        for published in times:
            spills = days > 1 and published == times[-1]
            yield Slot(published, timetable.talk(published, span, spills=spills))


def _drafts(brand: BrandScript) -> Iterator[Draft]:
    rng = Random(f"pool {brand.name}")
    extra: dict[str, list[Line]] = {script.slug: [] for script in brand.posts}
    heat = rng.sample(_HEAT, len(brand.posts))
    for line in brand.pool:
        extra[rng.choices(brand.posts, heat)[0].slug].append(line)
    for script in brand.posts:
        lines = [*script.lines, *extra[script.slug]]
        yield Draft(brand, script, tuple(rng.sample(lines, len(lines))))
