"""Before tagging: what an older bundle tagged and the change cannot touch stays as it is; the rest is tagged anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.repositories.tags import KINDS, Kind
from models.unit_of_work import UnitOfWork
from yinliu.stages.counts import Begin, Counts, now

if TYPE_CHECKING:
    from nlp.changes import Change
    from nlp.tagger import Tagger

BATCH = 2000
"""Texts looked at in one transaction."""


def adopt(begin: Begin, *, tagger: Tagger) -> Counts:
    """Texts of older bundles that this one would tag alike are its own from now on; each batch is a transaction."""
    with begin() as work:
        work.bundles.remember(tagger.version, tagger.ingredients, at=now())
        older = sorted(work.tags.versions() - {tagger.version})
        changes = {version: change for version in older if (change := _change(work, version, tagger)) is not None}
        work.commit()
    steps = [_Step(version, tagger.version, change, kind) for version, change in changes.items() for kind in KINDS]
    return {"kept": sum(_until_done(begin, step) for step in steps)}


def _change(work: UnitOfWork, version: str, tagger: Tagger) -> Change | None:
    """What changed since a version; None where that may be anything."""
    from nlp.changes import Change

    known = work.bundles.ingredients(version)
    change = Change.between(known, tagger.ingredients) if known else None
    return None if change is None or change.everything else change


@dataclass(frozen=True, slots=True)
class _Step:
    """One kind of texts of one older version."""

    old: str
    new: str
    change: Change
    kind: Kind

    def take(self, work: UnitOfWork) -> tuple[int, int]:
        """(texts looked at, texts kept) of one batch."""
        rows = work.tags.of_version(self.kind, self.old, limit=BATCH)
        touched = self.change.touches([row.text for row in rows])
        touched |= self.change.touches([row.answers or "" for row in rows])
        same = [row.id for row, hit in zip(rows, touched, strict=True) if not hit]
        work.tags.adopt(self.kind, same, version=self.new)
        work.tags.adopt(self.kind, [row.id for row, hit in zip(rows, touched, strict=True) if hit], version=None)
        return len(rows), len(same)


def _until_done(begin: Begin, step: _Step) -> int:
    kept = 0
    while True:
        with begin() as work:
            seen, same = step.take(work)
            work.commit()
        if not seen:
            return kept
        kept += same
