"""What a crawl costs grows with what is new, not with what there is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawlers.task import Visit
from tests.crawlers.pages.conftest import (
    COMMENTS,
    LISTED,
    Reader,
    article,
    comment_pages,
    completed,
    list_pages,
    sitemap,
)
from tests.hostile.server import Site, serving

HISTORY = (20, 200, 2000)
NEW_POSTS, DUE, COMMENTS_EACH, SIZE = 3, 5, 60, 10
SOURCE: dict[str, Any] = {**LISTED, "comments": {**COMMENTS, "overlap": 15}}


def cost(folder: Path, history: int, *, by_sitemap: bool) -> int:
    """Requests of a crawl over a site with so many known posts, three new ones, and five comments on five due posts."""
    with serving() as site:
        read = Reader(folder / str(history), site)
        old = [f"/post-{number}" for number in range(history, 0, -1)]
        new = [f"/new-{number}" for number in range(NEW_POSTS)]
        for path in new:
            site.give(path, article(f"文章 {path}"))
        visits = tuple(_due(site, path) for path in old[:DUE])
        told: dict[str, Any] = {"visits": visits, "known_posts": tuple(site.base + path for path in old[:500])}
        if by_sitemap:
            _list_in_sitemap(site, read, old, new)
        else:
            list_pages(site, lambda: new + old, size=SIZE)
            told["cursor"] = completed(site.base, old, SOURCE)
        source = {**SOURCE, "list": None, "sitemap": "auto"} if by_sitemap else SOURCE
        landed = read(source, **told)
        fresh = [one for one in landed.comments if int(one) > COMMENTS_EACH]
        assert (sorted(set(landed.posts) & set(new)), len(fresh)) == (sorted(new), DUE)
        return int(landed.end["requests"])


def _due(site: Site, path: str) -> Visit:
    """A post with sixty known comments and a new one."""
    comment_pages(site, path, list(range(COMMENTS_EACH + 1, 0, -1)), size=SIZE)
    known = tuple(f"{site.base}{path}|{number}" for number in range(COMMENTS_EACH, 0, -1))
    return Visit(post_id=site.base + path, url=site.base + path, known=known)


def _list_in_sitemap(site: Site, read: Reader, old: list[str], new: list[str]) -> None:
    """A first crawl that had all old posts (each answers), then the new ones on the map."""
    known: list[tuple[str, str | None]] = [(site.base + path, "2026-10-01T08:30:10Z") for path in old]
    for path in old[DUE:]:
        site.give(path, "<p>x</p>")
    site.give("/sitemap.xml", sitemap(known))
    read({**SOURCE, "list": None, "sitemap": "auto", "max_posts": 5000, "max_requests": 9000, "concurrency": 16})
    fresh: list[tuple[str, str | None]] = [(site.base + path, "2026-11-01T08:30:10Z") for path in new]
    site.give("/sitemap.xml", sitemap(fresh + known))


@pytest.mark.slow
@pytest.mark.parametrize("by_sitemap", [False, True], ids=["list", "sitemap"])
def test_requests_do_not_grow_with_history(
    tmp_path: Path, by_sitemap: bool, record_property: Callable[[str, object], None]
) -> None:
    """Twenty, two hundred, two thousand posts of history and the same news: the same requests, within 1.3."""
    costs = [cost(tmp_path, history, by_sitemap=by_sitemap) for history in HISTORY]
    record_property("requests", dict(zip(HISTORY, costs, strict=True)))
    assert max(costs) < 1.3 * min(costs)
