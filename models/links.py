"""Signposts (路标): short signed links, and how often each was followed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import PLAIN, Base


class Link(Base):
    """A signpost: what it stands under (a post, a campaign), where it leads (a community), who gave it (an operator).

    ``key`` says these four in one text, so that each combination has one link; ``code`` is what stands in the address.
    """

    __tablename__ = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True, info=PLAIN)
    code: Mapped[str] = mapped_column(unique=True, info=PLAIN)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    campaign: Mapped[str | None] = mapped_column(info=PLAIN)
    community: Mapped[str | None] = mapped_column(info=PLAIN)
    operator: Mapped[str | None] = mapped_column(info=PLAIN)
    created_at: Mapped[datetime]


class Click(Base):
    """How often a link was followed on a day (the team's); nothing of who followed it."""

    __tablename__ = "click"

    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"), primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True, info=PLAIN)
    hits: Mapped[int]
