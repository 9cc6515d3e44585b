"""Before tagging: what an older bundle tagged and the change cannot touch stays as it is; the rest is tagged anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from models.repositories.tags import TextRow
from models.unit_of_work import UnitOfWork
from yinliu.stages.counts import Begin, Counts, now

if TYPE_CHECKING:
    from nlp.changes import Change
    from nlp.tagger import Tagger

BATCH = 2000
"""Texts looked at in one transaction."""

_Read = Callable[[UnitOfWork, str], Sequence[TextRow]]
_Adopt = Callable[[UnitOfWork, list[int], str | None], None]

_KINDS: tuple[tuple[_Read, _Adopt], ...] = (
    (
        lambda work, version: work.tags.posts_of_version(version, limit=BATCH),
        lambda work, keys, version: work.tags.adopt_posts(keys, version=version),
    ),
    (
        lambda work, version: work.tags.comments_of_version(version, limit=BATCH),
        lambda work, keys, version: work.tags.adopt_comments(keys, version=version),
    ),
)


def adopt(begin: Begin, *, tagger: Tagger) -> Counts:
    """Texts of older bundles that this one would tag alike are its own from now on; each batch is a transaction."""
    with begin() as work:
        work.bundles.remember(tagger.version, tagger.ingredients, at=now())
        older = sorted(work.tags.versions() - {tagger.version})
        changes = {version: change for version in older if (change := _change(work, version, tagger)) is not None}
        work.commit()
    kept = [_adopt(begin, version, change, tagger.version, *kind) for version, change in changes.items() for kind in _KINDS]
    return {"kept": sum(kept)}


def _change(work: UnitOfWork, version: str, tagger: Tagger) -> Change | None:
    """What changed since a version; None where that may be anything."""
    from nlp.changes import Change

    known = work.bundles.ingredients(version)
    change = Change.between(known, tagger.ingredients) if known else None
    return None if change is None or change.everything else change


def _adopt(begin: Begin, old: str, change: Change, new: str, read: _Read, adopt_: _Adopt) -> int:
    kept = 0
    while True:
        with begin() as work:
            rows = read(work, old)
            if not rows:
                return kept
            touched = change.touches([f"{row.text}\n{row.answers or ''}" for row in rows])
            same = [row.id for row, hit in zip(rows, touched, strict=True) if not hit]
            adopt_(work, same, new)
            adopt_(work, [row.id for row, hit in zip(rows, touched, strict=True) if hit], None)
            work.commit()
        kept += len(same)
