"""``/club/``: an application shell; its list, posts and comments appear only when a browser runs its JavaScript."""

from __future__ import annotations

from yinliu.demo.exchange import Answer, Request, json_answer
from yinliu.demo.pages import render
from yinliu.demo.records import DemoComment, DemoContent, DemoPost

_API = "/club/api/posts"


class Club:
    """The part of the site that needs a browser."""

    def __init__(self, content: DemoContent) -> None:
        self._content = content
        self._posts = content.in_section("club")[::-1]
        self._by_address = {f"{_API}/{post.slug}.json": post for post in self._posts}

    def answer(self, request: Request) -> Answer | None:
        """The answer, if the path belongs to the club."""
        if request.path in ("/club/", "/club/p.html"):
            return Answer(render("club.html", target="list" if request.path == "/club/" else "post"))
        if request.path == "/club/club.js":
            return Answer(render("club.js"), "text/javascript; charset=utf-8")
        if request.path == f"{_API}.json":
            return json_answer({"posts": [self._card(post) for post in self._posts]})
        post = self._by_address.get(request.path)
        return json_answer(self._whole(post)) if post else None

    def _card(self, post: DemoPost) -> dict[str, object]:
        return {
            "id": post.id,
            "slug": post.slug,
            "title": post.title,
            "lead": post.paragraphs[0],
            "category": post.category,
            "author": post.author,
            "published": post.published.isoformat(),
            "views": post.views,
            "likes": post.likes,
            "replies": len(self._content.under(post.id)),
        }

    def _whole(self, post: DemoPost) -> dict[str, object]:
        comments = sorted(self._content.under(post.id), key=lambda comment: comment.created)
        replies = [_reply(comment) for comment in comments]
        return {"post": {**self._card(post), "paragraphs": post.paragraphs, "tags": post.tags}, "replies": replies}


def _reply(comment: DemoComment) -> dict[str, object]:
    return {
        "id": comment.id,
        "parent": comment.parent_id,
        "user": comment.author_id,
        "who": comment.author,
        "staff": comment.by_staff,
        "at": comment.created.isoformat(),
        "what": comment.text,
    }
