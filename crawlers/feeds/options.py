"""What ``sources.yaml`` can say about a feed."""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from crawlers.feeds.rsshub import Key, Route, route_address
from crawlers.options import SourceOptions


class FeedOptions(SourceOptions):
    """A feed; ``url`` is the feed itself, or with ``route`` the RSSHub instance.

    ``paged``: None follows the next page where the feed names it, True asks WordPress's ``?paged=2`` too, False reads
    the first page only. ``overlap``: so many posts in a row that a
    complete crawl has read end the walk.
    """

    platform: Literal["feed"]
    comments: bool = True
    paged: bool | None = None
    overlap: int = Field(default=5, ge=1, le=1000)
    route: Route | None = None
    key: Key | None = None

    @model_validator(mode="after")
    def _rsshub_is_whole(self) -> Self:
        parts = urlsplit(self.url)
        if self.route and (parts.query or parts.fragment):
            raise PydanticCustomError("rsshub_instance", "with route, url must be the RSSHub instance, without a query")
        if self.key and not self.route:
            raise PydanticCustomError("rsshub_without_route", "key belongs to route")
        return self

    @property
    def address(self) -> str:
        """Where the feed is."""
        return route_address(self.url, self.route) if self.route else self.url
