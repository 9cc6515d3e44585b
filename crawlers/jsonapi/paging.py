"""How a list goes on: by page number, cursor, link, offset, or by asking for more at once.

A *place* is a small JSON-able mapping that says where in the list a request reads; each kind knows its first place, the
parameters of a place, and the place that follows an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from crawlers.jsonapi.expressions import Expression, find
from crawlers.jsonapi.values import as_count, as_text
from crawlers.problems import CrawlProblem

Place = dict[str, Any]

LONGEST_CURSOR = 2000
"""Characters of a cursor; it is kept between crawls."""

_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w*-]+(?:\s*=\s*(?:"[^"]*"|[^\s",;]+))?)*)')
_RELATION = re.compile(r'\brel\s*=\s*(?:"([^"]*)"|([^\s",;]+))', re.IGNORECASE)
_LONGEST_HEADER = 8000


@dataclass(frozen=True, slots=True)
class Page:
    """An answer as paging sees it: the parsed JSON, how many rows it had, its headers with names in lower case."""

    answer: Any
    rows: int
    headers: Mapping[str, str]


class Paging(BaseModel):
    """What every kind shares: ``more`` is an expression that must be true for another page to be asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: str
    more: Expression | None = None
    key: ClassVar[str] = ""

    def first(self) -> Place:
        """Where the list begins."""
        return {"kind": self.kind}

    def accepts(self, place: Any) -> bool:
        """Whether a place that was kept is one of this kind: the configuration may have changed meanwhile."""
        return isinstance(place, dict) and place.get("kind") == self.kind

    def query(self, place: Place) -> dict[str, str]:
        """The parameters that ask for a place."""
        raise NotImplementedError

    def seen(self, place: Place) -> int:
        """How many rows at the beginning of the answer were read before."""
        return 0

    def following(self, place: Place, page: Page) -> Place | None:
        """The place after an answer; None at the end of the list."""
        ended = not page.rows or (self.more is not None and find(self.more, page.answer) is not True)
        return None if ended else self._next(place, page)

    def cut(self, place: Place, page: Page) -> str:
        """The limit of the configuration that ended the list before its own end; empty where none did."""
        return ""

    def _next(self, place: Place, page: Page) -> Place | None:
        raise NotImplementedError


class PageNumber(Paging):
    """``page=2``; the number of pages from a header or an expression, otherwise until a page is short or empty."""

    kind: Literal["page"]
    param: str = "page"
    start: int = Field(default=1, ge=0, le=1)
    size: int | None = Field(default=None, ge=1, le=10_000)
    pages: Expression | None = None
    pages_header: str | None = None

    def first(self) -> Place:
        """The first page's number."""
        return {"kind": self.kind, "page": self.start}

    def query(self, place: Place) -> dict[str, str]:
        """The page's number."""
        return {self.param: str(place["page"])}

    def _next(self, place: Place, page: Page) -> Place | None:
        total = self._pages(page)
        read = place["page"] - self.start + 1
        short = self.size is not None and page.rows < self.size
        ended = read >= total if total is not None else short
        return None if ended else {**place, "page": place["page"] + 1}

    def _pages(self, page: Page) -> int | None:
        if self.pages_header:
            return as_count(page.headers.get(self.pages_header.lower(), ""))[0]
        return as_count(find(self.pages, page.answer))[0] if self.pages else None


class Offset(Paging):
    """``offset=50``; until ``total`` rows were read, or a page is short."""

    kind: Literal["offset"]
    param: str = "offset"
    size: int = Field(ge=1, le=10_000)
    size_param: str | None = None
    total: Expression | None = None

    def first(self) -> Place:
        """The beginning."""
        return {"kind": self.kind, "offset": 0}

    def query(self, place: Place) -> dict[str, str]:
        """How many rows are passed over, and how many asked for."""
        size = {self.size_param: str(self.size)} if self.size_param else {}
        return {self.param: str(place["offset"]), **size}

    def _next(self, place: Place, page: Page) -> Place | None:
        total = as_count(find(self.total, page.answer))[0] if self.total else None
        read = place["offset"] + page.rows
        ended = read >= total if total is not None else page.rows < self.size and self.more is None
        return None if ended else {**place, "offset": read}


class Cursor(Paging):
    """``cursor=…``, as the answer before said."""

    kind: Literal["cursor"]
    param: str = "cursor"
    next: Expression

    def query(self, place: Place) -> dict[str, str]:
        """The cursor, none for the first page."""
        return {self.param: place["cursor"]} if place.get("cursor") else {}

    def _next(self, place: Place, page: Page) -> Place | None:
        cursor = as_text(find(self.next, page.answer))
        if cursor is None or cursor == "false" or cursor == place.get("cursor"):
            return None
        if len(cursor) > LONGEST_CURSOR:
            raise CrawlProblem(
                "not_json", f"the cursor at {self.next!r} has {len(cursor)} > {LONGEST_CURSOR} characters"
            )
        return {**place, "cursor": cursor}


class Link(Paging):
    """The next page's address: in the ``Link`` header (RFC 8288, ``rel="next"``), or at ``next`` in the answer."""

    kind: Literal["link"]
    next: Expression | None = None

    def query(self, place: Place) -> dict[str, str]:
        """None: the address is whole."""
        return {}

    def _next(self, place: Place, page: Page) -> Place | None:
        target = as_text(find(self.next, page.answer)) if self.next else next_link(page.headers.get("link", ""))
        if target is None or target in ("false", place.get("url")):
            return None
        if len(target) > LONGEST_CURSOR:
            raise CrawlProblem("not_json", f"the next address has {len(target)} > {LONGEST_CURSOR} characters")
        return {**place, "url": target}


class Growing(Paging):
    """For a list without pages that gives the newest ``limit``: ask for twice as many until known rows are met."""

    kind: Literal["growing"]
    param: str = "limit"
    size: int = Field(default=50, ge=1, le=10_000)
    most: int = Field(default=5000, ge=1, le=100_000)

    def first(self) -> Place:
        """The fewest."""
        return {"kind": self.kind, "limit": min(self.size, self.most), "had": 0}

    def query(self, place: Place) -> dict[str, str]:
        """How many."""
        return {self.param: str(place["limit"])}

    def seen(self, place: Place) -> int:
        """What the smaller answer before held."""
        return int(place["had"])

    def cut(self, place: Place, page: Page) -> str:
        """``most``, where as many rows came as were asked for at most."""
        return f"most {self.most}" if place["limit"] >= self.most and page.rows >= self.most else ""

    def _next(self, place: Place, page: Page) -> Place | None:
        limit = min(place["limit"] * 2, self.most)
        return (
            None
            if page.rows < place["limit"] or limit == place["limit"]
            else {**place, "limit": limit, "had": page.rows}
        )


class Single(Paging):
    """A list that comes whole."""

    kind: Literal["none"] = "none"

    def query(self, place: Place) -> dict[str, str]:
        """Nothing."""
        return {}

    def _next(self, place: Place, page: Page) -> Place | None:
        return None


AnyPaging = Annotated[PageNumber | Offset | Cursor | Link | Growing | Single, Field(discriminator="kind")]


def next_link(header: str) -> str | None:
    """The target of the first link with the relation ``next`` in a ``Link`` header."""
    return next(_next_targets(header[:_LONGEST_HEADER]), None)


def _next_targets(header: str) -> Iterator[str]:
    for target, attributes in _LINK.findall(header):
        found = _RELATION.search(attributes)
        relations = (found[1] or found[2] or "").lower().split() if found else []
        if "next" in relations and target:
            yield target
