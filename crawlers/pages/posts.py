"""A post's own page: by selectors, and what they leave out by what every article has in common."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import lxml.html

from crawlers.article import Article, extract
from crawlers.bylines import Byline
from crawlers.items import MetricItem, PostItem, ProblemItem
from crawlers.pages.options import PageOptions, PostSelectors
from crawlers.pages.selectors import matcher, pick_all, pick_first, split
from crawlers.text import clean, empty, parse_count, parse_time

_LONGEST_RAW = 100


def parse_post_page(
    root: Any, *, text: str, url: str, options: PageOptions, now: datetime, flaws: tuple[str, ...] = ()
) -> Iterator[PostItem | MetricItem | ProblemItem]:
    """The post and its counters; or one problem that says which selector is wrong or missing."""
    article = _found(root, text, url=url, options=options)
    missing = _missing(root, options.post, article)
    if missing:
        yield ProblemItem(code="item_incomplete", url=url, detail=missing)
        return
    yield _post(root, article, url=url, options=options, now=now, flaws=flaws)
    for name, selector in options.post.metrics.items():
        for raw in pick_all(root, selector)[:1]:
            yield MetricItem(post_id=url, name=name, value=parse_count(raw), raw=raw[:_LONGEST_RAW])


def _found(root: Any, text: str, *, url: str, options: PageOptions) -> Article | None:
    """What selectors leave out; the search for a text, by far the dearest, only where no selector names it."""
    post = options.post
    if None not in (post.title, post.body, post.time, post.author):
        return None
    bare = _without_comments(root, options)
    if post.title is None or post.body is None:
        whole = text if bare is root else str(lxml.html.tostring(bare, encoding="unicode"))
        return extract(whole, url=url)
    byline = Byline(bare, url=url)
    return Article(title="", body="", time=byline.time(), author=byline.author())


def _without_comments(root: Any, options: PageOptions) -> Any:
    """The page as it is without its comments: their times and authors are not the post's."""
    if not options.comments or not matcher(split(options.comments.item.css)[0])(root):
        return root
    copied = deepcopy(root)
    for node in matcher(split(options.comments.item.css)[0])(copied):
        empty(node)
    return copied


def _missing(root: Any, selectors: PostSelectors, article: Article | None) -> str:
    """Why the page cannot be a post; empty where it can."""
    wanted = [f"post.{name}" for name in ("title", "body") if getattr(selectors, name) is None]
    if wanted and article is None:
        return f"no article was found; give {' and '.join(wanted)} (CSS selectors), or leave this page out by match"
    if selectors.title and not clean(pick_first(root, selectors.title) or "")[0]:
        return f"nothing at post.title {selectors.title.css!r}"
    return ""


def _post(
    root: Any, article: Article | None, *, url: str, options: PageOptions, now: datetime, flaws: tuple[str, ...]
) -> PostItem:
    post = options.post
    chosen, found = (pick_first(root, post.title) if post.title else None), article
    title, spoilt_title = clean(chosen if chosen is not None else found.title if found else "")
    body, spoilt_body = clean("\n".join(pick_all(root, post.body)) if post.body else found.body if found else "")
    raw = pick_first(root, post.time) if post.time else found.time if found else None
    published, late = parse_time(raw, zone=ZoneInfo(options.timezone), now=now)
    return PostItem(
        external_id=url,
        url=url,
        title=title,
        body=body,
        author=pick_first(root, post.author) if post.author else found.author if found else None,
        published=published,
        published_raw=raw,
        labels=tuple(pick_all(root, post.labels)),
        flaws=tuple(dict.fromkeys((*flaws, *spoilt_title, *spoilt_body, *late))),
    )
