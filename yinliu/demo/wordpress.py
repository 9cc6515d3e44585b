"""``/wp-json/wp/v2/``: posts and comments as WordPress 6 answers them, refusals included."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import quote_plus

from yinliu.demo.exchange import Answer, Request, json_answer
from yinliu.demo.pages import address, article
from yinliu.demo.records import DemoComment, DemoContent
from yinliu.demo.wordpress_parameters import InvalidParameters
from yinliu.demo.wordpress_query import COMMENTS, POSTS, Query, trimmed
from yinliu.demo.wordpress_shapes import Json, Shapes

_ROOT = "/wp-json/wp/v2/"


class WordPress:
    """The part of the site that is read by the REST API of WordPress."""

    def __init__(self, content: DemoContent) -> None:
        self._content = content
        self._posts = content.in_section("wordpress")
        self._comments = tuple(comment for post in self._posts for comment in content.under(post.id))
        self._shapes = Shapes(self._posts, self._comments)
        self._by_address = {address(post): post for post in self._posts}
        self._by_id = {post.id: post for post in self._posts}
        self._lists = {"posts": self._list_posts, "comments": self._list_comments}
        self._singles = {"posts": self._single_post, "comments": self._single_comment}

    def answer(self, request: Request) -> Answer | None:
        """The answer, if the path belongs to WordPress."""
        if not request.path.startswith("/wp-json/"):
            post = self._by_address.get(request.path)
            return article(post, self._content.under(post.id), home="/") if post else None
        try:
            return self._api(request)
        except InvalidParameters as refusal:
            return refusal.answer()

    def _api(self, request: Request) -> Answer:
        collection, _, number = request.path.removeprefix(_ROOT).strip("/").partition("/")
        if collection in self._singles and number.isdecimal():
            return self._singles[collection](request, int(number))
        if collection in self._lists and not number:
            return self._lists[collection](request)
        return _error("rest_no_route", "未找到匹配 URL 和请求方式的路由。", HTTPStatus.NOT_FOUND)

    def _list_posts(self, request: Request) -> Answer:
        query = Query.of(request.query, POSTS)
        found = query.sorted(post for post in self._posts if query.wants_post(post))
        if query.page > 1 and query.page > query.pages(len(found)):
            message = "请求的页码大于总页数。"
            return _error("rest_post_invalid_page_number", message, HTTPStatus.BAD_REQUEST)
        shaped = [self._shapes.post(post, request.base, embed=query.embed) for post in query.slice(found)]
        return _listing(request, query, shaped, total=len(found))

    def _list_comments(self, request: Request) -> Answer:
        query = Query.of(request.query, COMMENTS)
        found = query.sorted(comment for comment in self._comments if query.wants_comment(comment))
        shaped = [self._comment(comment, request.base) for comment in query.slice(found)]
        return _listing(request, query, shaped, total=len(found))

    def _single_post(self, request: Request, number: int) -> Answer:
        query = Query.of(request.query, POSTS)
        post = self._by_id.get(number)
        if post is None:
            return _error("rest_post_invalid_id", "文章 ID 无效。", HTTPStatus.NOT_FOUND)
        return json_answer(trimmed(self._shapes.post(post, request.base, embed=query.embed), query.fields))

    def _single_comment(self, request: Request, number: int) -> Answer:
        query = Query.of(request.query, COMMENTS)
        comment = next((comment for comment in self._comments if comment.id == number), None)
        if comment is None:
            return _error("rest_comment_invalid_id", "评论 ID 无效。", HTTPStatus.NOT_FOUND)
        return json_answer(trimmed(self._comment(comment, request.base), query.fields))

    def _comment(self, comment: DemoComment, base: str) -> Json:
        return self._shapes.comment(comment, base, post=self._by_id[comment.post_id])


def _listing(request: Request, query: Query, shaped: Sequence[Json], *, total: int) -> Answer:
    pages = query.pages(total)
    headers = {"X-WP-Total": str(total), "X-WP-TotalPages": str(pages), "Allow": "GET"}
    links = _links(request, query.page, pages)
    return json_answer(
        [trimmed(item, query.fields) for item in shaped], headers={**headers, "Link": links} if links else headers
    )


def _links(request: Request, page: int, pages: int) -> str:
    around = [("prev", min(page - 1, pages))] if page > 1 else []
    around += [("next", page + 1)] if page < pages else []
    return ", ".join(f'<{_paged(request, number)}>; rel="{relation}"' for relation, number in around)


def _paged(request: Request, page: int) -> str:
    query = {**request.query, "page": str(page)}
    joined = "&".join(f"{name}={quote_plus(value)}" for name, value in query.items())
    return f"{request.base}{request.path}?{joined}"


def _error(code: str, message: str, status: HTTPStatus) -> Answer:
    return json_answer({"code": code, "message": message, "data": {"status": int(status)}}, status=status)
