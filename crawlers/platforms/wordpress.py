"""WordPress: posts and comments over its REST API (developer.wordpress.org/rest-api/reference), page by page.

Asked oldest id first, so that what is published meanwhile comes last and no page shifts. The cursor holds the newest
change of a post, and for comments the newest date less an overlap, with the ids already seen in it: a comment that was
held for moderation keeps its old date and would otherwise be lost. A scheduled post keeps the change of its last edit,
which may be long before the cursor: what was published within the overlap is asked for besides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field
from scrapy.http import Response

from crawlers.items import CommentItem, Item, MetricItem, PostItem, ProblemItem, VisitItem
from crawlers.jsonapi.answer import parse_answer
from crawlers.options import SourceOptions
from crawlers.problems import CrawlProblem
from crawlers.quoting import shape
from crawlers.spider import Cursor, PlatformSpider, Yield, response_text
from crawlers.text import parse_count, parse_time, read_html
from crawlers.walk import Walk

PAGE_SIZE = 100
"""The most WordPress gives at once."""

_SEEN_MOST, _ID_SHOWN, _DOUBTED_MOST = 100, 20, 5
_NOT_FOUND = 404
_DIGITS_OF_PAGES = 6
_UTC = ZoneInfo("UTC")
_GRAVATAR = re.compile(r"/avatar/([0-9a-f]{32,64})")
_NOBODY = frozenset(
    ("d41d8cd98f00b204e9800998ecf8427e", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
)
"""The MD5 and SHA-256 of the empty text: avatars of people who left no e-mail, who are not one person."""


class WordPressOptions(SourceOptions):
    """A WordPress site; ``url`` is its home page."""

    platform: Literal["wordpress"]

    @property
    def identity(self) -> str:
        """WordPress counts its ids from 1 in every site."""
        return f"{super().identity}{urlsplit(self.url).path.rstrip('/')}"

    overlap_days: float = Field(default=3, ge=0, le=90)
    overlap: int = Field(default=20, ge=1, le=1000)


def parse_page(text: str) -> list[dict[str, Any]]:
    """The rows of one answer; ``not_json`` when the site gave something else."""
    rows = parse_answer(text)
    if not isinstance(rows, list):
        raise CrawlProblem("not_json", f"a list was promised, got {shape(rows)}")
    return [row if isinstance(row, dict) else {"value": row} for row in rows]


def parse_post(row: dict[str, Any], *, now: datetime) -> PostItem | ProblemItem:
    """One post of an answer, or why it cannot be one."""
    link = str(row.get("link") or "")
    if not isinstance(row.get("id"), int) or not isinstance(row.get("title"), dict):
        return _incomplete(row, "id, title", link)
    title, spoilt_title = read_html(_rendered(row["title"]))
    body, spoilt_body = read_html(_rendered(row.get("content")))
    published, late = _time(row, now=now)
    return PostItem(
        external_id=str(row["id"]),
        url=link,
        title=title,
        body=body,
        author=_author_name(row),
        author_id=str(row["author"]) if row.get("author") else None,
        published=published,
        published_raw=_text(row.get("date_gmt")),
        labels=tuple(_labels(row)),
        flaws=_merged(spoilt_title, spoilt_body, late),
    )


def parse_comment(row: dict[str, Any], *, now: datetime) -> CommentItem | ProblemItem:
    """One comment of an answer, or why it cannot be one."""
    link = str(row.get("link") or "")
    if not isinstance(row.get("id"), int) or not isinstance(row.get("post"), int):
        return _incomplete(row, "id, post", link)
    text, spoilt = read_html(_rendered(row.get("content")))
    published, late = _time(row, now=now)
    return CommentItem(
        external_id=str(row["id"]),
        post_id=str(row["post"]),
        parent_id=str(row["parent"]) if row.get("parent") else None,
        url=link,
        author=read_html(str(row.get("author_name") or ""))[0] or None,
        author_id=_author_id(row),
        text=text,
        published=published,
        published_raw=_text(row.get("date_gmt")),
        flaws=_merged(spoilt, late),
    )


def _incomplete(row: dict[str, Any], wanted: str, link: str) -> ProblemItem:
    return ProblemItem(
        code="item_incomplete", url=link, detail=f"without {wanted}", payload=json.dumps(row, ensure_ascii=False)[:2000]
    )


def _text(value: Any) -> str | None:
    return str(value)[:100].strip() or None if value else None


def _rendered(value: Any) -> str:
    return str(value.get("rendered") or "") if isinstance(value, dict) else ""


def _time(row: dict[str, Any], *, now: datetime) -> tuple[datetime | None, tuple[str, ...]]:
    raw = row.get("date_gmt")
    return parse_time(f"{raw}+00:00" if isinstance(raw, str) and raw else None, zone=_UTC, now=now)


def _author_name(row: dict[str, Any]) -> str | None:
    authors = (author for author in _embedded(row, "author") if isinstance(author, dict))
    return next((str(author["name"]) for author in authors if author.get("name")), None)


def _author_id(row: dict[str, Any]) -> str | None:
    """A registered user, or whoever uses this e-mail address (Gravatar's hash of it); None when neither is known."""
    if row.get("author"):
        return f"user:{row['author']}"
    found = _GRAVATAR.search(json.dumps(row.get("author_avatar_urls") or {}).replace("\\/", "/"))
    return f"gravatar:{found[1]}" if found and found[1] not in _NOBODY else None


def _labels(row: dict[str, Any]) -> Iterator[str]:
    terms = (term for group in _embedded(row, "wp:term") if isinstance(group, list) for term in group)
    yield from (str(term["name"]) for term in terms if isinstance(term, dict) and term.get("name"))


def _embedded(row: dict[str, Any], name: str) -> list[Any]:
    """What ``_embed`` brought along under a name; empty unless it is a list."""
    embedded = row.get("_embedded")
    found = embedded.get(name) if isinstance(embedded, dict) else None
    return found if isinstance(found, list) else []


def _merged(*flaws: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(flaw for group in flaws for flaw in group))


class WordPressSpider(PlatformSpider):
    """All posts and comments, or what changed since the cursor; and the comments of posts that are visited again."""

    name = "wordpress"
    Options: ClassVar[type[SourceOptions]] = WordPressOptions
    options: WordPressOptions
    news_first = False

    def first_requests(self) -> Yield:
        """The first page of posts and, when posts are done, of comments; and every visit."""
        before = self.cursor.get("comments") or {}
        self.memory.setdefault("changed", str(self.cursor.get("posts") or ""))
        self.memory.setdefault("seen", {str(key): date for key, date in (before.get("seen") or {}).items()})
        yield from self._page("posts", 1)
        for batch in _batches([visit.post_id for visit in self.visits], PAGE_SIZE):
            query = {"include": ",".join(batch), "per_page": PAGE_SIZE, "_fields": "id"}
            yield from self._ask("posts", query, self.read_presence, kwargs={"wanted": batch})
        for visit in self.visits:
            yield from self._visit(visit.post_id, Walk())

    def _ask(self, what: str, query: dict[str, Any], callback: Callable[..., Yield], **options: Any) -> Yield:
        url = f"{self.options.url.rstrip('/')}/wp-json/wp/v2/{what}?{urlencode(query)}"
        yield from self.ask(url, callback, **options)

    def _page(self, what: str, number: int, last: tuple[str, ...] = ()) -> Yield:
        query: dict[str, Any] = {"per_page": PAGE_SIZE, "page": number, "order": "asc", "orderby": "id"}
        query |= self._comment_window() if what == "comments" else self._post_window(what)
        kind = "comments" if what == "comments" else "posts"
        kwargs = {"what": what, "number": number, "last": last}
        yield from self._ask(kind, query, self.read, scope="source", kwargs=kwargs)

    def _post_window(self, what: str) -> dict[str, str]:
        fields = {"_embed": "author,wp:term"}
        if self.since:
            return {"after": _stamp(self.since), **fields}
        changed = str(self.cursor.get("posts") or "")
        if what == "scheduled":
            before = datetime.fromisoformat(changed) - timedelta(days=self.options.overlap_days)
            return {"after": _stamp(before), **fields}
        return {"modified_after": changed, **fields} if changed else fields

    def _comment_window(self) -> dict[str, str]:
        if self.since:
            return {"after": _stamp(self.since)}
        before = self.cursor.get("comments") or {}
        seen = ",".join(sorted(before.get("seen") or {}, key=int))
        return {"after": before["after"], **({"exclude": seen} if seen else {})} if before.get("after") else {}

    def read(self, response: Response, *, what: str, number: int, last: Sequence[str] = ()) -> Yield:
        """One page of posts or comments; then the next one, or the first of the other kind."""
        text, flaws = response_text(response)
        rows = parse_page(text)
        ids = tuple(str(row.get("id"))[:_ID_SHOWN] for row in rows)
        if ids and ids == tuple(last):
            raise CrawlProblem("item_incomplete", f"{what}: page {number} repeats page {number - 1}")
        for row in rows:
            yield from self._items(what, row)
        self._forget()
        if flaws:
            yield ProblemItem(code=flaws[0], url=response.url, detail=f"{len(rows)} rows were read all the same")
        if number < _total_pages(response, rows, number):
            yield from self._page(what, number + 1, ids)
        elif what == "posts":
            self._close_second(response)
            yield from self._page("comments" if self.since or not self.cursor.get("posts") else "scheduled", 1)
        elif what == "scheduled":
            yield from self._page("comments", 1)

    def _items(self, what: str, row: dict[str, Any]) -> Iterator[Item]:
        item = parse_comment(row, now=self.now) if what == "comments" else parse_post(row, now=self.now)
        if isinstance(item, PostItem):
            self.memory["changed"] = max(self.memory["changed"], self._changed(row))
        elif isinstance(item, CommentItem) and item.published:
            self.memory["seen"][item.external_id] = _stamp(item.published)
        yield item

    def _forget(self) -> None:
        """Keep the newest of the comments seen: only those can lie in the next crawl's overlap."""
        seen = self.memory["seen"]
        self.memory["seen"] = dict(sorted(seen.items(), key=lambda one: one[1], reverse=True)[:_SEEN_MOST])

    def _changed(self, row: dict[str, Any]) -> str:
        moment, _ = parse_time(f"{row.get('modified_gmt')}+00:00", zone=_UTC, now=self.now)
        return _stamp(moment) if moment else ""

    def _close_second(self, response: Response) -> None:
        """Leave the second that is still running to the next crawl: more may be changed in it."""
        date = (response.headers.get("Date") or b"").decode("latin-1")
        served = parse_time(date, zone=_UTC, now=self.now)[0] or self.now
        self.memory["changed"] = min(self.memory["changed"], _stamp(served - timedelta(seconds=2)))

    def read_presence(self, response: Response, *, wanted: list[str]) -> Yield:
        """Which of the posts that are visited are still there; a few that all seem gone are asked one by one."""
        there = {str(row.get("id")) for row in parse_page(response_text(response)[0])}
        missing = [one for one in wanted if one not in there]
        if len(missing) < len(wanted):
            yield from (VisitItem(post_id=one, gone=True) for one in missing)
        elif len(wanted) > _DOUBTED_MOST:  # a site that ignores ``include``, or shows us nothing any more
            detail = f"none of {len(wanted)} known posts is there: nothing is taken as gone"
            raise CrawlProblem("item_incomplete", detail)
        else:
            for one in wanted:
                query = {"_fields": "id"}
                yield from self._ask(f"posts/{one}", query, self.read_absence, accepts=(404,), kwargs={"post": one})

    def read_absence(self, response: Response, *, post: str) -> Yield:
        """One post's own address: gone where WordPress itself says so, in its words."""
        if response.status == _NOT_FOUND and b'"rest_post_invalid_id"' in response.body:
            yield VisitItem(post_id=post, gone=True)

    def _visit(self, post: str, walk: Walk) -> Yield:
        query = {"post": post, "per_page": PAGE_SIZE, "page": walk.page, "order": "desc", "orderby": "date_gmt"}
        yield from self._ask("comments", query, self.read_visit, kwargs={"post": post, "walk": walk.plain()})

    def read_visit(self, response: Response, *, post: str, walk: dict[str, Any]) -> Yield:
        """One page of a visited post's comments, newest first."""
        here, rows = Walk.of(walk), parse_page(response_text(response)[0])
        read = [parse_comment(row, now=self.now) for row in rows]
        found = [one for one in read if isinstance(one, CommentItem)]
        ids, known = [one.external_id for one in found], self.known_comments(post)
        more = here.page < _total_pages(response, rows, here.page)
        step = here.step(ids, known=known, overlap=self.options.overlap, more=more)
        yield from read
        times = [one.published for one in found if one.published]
        yield VisitItem(
            post_id=post,
            page=here.page,
            last=not step.go_on,
            whole=step.whole,
            ids=tuple(ids),
            oldest=min(times, default=None),
        )
        total = (response.headers.get("X-WP-Total") or b"").decode("latin-1")
        if here.page == 1 and total:
            yield MetricItem(post_id=post, name="comments", value=parse_count(total), raw=total[:20])
        if step.go_on:
            yield from self._visit(post, step.walk)

    def next_cursor(self) -> Cursor:
        """Where the next crawl goes on; a crawl of a window (``since``) leaves the old cursor as it was."""
        if self.since:
            return self.cursor
        seen = self.memory["seen"]
        before = (self.cursor.get("comments") or {}).get("newest") or ""
        newest = max(before, *seen.values()) if seen else before
        if not newest:
            return {"posts": self.memory["changed"]}
        moment = datetime.fromisoformat(newest)
        after = _stamp(moment - timedelta(days=self.options.overlap_days, seconds=1))
        recent = {key: date for key, date in seen.items() if date > after}
        return {"posts": self.memory["changed"], "comments": {"after": after, "newest": newest, "seen": recent}}


def _batches(ids: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _total_pages(response: Response, rows: list[dict[str, Any]], number: int) -> int:
    """What ``X-WP-TotalPages`` says; without it (some proxies drop it) a full page means that another follows."""
    header = response.headers.get("X-WP-TotalPages")
    if header and header.isdigit() and len(header) <= _DIGITS_OF_PAGES:
        return int(header)
    return number + 1 if len(rows) == PAGE_SIZE else number
