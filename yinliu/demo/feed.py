"""``/blog/``: an RSS 2.0 feed as WordPress writes it, a comment feed a post, and the posts as HTML."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

from yinliu.demo.exchange import Answer, Request
from yinliu.demo.pages import address, article, render
from yinliu.demo.records import DemoComment, DemoContent, DemoPost

HOME = "/blog/"

_MIME = "application/rss+xml; charset=UTF-8"


class Feed:
    """The part of the site that is read by feed."""

    def __init__(self, content: DemoContent) -> None:
        self._content = content
        self._posts = content.in_section("feed")[::-1]
        self._by_address = {address(post): post for post in self._posts}

    def answer(self, request: Request) -> Answer | None:
        """The answer, if the path belongs to the blog."""
        if request.path == HOME:
            return Answer(render("blog.html", posts=self._posts, address=address))
        if request.path == f"{HOME}feed/":
            return self._feed(request.base)
        post = self._by_address.get(request.path.removesuffix("feed/"))
        if post is None:
            return None
        if request.path.endswith("/feed/"):
            return self._comment_feed(post, request.base)
        return article(post, self._content.under(post.id), home=HOME)

    def _feed(self, base: str) -> Answer:
        entries = [(post, len(self._content.under(post.id))) for post in self._posts]
        return Answer(render("feed.xml", base=base, entries=entries, address=address, guid=_guid, rfc=_rfc), _MIME)

    def _comment_feed(self, post: DemoPost, base: str) -> Answer:
        comments = sorted(self._content.under(post.id), key=lambda comment: comment.created, reverse=True)
        body = render(
            "comments.xml",
            link=base + address(post),
            post=post,
            comments=comments,
            by_id={comment.id: comment for comment in comments},
            guid=_guid,
            rfc=_rfc,
        )
        return Answer(body, _MIME)


def _guid(item: DemoPost | DemoComment) -> str:
    """Free of host and port: the same item keeps its guid wherever the site is served."""
    if isinstance(item, DemoPost):
        return f"https://blog.example.test/?p={item.id}"
    return f"https://blog.example.test/?p={item.post_id}#comment-{item.id}"


def _rfc(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC))
