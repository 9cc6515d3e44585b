"""What the HTML parts of the site share: templates, threads of comments, the home page and robots.txt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from jinja2 import Environment, PackageLoader, StrictUndefined

from yinliu.demo.exchange import Answer, Request
from yinliu.demo.records import DemoComment, DemoContent, DemoPost

_ROBOTS = "User-agent: *\nAllow: /\nDisallow: /private/\n"
_environment = Environment(
    loader=PackageLoader("yinliu.demo"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment with the threads that answer it."""

    comment: DemoComment
    answers: tuple[Thread, ...]


def render(template: str, **values: object) -> str:
    """A template of ``templates/`` filled in, everything escaped."""
    return _environment.get_template(template).render(**values)


def threads(comments: Sequence[DemoComment], *, parent: int | None = None) -> tuple[Thread, ...]:
    """The comments of one post as trees, in the order they were written."""
    below = sorted((comment for comment in comments if comment.parent_id == parent), key=lambda found: found.created)
    return tuple(Thread(comment, threads(comments, parent=comment.id)) for comment in below)


def article(post: DemoPost, comments: Sequence[DemoComment], *, home: str) -> Answer:
    """The static page of one post with its comments; ``home`` leads back to its section."""
    return Answer(render("article.html", post=post, threads=threads(comments), count=len(comments), home=home))


def not_found() -> Answer:
    """The page for what is not there."""
    return Answer(render("missing.html"), status=HTTPStatus.NOT_FOUND)


class Front:
    """The home page and robots.txt."""

    def __init__(self, content: DemoContent) -> None:
        self._content = content

    def answer(self, request: Request) -> Answer | None:
        """The answer, if it is one of the two."""
        if request.path == "/robots.txt":
            return Answer(_ROBOTS, "text/plain; charset=utf-8")
        return self._home() if request.path == "/" else None

    def _home(self) -> Answer:
        newest = sorted(self._content.posts, key=lambda post: post.published, reverse=True)
        return Answer(render("home.html", posts=newest[:9], content=self._content, address=address))


def address(post: DemoPost) -> str:
    """Where on the site the page of a post is."""
    patterns = {"wordpress": "/notes/{}/", "feed": "/blog/{}/", "page": "/shop/{}.html", "club": "/club/p.html?slug={}"}
    return patterns[post.section].format(post.slug)
