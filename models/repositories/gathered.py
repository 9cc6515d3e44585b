"""What was gathered, as the repositories read it: whatever has these attributes can be stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

RELATIVE = "relative_time"
"""The flaw of a time like 3小时前: read again an hour later it is another one, and nothing has changed."""


class _Written(Protocol):
    """What somebody wrote, and when."""

    @property
    def external_id(self) -> str: ...
    @property
    def author(self) -> str | None: ...
    @property
    def published(self) -> datetime | None: ...
    @property
    def published_raw(self) -> str | None: ...
    @property
    def flaws(self) -> tuple[str, ...]: ...


class PostLike(_Written, Protocol):
    """A post as it was gathered."""

    @property
    def url(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def labels(self) -> tuple[str, ...]: ...


class CommentLike(_Written, Protocol):
    """A comment as it was gathered; ``author_id`` None: nobody knows whose account it was."""

    @property
    def post_id(self) -> str: ...
    @property
    def parent_id(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def author_id(self) -> str | None: ...
    @property
    def text(self) -> str: ...


class MetricLike(Protocol):
    """A counter as it was gathered; ``taken`` None: when the crawl began."""

    @property
    def post_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def value(self) -> int | None: ...
    @property
    def raw(self) -> str: ...
    @property
    def taken(self) -> datetime | None: ...


@dataclass(slots=True)
class Tally:
    """How many rows were new, changed, or there already."""

    new: int = 0
    changed: int = 0
    same: int = 0

    @property
    def stored(self) -> int:
        """All rows that are in the database now."""
        return self.new + self.changed + self.same
