"""Published articles, as ``freepublish/batchget`` lists them.

An article's id is ``mid_idx`` of its address: the ``msgid`` under which the figures have it (mid is the message's
``msg_data_id``, idx its place in it, from 1). An address without them leaves the platform's own ``article_id``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawlers.items import PostItem, ProblemItem
from crawlers.text import clean, read_html
from crawlers.wechat.days import read_moment

_LONGEST_NUMBER = 20


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published at once: one to eight articles, the ids of all of them, and of those deleted since."""

    posts: tuple[PostItem, ...]
    problems: tuple[ProblemItem, ...]
    ids: tuple[str, ...]
    gone: tuple[str, ...]
    changed: datetime | None


def msgid_of(url: str) -> str | None:
    """``mid_idx`` of an article's address; None when it names none (a short address)."""
    try:
        fields = parse_qs(urlsplit(unescape(url)).query)
    except ValueError:
        return None
    mid, idx = (fields.get(name, [""])[0] for name in ("mid", "idx"))
    return f"{mid}_{idx}" if is_number(mid) and is_number(idx) else None


def is_number(text: str) -> bool:
    """True for the digits of an id."""
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER


def rows_of(value: Any) -> list[dict[str, Any]]:
    """A list's objects; what is no object becomes one with a ``value``, to be told as incomplete."""
    return [row if isinstance(row, dict) else {"value": row} for row in value] if isinstance(value, list) else []


def incomplete(row: dict[str, Any], wanted: str, *, url: str = "") -> ProblemItem:
    """A row that cannot be an item, with what it lacks."""
    payload = json.dumps(row, ensure_ascii=False)[:2000]
    return ProblemItem(code="item_incomplete", url=url, detail=f"without {wanted}", payload=payload)


def parse_publications(answer: dict[str, Any], *, now: datetime) -> list[Publication]:
    """The publications of one page."""
    return [_publication(row, now=now) for row in rows_of(answer.get("item"))]


def total_of(answer: dict[str, Any]) -> int | None:
    """How many publications there are in all; None when the answer does not say."""
    total = answer.get("total_count")
    return total if isinstance(total, int) and not isinstance(total, bool) else None


def _publication(row: dict[str, Any], *, now: datetime) -> Publication:
    content = row.get("content")
    news = rows_of(content.get("news_item")) if isinstance(content, dict) else []
    if not news:
        return Publication((), (incomplete(row, "content.news_item"),), (), (), None)
    changed, raw, flaws = read_moment(row.get("update_time"), now=now)
    found = list(_articles(row, news))
    gone = tuple(key for key, article in found if article.get("is_deleted") is True)
    kept = [(key, article) for key, article in found if article.get("is_deleted") is not True]
    items = [_post(key, article, published=changed, raw=raw, flaws=flaws) for key, article in kept]
    return Publication(
        posts=tuple(item for item in items if isinstance(item, PostItem)),
        problems=tuple(item for item in items if isinstance(item, ProblemItem)),
        ids=tuple(key for key, _ in found),
        gone=gone,
        changed=changed,
    )


def _articles(row: dict[str, Any], news: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, article in enumerate(news, 1):
        yield msgid_of(str(article.get("url") or "")) or f"{row.get('article_id') or ''}:{place}", article


def _post(
    key: str, article: dict[str, Any], *, published: datetime | None, raw: str | None, flaws: tuple[str, ...]
) -> PostItem | ProblemItem:
    url = unescape(str(article.get("url") or ""))
    title, spoilt_title = clean(str(article.get("title") or ""))
    body, spoilt_body = read_html(str(article.get("content") or article.get("digest") or ""))
    if key.startswith(":") or not (title or body):
        return incomplete(article, "article_id, title, content", url=url)
    return PostItem(
        external_id=key,
        url=url,
        title=title,
        body=body,
        author=clean(str(article.get("author") or ""))[0] or None,
        published=published,
        published_raw=raw,
        flaws=tuple(dict.fromkeys((*spoilt_title, *spoilt_body, *flaws))),
    )
