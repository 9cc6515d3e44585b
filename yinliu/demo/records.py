"""The posts and comments of the demo site, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from yinliu.demo.cast import is_staff

LABELS = (
    "purchase_intent",
    "price_inquiry",
    "how_to_join",
    "product_question",
    "after_sales_complaint",
    "praise",
    "spam_ad",
    "chat_other",
)
SECTIONS = ("wordpress", "feed", "page", "club")


@dataclass(frozen=True, slots=True)
class DemoPost:
    """One published post; ``category`` is its topic and ``section`` the part of the site it lives in."""

    id: int
    section: str
    slug: str
    title: str
    paragraphs: tuple[str, ...]
    tags: tuple[str, ...]
    category: str
    author: str
    published: datetime
    likes: int
    views: int

    @property
    def modified(self) -> datetime:
        """When it was last changed: every fourth post was corrected once, the others never."""
        return self.published + timedelta(minutes=95) if self.id % 4 == 0 else self.published


@dataclass(frozen=True, slots=True)
class DemoComment:
    """One comment or reply; ``label`` and ``contact`` are the truth a tagger should find."""

    id: int
    post_id: int
    parent_id: int | None
    author_id: str
    author: str
    text: str
    created: datetime
    label: str
    contact: str | None

    @property
    def by_staff(self) -> bool:
        """Whether the brand itself is speaking."""
        return is_staff(self.author_id)


@dataclass(frozen=True, slots=True)
class DemoContent:
    """Everything on the site, posts in the order they were published."""

    posts: tuple[DemoPost, ...]
    comments: tuple[DemoComment, ...]

    def in_section(self, section: str) -> tuple[DemoPost, ...]:
        """The posts of one part of the site, the oldest first."""
        return tuple(post for post in self.posts if post.section == section)

    def under(self, post_id: int) -> tuple[DemoComment, ...]:
        """The comments of one post, a reply never before what it answers."""
        return tuple(comment for comment in self.comments if comment.post_id == post_id)
