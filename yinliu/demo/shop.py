"""``/shop/``: static pages. A list, four posts a page, and one page a post with nested comments."""

from __future__ import annotations

from yinliu.demo.exchange import Answer, Request
from yinliu.demo.pages import address, article, not_found, render
from yinliu.demo.records import DemoContent

HOME = "/shop/"

_POSTS_A_PAGE = 4


class Shop:
    """The static part of the site."""

    def __init__(self, content: DemoContent) -> None:
        self._content = content
        self._posts = content.in_section("page")[::-1]
        self._by_address = {address(post): post for post in self._posts}

    def answer(self, request: Request) -> Answer | None:
        """The answer, if the path belongs to the shop."""
        if request.path == HOME:
            return self._list(request.query.get("page", "1"))
        post = self._by_address.get(request.path)
        return article(post, self._content.under(post.id), home=HOME) if post else None

    def _list(self, page: str) -> Answer:
        pages = -(-len(self._posts) // _POSTS_A_PAGE)
        if not (page.isdecimal() and 1 <= int(page) <= pages):
            return not_found()
        number = int(page)
        start = (number - 1) * _POSTS_A_PAGE
        shown = self._posts[start : start + _POSTS_A_PAGE]
        return Answer(render("shop.html", posts=shown, page=number, pages=pages, address=address))
