"""What is asked for post by post: its comments with all replies, its counters, its own page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from scrapy.http import Response

from crawlers.items import CommentItem, PostItem, VisitItem
from crawlers.jsonapi.address import About
from crawlers.jsonapi.asking import JsonAsking, bounded, cut_short
from crawlers.jsonapi.expressions import find
from crawlers.jsonapi.mapping import Pairs, Row, read_metrics, read_post, read_rows, root_ids
from crawlers.jsonapi.options import Comments, MoreReplies, PostFields
from crawlers.jsonapi.paging import Place
from crawlers.jsonapi.values import as_key
from crawlers.spider import Yield
from crawlers.walk import Step, Walk

_BEGINNING = Walk()
_Part = TypeVar("_Part")


class ThreadReading(JsonAsking):
    """Reads the comments of one post page by page, then tells which were there."""

    def visit(self, about: About) -> Yield:
        """Everything that is asked for again when a post is due."""
        if self.options.comments:
            yield from self.ask_thread(about, due=True)
        yield from self.ask_counters(about)
        if self.options.post:
            kwargs = {"about": about.plain()}
            yield from self.ask_section(
                self.options.post, self.read_post_page, about=about, kwargs=kwargs, on_missing="read_missing"
            )

    def ask_thread(
        self, about: About, *, due: bool, place: Place | None = None, walk: Walk = _BEGINNING, sound: bool = True
    ) -> Yield:
        """A page of a post's comments, the first one without a ``place``."""
        comments = _given(self.options.comments)
        at = place or comments.paging.first()
        kwargs = {"about": about.plain(), "place": at, "walk": walk.plain(), "due": due, "sound": sound}
        told = place is None and (due or comments.missing == "none")
        options = {"kwargs": kwargs, "on_missing": "read_missing" if told else None, "once": place is None}
        yield from self.ask_section(
            comments, self.read_thread, paging=comments.paging, place=at, about=about, **options
        )

    def read_missing(self, url: str, *, about: dict[str, str], **kwargs: Any) -> Yield:
        """A post's address answers 404 or 410: the post is gone, or it has no comments, as ``missing`` says."""
        comments = self.options.comments
        empty = "walk" in kwargs and comments is not None and comments.missing == "none"
        yield VisitItem(post_id=about["id"], gone=not empty)

    def read_thread(
        self, response: Response, *, about: dict[str, str], place: Place, walk: dict[str, Any], due: bool, sound: bool
    ) -> Yield:
        """One page of a post's comments; then the replies that are not on it, then the next page.

        ``sound`` is False once a row had no id: then nothing is said about which comments are there.
        """
        comments, here, post, url = _given(self.options.comments), Walk.of(walk), About.of(about), response.url
        paging, first = comments.paging, here.page == 1
        page, rows = yield from self.rows_at(response, comments.items, name="comments", first=first)
        pairs = read_rows(rows[paging.seen(place) :], comments, post=post.id, reading=self.reading(url, "comments"))
        yield from (item for _, item in pairs)
        known = self.known_comments(post.id) if comments.order == "newest" else ()
        following = self.following(paging, place, page, url=url)
        step = here.step(root_ids(pairs), known=known, overlap=comments.overlap, more=following is not None)
        step, limit = bounded(step, comments, page=here.page, cut=paging.cut(place, page))
        yield from cut_short(limit, url=url, name="comments")
        said, named = _visited(here, step, pairs, order=comments.order), (row.value for row, _ in pairs)
        ids = _ids(pairs)
        state = {
            **said,
            "sound": sound and said["sound"] and all(as_key(find(comments.fields.id, value)) for value in named),
            "next": following if step.go_on else None,
            "walk": step.walk.plain(),
            "due": due,
        }
        pending = _unfinished(comments, pairs)
        if pending:
            yield VisitItem(post_id=post.id, page=here.page, last=False, whole=False, ids=tuple(dict.fromkeys(ids)))
        yield from self._conclude(post, {**state, "ids": [] if pending else ids}, pending)

    def _conclude(self, post: About, state: dict[str, Any], pending: list[str]) -> Yield:
        """The replies of the next comment that has more of them; without one, what the page came to and the next.

        The ids that came so far were told already: carried from request to request they would grow without end.
        """
        if pending:
            yield from self._ask_replies(About(post.id, post.url, pending[0]), state, pending)
            return
        if state["sound"]:
            oldest = datetime.fromisoformat(state["oldest"]) if state["oldest"] else None
            told = {name: state[name] for name in ("page", "last", "whole")}
            yield VisitItem(post_id=post.id, ids=tuple(dict.fromkeys(state["ids"])), oldest=oldest, **told)
        if state["next"]:
            walk = Walk.of(state["walk"])
            yield from self.ask_thread(post, due=state["due"], place=state["next"], walk=walk, sound=state["sound"])

    def _ask_replies(
        self,
        about: About,
        state: dict[str, Any],
        pending: list[str],
        place: Place | None = None,
        walk: Walk = _BEGINNING,
    ) -> Yield:
        section = _more(self.options.comments)
        at = place or section.paging.first()
        kwargs = {"about": about.plain(), "place": at, "walk": walk.plain(), "state": state, "pending": pending}
        yield from self.ask_section(
            section, self.read_replies, paging=section.paging, place=at, about=about, kwargs=kwargs
        )

    def read_replies(
        self,
        response: Response,
        *,
        about: dict[str, str],
        place: Place,
        walk: dict[str, Any],
        state: dict[str, Any],
        pending: list[str],
    ) -> Yield:
        """One page of the replies of one comment."""
        comments, here, comment, url = _given(self.options.comments), Walk.of(walk), About.of(about), response.url
        section, first, name = _more(comments), here.page == 1, "comments.more_replies"
        page, rows = yield from self.rows_at(response, section.items, name=name, first=first)
        reading, around = self.reading(url, "comments"), comment.comment
        pairs = read_rows(rows, comments, post=comment.id, reading=reading, around=around)
        yield from (item for _, item in pairs)
        ids = _ids(pairs)
        yield VisitItem(post_id=comment.id, page=state["page"], last=False, whole=False, ids=tuple(dict.fromkeys(ids)))
        state = {**state, "sound": state["sound"] and len(ids) == len(pairs)}
        following = self.following(section.paging, place, page, url=url)
        step = here.step(ids, known=(), overlap=1, more=following is not None)
        if step.go_on and here.page < comments.max_pages:
            yield from self._ask_replies(comment, state, pending, following, step.walk)
        else:
            yield from self._conclude(comment, state, pending[1:])

    def ask_counters(self, about: About) -> Yield:
        """The counters of a post that have addresses of their own."""
        for number, section in enumerate(self.options.metrics):
            kwargs = {"about": about.plain(), "number": number}
            yield from self.ask_section(section, self.read_counters, about=about, kwargs=kwargs, once=True)

    def read_counters(self, response: Response, *, about: dict[str, str], number: int) -> Yield:
        """The counters of one post."""
        answer = yield from self.answer_of(response)
        yield from read_metrics(answer, self.options.metrics[number].values, post=about["id"])

    def read_post_page(self, response: Response, *, about: dict[str, str]) -> Yield:
        """One post at an address of its own, with its counters."""
        answer = yield from self.answer_of(response)
        posts, section = self.options.posts, self.options.post
        value = find(section.item if section else "@", answer)
        fields: PostFields = posts.fields or _given(posts.from_comments)
        item = read_post(Row("1", value), fields, written=posts.format, reading=self.reading(response.url, "posts"))
        yield item
        if isinstance(item, PostItem):
            yield from read_metrics(value, posts.metrics, post=about["id"])


def _visited(here: Walk, step: Step, pairs: Pairs, *, order: str) -> dict[str, Any]:
    """What one page says about the comments that are there, JSON-able.

    Newest first, the last row bounds what must be on the pages so far: one that is pinned to the top is older. Oldest
    first, nothing can be said before the end of the list.
    """
    found = [(row, item) for row, item in pairs if isinstance(item, CommentItem)]
    rows = [item.published for row, item in found if item.published and "." not in row.number]
    oldest = (rows[-1] if order == "newest" else min(rows)) if rows else None
    said = {"page": here.page, "last": not step.go_on, "whole": step.whole}
    sound = order == "newest" or step.go_on or step.whole
    return {**said, "oldest": oldest.isoformat() if oldest else None, "sound": sound}


def _ids(pairs: Pairs) -> list[str]:
    """The ids of the comments and replies on a page."""
    return [item.external_id for _, item in pairs if isinstance(item, CommentItem)]


def _unfinished(comments: Comments, pairs: Sequence[tuple[Row, Any]]) -> list[str]:
    """The comments on a page that have more replies than came with them."""
    if comments.more_replies is None:
        return []
    when = comments.more_replies.when
    keys = (as_key(find(comments.fields.id, row.value)) for row, _ in pairs if find(when, row.value) is True)
    return [key for key in keys if key]


def _given(section: _Part | None) -> _Part:
    """A section that is there: nothing else leads here."""
    assert section is not None
    return section


def _more(comments: Comments | None) -> MoreReplies:
    return _given(_given(comments).more_replies)
