"""What ``sources.yaml`` can say about a site that is read page by page."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from crawlers.options import SourceOptions, is_web_address
from crawlers.pages.selectors import Css, Regex, Selector


class ListSelectors(BaseModel):
    """How the pages that list posts are read, and how far.

    ``order: newest`` ends at ``overlap`` posts that a complete crawl met, ``any`` (not by date) at ``max_pages``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    links: Selector
    next: Selector | None = None
    order: Literal["newest", "any"] = "newest"
    max_pages: int = Field(default=20, ge=1, le=1000)
    overlap: int = Field(default=10, ge=1, le=500)
    wait_for: Css | None = None


class PostSelectors(BaseModel):
    """How a post's own page is read; title, text, time and author without a selector are looked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: Selector | None = None
    body: Selector | None = None
    time: Selector | None = None
    author: Selector | None = None
    labels: Selector | None = None
    metrics: dict[str, Selector] = {}
    wait_for: Css | None = None


class CommentSelectors(BaseModel):
    """How the comments below a post are read; ``parent: nested`` takes the comment around a comment as its parent.

    ``next`` leads to a further page of them. ``order: newest`` ends at ``overlap`` known ones in a row (at most 100:
    so many are remembered), ``oldest`` reads all pages.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    item: Selector
    text: Selector
    id: Selector | None = None
    parent: Literal["nested"] | Selector | None = None
    author: Selector | None = None
    author_id: Selector | None = None
    time: Selector | None = None
    next: Selector | None = None
    order: Literal["newest", "oldest"] = "newest"
    overlap: int = Field(default=20, ge=1, le=100)


def _sitemap(value: str) -> str:
    if value != "auto" and not is_web_address(value):
        raise PydanticCustomError("sitemap_address", "must be auto or a web address, like https://example.com/map.xml")
    if urlsplit(value).username or urlsplit(value).password:
        raise PydanticCustomError("web_address_secret", "must not carry a user name or password")
    return value


class PageOptions(SourceOptions):
    """A site read page by page; ``url`` is its (first) list of posts, or with ``sitemap`` alone its home page.

    ``match`` keeps only posts whose address it is found in.
    """

    platform: Literal["page"]
    render: bool = False
    render_wait_seconds: float = Field(default=8, gt=0, le=120)
    max_posts: int = Field(default=200, ge=1, le=100_000)
    sitemap: Annotated[str, AfterValidator(_sitemap)] | None = None
    match: Regex | None = None
    list: ListSelectors | None = None
    post: PostSelectors = PostSelectors()
    comments: CommentSelectors | None = None

    @model_validator(mode="after")
    def _has_a_way_in(self) -> Self:
        if self.list is None and self.sitemap is None:
            raise PydanticCustomError("list_or_sitemap", "needs list (selectors) or sitemap (auto or an address)")
        return self

    @property
    def reading(self) -> dict[str, Any]:
        """What decides whether a post's page can be read; a page that could not be may be readable by another."""
        return {"render": self.render, "post": self.post.model_dump(mode="json")}
