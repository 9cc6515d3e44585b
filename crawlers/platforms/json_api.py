"""Any JSON API by configuration alone (``docs/json.md``): where its lists are, how they go on, what their rows hold.

Lists are walked newest first until the ids that the last complete crawl left in the cursor, or read on from the page
before the last one where the API gives the oldest first. The comments of one post are asked for when the post is new,
and when a visit is due.
"""

from __future__ import annotations

from typing import Any, ClassVar

from scrapy.http import Response

from crawlers.items import CommentItem, Item, PostItem
from crawlers.jsonapi.address import About
from crawlers.jsonapi.asking import bounded, cut_short
from crawlers.jsonapi.mapping import Pairs, Row, read_metrics, read_post, read_posts, read_rows, root_ids
from crawlers.jsonapi.options import JsonOptions, ListSection, PostFields
from crawlers.jsonapi.paging import Place
from crawlers.jsonapi.threads import ThreadReading
from crawlers.options import SourceOptions
from crawlers.spider import Cursor, Yield
from crawlers.walk import Walk

SEEN_MOST = 200
"""Ids of the newest rows of a list that the cursor keeps."""


class JsonSpider(ThreadReading):
    """The list of posts, the stream of all comments, and what is asked for post by post."""

    name = "json"
    Options: ClassVar[type[SourceOptions]] = JsonOptions
    news_first = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._derived_posts: set[str] = set()

    def first_requests(self) -> Yield:
        """The lists, one after the other, and every visit."""
        yield from self._begin("posts" if self.options.posts.fields else "stream")
        for visit in self.visits:
            yield from self.visit(About(visit.post_id, visit.url))

    def _section(self, what: str) -> ListSection:
        section = self.options.posts if what == "posts" else self.options.stream
        assert section is not None
        return section

    def _begin(self, what: str) -> Yield:
        section, kept = self._section(what), self._kept("places").get(what)
        goes_on = section.order == "oldest" and self.since is None and section.paging.accepts(kept)
        place: Place = kept if goes_on and kept else section.paging.first()
        yield from self._ask_list(what, place, Walk(), at=0)

    def _kept(self, name: str) -> dict[str, Any]:
        found = self.cursor.get(name)
        return found if isinstance(found, dict) else {}

    def _ask_list(self, what: str, place: Place, walk: Walk, *, at: int) -> Yield:
        section = self._section(what)
        kwargs = {"what": what, "place": place, "walk": walk.plain(), "at": at}
        missing = "restart" if self._is_resumed(what, place, walk) else None
        options: dict[str, Any] = {"scope": "source", "kwargs": kwargs, "on_missing": missing}
        yield from self.ask_section(section, self.read_list, paging=section.paging, place=place, **options)

    def _is_resumed(self, what: str, place: Place, walk: Walk) -> bool:
        """Whether a walk begins in the middle, where the last crawl ended."""
        return walk.page == 1 and place != self._section(what).paging.first()

    def restart(self, url: str, *, what: str, **_: Any) -> Yield:
        """The page where the last crawl ended is not there any more: the list is read from its beginning."""
        yield from self._ask_list(what, self._section(what).paging.first(), Walk(), at=0)

    def read_list(self, response: Response, *, what: str, place: Place, walk: dict[str, Any], at: int) -> Yield:
        """One page of posts or of the stream; then the next one, or the first of the stream."""
        section, here, url = self._section(what), Walk.of(walk), response.url
        page, rows = yield from self.rows_at(response, section.items, name=what, first=here.page == 1)
        if not rows and self._is_resumed(what, place, here):
            yield from self.restart(url, what=what)
            return
        pairs = self._items_of(what, rows[section.paging.seen(place) :], url)
        yield from self._output(what, pairs)
        ids = root_ids(pairs)
        following = self.following(section.paging, place, page, url=url)
        known = self._kept("seen").get(what, []) if section.order == "newest" and not self.since else []
        more = following is not None and self._is_within(pairs, section)
        step = here.step(ids, known=known, overlap=section.overlap, more=more)
        step, limit = bounded(step, section, page=here.page, cut=section.paging.cut(place, page))
        yield from cut_short(limit, url=url, name=what)
        self._remember(what, ids, place, at=at)
        if step.go_on and following:
            yield from self._ask_list(what, following, step.walk, at=at + len(ids))
        elif what == "posts" and self.options.stream:
            yield from self._begin("stream")

    def _is_within(self, pairs: Pairs, section: ListSection) -> bool:
        """Whether a page reaches into the window; one that is older as a whole ends a walk from the newest."""
        return section.order == "oldest" or not pairs or not all(self._is_before(item) for _, item in pairs)

    def _is_before(self, item: Item) -> bool:
        return isinstance(item, PostItem | CommentItem) and self.is_old(item.published)

    def _items_of(self, what: str, rows: list[Any], url: str) -> Pairs:
        """Each row, and what it is: a post or a comment, or why it is none."""
        reading, stream = self.reading(url, what), self.options.stream
        if what == "stream" and stream:
            return read_rows(rows, stream, post=None, reading=reading)
        return read_posts(rows, self.options.posts, reading=reading)

    def _output(self, what: str, pairs: Pairs) -> Yield:
        """The items of a page with what belongs to them, without those before the window."""
        derived = self.options.posts.from_comments if what == "stream" else None
        for row, item in pairs:
            if self._is_before(item):
                continue
            if derived and isinstance(item, CommentItem):
                yield from self._derive(row, derived)
            yield item
            if isinstance(item, PostItem):
                yield from self._of_post(item, row)

    def _derive(self, row: Row, fields: PostFields) -> Yield:
        """The post that a comment of the stream is about, once."""
        posts = self.options.posts
        post = read_post(row, fields, written=posts.format, reading=self.reading(self.options.url, "posts"))
        if not isinstance(post, PostItem):
            yield post
        elif post.external_id not in self.known_posts and post.external_id not in self._derived_posts:
            self._derived_posts.add(post.external_id)
            yield post
            yield from self._of_post(post, row)

    def _of_post(self, post: PostItem, row: Row) -> Yield:
        """The counters in a post's row; for a new one also its comments, and counters elsewhere."""
        yield from read_metrics(row.value, self.options.posts.metrics, post=post.external_id)
        if post.external_id in self.known_posts:
            return
        about, comments = About(post.external_id, post.url), self.options.comments
        if comments and (self.options.stream is None if comments.of_new_posts is None else comments.of_new_posts):
            yield from self.ask_thread(about, due=False)
        yield from self.ask_counters(about)

    def _remember(self, what: str, ids: list[str], place: Place, *, at: int) -> None:
        """Keep the ids of the newest rows in the list's order; of a list with the oldest first its last two places."""
        if self._section(what).order == "oldest":
            places = self.memory.setdefault("places", {})
            places[what] = [*places.get(what, []), place][-2:]
            return
        seen = self.memory.setdefault("seen", {})
        before = [one for one in seen.get(what, []) if one not in ids]
        seen[what] = [*before[:at], *ids, *before[at:]][:SEEN_MOST]

    def next_cursor(self) -> Cursor:
        """The newest ids of each list and where to read on; a crawl of a window (``since``) leaves the old cursor."""
        if self.since:
            return self.cursor
        seen, places = self._kept("seen"), self._kept("places")
        for what, ids in self.memory.get("seen", {}).items():
            seen = {**seen, what: list(dict.fromkeys([*ids, *seen.get(what, [])]))[:SEEN_MOST]}
        last = {what: places[0] for what, places in self.memory.get("places", {}).items()}
        return {"seen": seen, "places": {**places, **last}}
