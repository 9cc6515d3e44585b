"""Which posts carry no signpost: nobody who reads them can be led, or credited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.repositories.links import Row
from models.unit_of_work import UnitOfWork
from yinliu.leads.codes import ROUTE, Signs, signs_in
from yinliu.stages.links import DEFAULT_BASE, address, link_for


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A post without a valid signpost; ``altered`` codes stand in it, ``link`` is what to add."""

    id: int
    source: str
    title: str
    url: str
    published_at: datetime | None
    altered: tuple[str, ...]
    link: str


@dataclass(frozen=True, slots=True)
class Audit:
    """How many posts were looked at, and those without a signpost, newest first."""

    posts: int
    unsigned: tuple[Unsigned, ...]


def audit_links(work: UnitOfWork, *, key: bytes, base: str | None, now: datetime) -> Audit:
    """Look through the posts that are not gone; a link is made for each that lacks one. The caller commits.

    A signpost is a valid code in the body or the address, or the post's own link that somebody followed (a picture in
    the post shows only so), unless an altered code stands there to be mended.
    """
    followed, looked, lacking = work.links.followed_posts(), 0, []
    for row in work.links.posts():
        looked += 1
        signs = _signs(row, key=key, base=base)
        if not signs.numbers and (signs.altered or row["id"] not in followed):
            lacking.append(_unsigned(work, row, signs.altered, key=key, base=base, now=now))
    return Audit(looked, tuple(lacking))


def _signs(row: Row, *, key: bytes, base: str | None) -> Signs:
    return signs_in(f"{row['body']}\n{row['url']}", key=key, base=base or DEFAULT_BASE)


def _unsigned(
    work: UnitOfWork, row: Row, altered: tuple[str, ...], *, key: bytes, base: str | None, now: datetime
) -> Unsigned:
    code = link_for(work, key=key, post_id=row["id"], now=now)
    addresses = tuple(f"{ROUTE}{one}" for one in altered)
    link = address(code, base=base)
    return Unsigned(row["id"], row["source"], row["title"], row["url"], row["published_at"], addresses, link)
