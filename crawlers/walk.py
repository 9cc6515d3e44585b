"""Reading a list newest first, until known ground: how far to go is decided page by page, by pure rules.

A walk ends where ``overlap`` known ids stand in a row (one known id is not enough: what was pinned, edited or moderated
late stands among newer ones), where the list ends, or where a page repeats an earlier one of the same walk.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

MOST_PAGES = 5000
"""Pages of one walk; a list that goes on for ever ends here."""


@dataclass(frozen=True, slots=True)
class Walk:
    """How far a walk has come: the page to be read (from 1), known ids met in a row, a digest of each page before."""

    page: int = 1
    met: int = 0
    digests: tuple[str, ...] = ()

    @classmethod
    def of(cls, plain: dict[str, Any] | None) -> Self:
        """A walk as :meth:`plain` gave it; a new one for None."""
        return cls() if plain is None else cls(plain["page"], plain["met"], tuple(plain["digests"]))

    def plain(self) -> dict[str, Any]:
        """A JSON-able mapping."""
        return asdict(self)

    def step(self, ids: Sequence[str], *, known: Collection[str], overlap: int, more: bool) -> Step:
        """What follows from a page with these ids, newest first; ``more`` says that the list has another page."""
        digest = f"{zlib.crc32(chr(0).join(ids).encode('utf-8', 'replace')):08x}"
        repeats = bool(ids) and digest in self.digests
        met = self.met
        for one in ids:
            met = met + 1 if one in known else 0
            if met >= overlap:
                break
        ground = met >= overlap > 0
        go_on = more and bool(ids) and not repeats and not ground and self.page < MOST_PAGES
        whole = not ground and not repeats and self.page < MOST_PAGES and not go_on
        return Step(go_on, whole, repeats, Walk(self.page + 1, met, (*self.digests, digest)))


@dataclass(frozen=True, slots=True)
class Step:
    """What to do after a page: read the next one (``go_on``) as ``walk``; else the walk is over.

    ``whole``: the end of the list was reached. ``repeats``: the page had been seen in this walk already.
    """

    go_on: bool
    whole: bool
    repeats: bool
    walk: Walk
