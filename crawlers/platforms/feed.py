"""Feeds: RSS, Atom, JSON Feed and RSSHub's, with the comment feed of a post where the post names one.

The feed is asked for only if it changed, its older pages only until posts that a complete crawl has read (a post that
the database has may have come from a crawl that lost a page), a comment feed only for a new post, a changed count or a
visit that is due. The parsers are in :mod:`crawlers.feeds`.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from scrapy.http import Response

from crawlers.ask import Ask
from crawlers.feeds.documents import Entry, Feed, joined, parse_feed, read_feed
from crawlers.feeds.entries import comment_feed, figures, parse_comment, parse_post
from crawlers.feeds.options import FeedOptions
from crawlers.feeds.remembered import Met, Posts, conditions, in_order, is_news, mark_of, mark_read, remember, stamps_of
from crawlers.feeds.rsshub import REFUSALS, refusal
from crawlers.items import CommentItem, MetricItem, PostItem, ProblemItem, VisitItem
from crawlers.jsonapi.secrets import secrets_of
from crawlers.options import SourceOptions
from crawlers.quoting import without
from crawlers.spider import Cursor, PlatformSpider, Yield, response_text
from crawlers.task import Visit
from crawlers.text import parse_count
from crawlers.walk import Walk

__all__ = ["FeedOptions", "FeedSpider", "comment_feed", "parse_comment", "parse_feed", "parse_post"]

_NOT_MODIFIED = 304


class FeedSpider(PlatformSpider):
    """One feed, its older pages, and the comment feeds that its entries name."""

    name = "feed"
    Options: ClassVar[type[SourceOptions]] = FeedOptions
    options: FeedOptions

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._params: dict[str, str] = {}

    def preparation(self) -> Yield:
        """Read the key of the RSSHub instance; without it nothing is asked."""
        if self.options.key:
            self.standing.stopped = "secret_missing"
            self._params = secrets_of({"key": self.options.key}, os.environ)
            self.standing.stopped = ""
        yield from ()

    def secret_params(self) -> dict[str, str]:
        """The key of the RSSHub instance."""
        return self._params

    def secrets(self) -> tuple[str, ...]:
        """The same key, which an instance may repeat."""
        return tuple(self._params.values())

    @property
    def _posts(self) -> Posts:
        posts: Posts = self.memory["posts"]
        return posts

    def first_requests(self) -> Yield:
        """The feed, if it changed; visits follow when it is read, so that they know its counts.

        A walk that an earlier crawl had to leave goes on by itself and has the turn: begun anew from the top, it would
        spend the same budget on the same pages again.
        """
        known = self.cursor.get("posts") or {}
        self.memory.setdefault("posts", {post: dict(one) for post, one in known.items()})
        if self.memory.pop("walking", False):
            yield from self._visits({})
            return
        beginning = not self.cursor and not self.memory.get("begun")
        before = self.cursor.get("feed") or {}
        headers = conditions(before) if before.get("asked") == self._asked and not self.since else {}
        accepts = (_NOT_MODIFIED, *(REFUSALS if self.options.route else ()))
        yield from self._page(self.options.address, Walk(), at=0, beginning=beginning, headers=headers, accepts=accepts)

    @property
    def _read_before(self) -> list[str]:
        """The newest posts that a complete crawl of the same feed has read."""
        same = (self.cursor.get("feed") or {}).get("asked") == self._asked
        return list(self.cursor.get("seen") or ()) if same else []

    @property
    def _asked(self) -> list[Any]:
        """What an answer depends on: stamps of another question say nothing."""
        return [self.options.address, self.options.comments, self.options.paged]

    def _page(self, url: str, walk: Walk, *, at: int, beginning: bool, **options: Any) -> Yield:
        kwargs = {"walk": walk.plain(), "beginning": beginning, "at": at}
        meta = {"dont_obey_robotstxt": True} if self.options.key else {}
        yield from self.ask(url, self.read_posts, scope="source", kwargs=kwargs, meta=meta, once=True, **options)

    def read_posts(self, response: Response, *, walk: dict[str, Any], beginning: bool, at: int = 0) -> Yield:
        """A page of the feed: posts and their counters, comment feeds with news, visits; then the next page."""
        here, self.memory["walking"] = Walk.of(walk), False
        if response.status == _NOT_MODIFIED:
            self.memory["feed"] = self.cursor.get("feed") or {}
            yield from self._visits({})
            return
        text, flaws = self._text(response)
        feed = read_feed(text, url=response.url)
        page, problems = self._sorted_out(feed, response.url)
        following = self._following(feed, here)
        late = all(self._is_too_old(post) for _, post in page)
        ids = [mark_of(post.external_id) for _, post in page]
        known = () if self.since else self._read_before
        step = here.step(ids, known=known, overlap=self.options.overlap, more=bool(following) and not late)
        if step.repeats:
            return
        yield from problems
        yield from (ProblemItem(code=flaw, url=response.url, detail="the feed was read all the same") for flaw in flaws)
        yield from self._items(page, response, here, beginning=beginning)
        if here.page == 1:
            stamps = stamps_of(response) if feed.tells_changes else {}
            self.memory["feed"], self.memory["begun"] = {"asked": self._asked, **stamps}, True
        self.memory["seen"] = in_order(self.memory.get("seen", []), ids, at=at)
        if step.go_on and following:
            self.memory["walking"] = True
            at += len(ids)
            yield from self._page(following, step.walk, at=at, beginning=beginning, on_missing="end_of_pages")

    def end_of_pages(self, url: str, **kwargs: Any) -> Yield:
        """A page that is not there: the one before was the last."""
        self.memory["walking"] = False
        yield from ()

    def given_up(self, ask: Ask, code: str) -> None:
        """A page is lost, and with it the way to those behind it: the next crawl walks from the top."""
        if ask.callback == self.read_posts.__name__:
            self.memory["walking"] = False

    def _text(self, response: Response) -> tuple[str, tuple[str, ...]]:
        route = self.options.route
        if route and response.status in REFUSALS:
            raise refusal(response.body, status=response.status, instance=self.options.url, route=route)
        text, flaws = response_text(response)
        return without(self.secrets(), text), flaws

    def _following(self, feed: Feed, here: Walk) -> str | None:
        if self.options.paged is False or self.options.route:
            return None
        if feed.following or not self.options.paged:
            return feed.following
        parts = urlsplit(self.options.url)
        kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "paged"]
        return parts._replace(query=urlencode([*kept, ("paged", str(here.page + 1))])).geturl()

    def _sorted_out(self, feed: Feed, url: str) -> tuple[list[tuple[Entry, PostItem]], list[ProblemItem]]:
        """The page's posts, newest first, and what could not be one; an id stands for one address only."""
        met: dict[str, tuple[Entry, PostItem]] = {}
        problems = []
        for entry in feed.entries:
            post = parse_post(entry, zone=self.zone, now=self.now)
            if isinstance(post, ProblemItem):
                problems.append(post)
            elif post.external_id not in met:
                met[post.external_id] = (entry, post)
            elif post.url != met[post.external_id][1].url:
                detail = f"its id {post.external_id[:60]!r} is that of an entry above"
                problems.append(ProblemItem(code="item_incomplete", url=post.url or url, detail=detail))
        return sorted(met.values(), key=lambda one: one[1].published or self.now, reverse=True), problems

    def _is_too_old(self, post: PostItem) -> bool:
        return bool(self.since and post.published and post.published < self.since)

    def _items(self, page: list[tuple[Entry, PostItem]], response: Response, here: Walk, *, beginning: bool) -> Yield:
        wanted = [one for one in page if not self._is_too_old(one[1])]
        met = [found for entry, post in wanted if (found := self._met(entry, post, response.url, here))]
        if not self.since:
            remember(self._posts, met)
        for entry, post in wanted:
            yield post
            for name, raw in figures(entry).items():
                yield MetricItem(post_id=post.external_id, name=name, value=parse_count(raw), raw=raw)
        if here.page == 1:
            yield from self._visits({one.post: one for one in met})
        for one in met:
            yield from self._news(one, beginning=beginning)

    def _met(self, entry: Entry, post: PostItem, base: str, here: Walk) -> Met | None:
        address = comment_feed(entry)
        if not address or not self.options.comments:
            return None
        moment = post.published or self.now - timedelta(seconds=here.page)
        count = figures(entry).get("comments")
        return Met(post.external_id, joined(base, address), moment.isoformat(timespec="seconds"), count)

    def _news(self, one: Met, *, beginning: bool) -> Yield:
        """Ask for comments that are new; a new post without any is not asked for them."""
        if not self.since and not is_news(self._posts, one, beginning=beginning):
            return
        if one.count is not None and parse_count(one.count) == 0 and not self._posts.get(one.post, {}).get("read"):
            mark_read(self._posts, one.post, count=one.count)
            return
        yield from self._ask_comments(one.post, one.feed, count=one.count)

    def _visits(self, met: dict[str, Met]) -> Yield:
        """The comment feeds of the posts that are due, of those too that are not in the feed any more."""
        for visit in self.visits if self.options.comments else ():
            here, known = met.get(visit.post_id), self._posts.get(visit.post_id, {})
            address = here.feed if here else known.get("feed")
            if address:
                count = here.count if here else None
                yield from self._ask_comments(visit.post_id, address, count=count, visit=visit, stamps=known)

    def _ask_comments(
        self,
        post: str,
        url: str,
        *,
        count: str | None,
        visit: Visit | None = None,
        stamps: dict[str, str] | None = None,
    ) -> Yield:
        kwargs = {"post": post, "count": count, "home": visit.url if visit else ""}
        options = {"headers": conditions(stamps or {}), "accepts": (_NOT_MODIFIED,), "on_missing": "miss_comments"}
        yield from self.ask(url, self.read_comments, kwargs=kwargs, once=True, **options)

    def read_comments(self, response: Response, *, post: str, count: str | None, home: str) -> Yield:
        """The comments of a post, newest first, as many as its feed shows; 304 says that they are as they were."""
        mark_read(self._posts, post, count=count)
        if response.status == _NOT_MODIFIED:
            yield self._unchanged(post)
            return
        text, flaws = self._text(response)
        feed = read_feed(text, url=response.url)
        read = [parse_comment(entry, post=post, zone=self.zone, now=self.now) for entry in feed.entries]
        found = {one.external_id: one for one in read if isinstance(one, CommentItem)}
        yield from read
        yield from (ProblemItem(code=flaw, url=response.url, detail="it was read all the same") for flaw in flaws)
        whole = count is not None and parse_count(count) == len(found) == len(read)
        oldest = min((one.published for one in found.values() if one.published), default=None)
        yield VisitItem(post_id=post, whole=whole, ids=tuple(found), oldest=oldest)
        mark_read(self._posts, post, count=count, stamps=stamps_of(response) if feed.tells_changes else {})

    def _unchanged(self, post: str) -> VisitItem:
        """A visit that tells nothing of deletions."""
        return VisitItem(post_id=post, whole=False, ids=tuple(sorted(self.known_comments(post))))

    def miss_comments(self, url: str, *, post: str, count: str | None, home: str) -> Yield:
        """No comment feed any more: where the post is visited, its own page says whether the post is gone."""
        mark_read(self._posts, post, count=count)
        if home:
            yield from self.ask(home, self.read_presence, kwargs={"post": post, "feed": url}, on_missing="report_gone")
        else:
            yield ProblemItem(code="not_found", url=url, detail="the comment feed that the entry names")

    def read_presence(self, response: Response, *, post: str, feed: str) -> Yield:
        """The post is there, its comment feed is not."""
        yield ProblemItem(code="not_found", url=feed, detail=f"the comment feed of {response.url}, which is there")
        yield self._unchanged(post)

    def report_gone(self, url: str, *, post: str, feed: str) -> Yield:
        """Neither the post nor its comments are there."""
        yield VisitItem(post_id=post, gone=True)

    def next_cursor(self) -> Cursor:
        """Stamps of the feed, the newest posts, their comment feeds; a window (``since``) leaves the old cursor."""
        if self.since:
            return self.cursor
        seen = in_order(self._read_before, self.memory.get("seen", []), at=0)
        return {"feed": self.memory.get("feed") or {}, "seen": seen, "posts": self._posts}
