"""Comments over several pages: read until known ones, told page by page, and never taken as gone without reason."""

from __future__ import annotations

from typing import Any

import pytest

from crawlers.items import CommentItem, MetricItem
from crawlers.task import Visit
from tests.crawlers.pages.conftest import COMMENTS, LISTED, Reader, article, comment, comment_pages, listing
from tests.hostile.server import Site

SOURCE: dict[str, Any] = {**LISTED, "comments": COMMENTS}


@pytest.fixture(autouse=True)
def _empty_list(site: Site) -> None:
    site.give("/", listing(["/known"]))


def due(site: Site, *numbers: int, path: str = "/known") -> dict[str, Any]:
    """A visit to a post with some known comments, as a job is told of it."""
    url = site.base + path
    visit = Visit(post_id=url, url=url, known=tuple(f"{url}|{number}" for number in numbers))
    return {"visits": (visit,), "known_posts": (url,)}


def told(landed: Any) -> list[tuple[int, bool, bool]]:
    """Of each visited page: its number, whether it was the last, whether the oldest comment was reached."""
    return [(visit.page, visit.last, visit.whole) for visit in landed.visits]


def test_all_comments_of_a_new_post_are_read(read: Reader, site: Site) -> None:
    """Seven comments on four pages: each once, each page told, the last one as the whole."""
    comment_pages(site, "/known", list(range(7, 0, -1)))
    landed = read(SOURCE)
    assert landed.comments == list("7654321")
    assert told(landed) == [(1, False, False), (2, False, False), (3, False, False), (4, True, True)]
    assert [len(visit.ids) for visit in landed.visits] == [2, 2, 2, 1]


def test_a_post_with_one_page_is_whole(read: Reader, site: Site) -> None:
    """Without another page the first one is the last and the whole, comments or none."""
    comment_pages(site, "/known", [1])
    comment_pages(site, "/other", [])
    site.give("/", listing(["/known", "/other"]))
    assert told(read(SOURCE)) == [(1, True, True)] * 2


def test_a_visit_ends_at_known_comments(read: Reader, site: Site) -> None:
    """Two new comments before a hundred known ones: three pages are read, the rest is not."""
    comment_pages(site, "/known", list(range(102, 0, -1)))
    landed = read(SOURCE, **due(site, *range(100, 0, -1)))
    assert landed.comments == ["102", "101", "100", "99", "98", "97"]
    assert told(landed) == [(1, False, False), (2, False, False), (3, True, False)]
    assert landed.asked["/known"] == 3


def test_a_pinned_comment_does_not_end_a_visit(read: Reader, site: Site) -> None:
    """One known comment above new ones is no ground to stop."""
    comment_pages(site, "/known", [1, 9, 8, 7, 6, 5, 4, 3, 2])
    landed = read(SOURCE, **due(site, 5, 4, 3, 2, 1))
    assert landed.comments[:6] == ["1", "9", "8", "7", "6", "5"]


def test_oldest_first_reads_all_pages(read: Reader, site: Site) -> None:
    """Where new comments come last, every page is read, however much is known."""
    comment_pages(site, "/known", list(range(1, 8)))
    source = {**SOURCE, "comments": {**COMMENTS, "order": "oldest"}}
    landed = read(source, **due(site, 1, 2, 3, 4, 5, 6))
    assert landed.comments == list("1234567")
    assert told(landed)[-1] == (4, True, True)


@pytest.mark.parametrize("status", [404, 410])
def test_a_visited_post_that_is_not_there_is_gone(read: Reader, site: Site, status: int) -> None:
    """404 and 410 on a visit are no problem but the answer."""
    site.give("/known", "x", status=status)
    landed = read(SOURCE, **due(site, 1))
    assert [(visit.post_id, visit.gone) for visit in landed.visits] == [(f"{site.base}/known", True)]
    assert landed.codes == []


def test_an_empty_page_that_was_promised_proves_nothing(read: Reader, site: Site) -> None:
    """The second page shows no comment (a login wall): what is known is not told as gone."""
    more = '<a class="more" href="/wall">更多</a>'
    site.give("/known", article("文章", comments=comment(3) + comment(2) + more))
    site.give("/wall", "<h1>请登录</h1>")
    assert told(read(SOURCE, **due(site, 1))) == [(1, False, False), (2, True, False)]


def test_a_lost_comment_page_ends_the_visit_in_doubt(read: Reader, site: Site) -> None:
    """A link to more comments that leads nowhere is a problem, and the visit is not whole."""
    site.give("/known", article("文章", comments=comment(2) + '<a class="more" href="/nowhere">更多</a>'))
    landed = read(SOURCE, **due(site, 1))
    assert told(landed) == [(1, False, False), (2, True, False)]
    assert [(code, path) for code, path, _ in landed.problems] == [("not_found", "/nowhere")]


def test_comment_pages_that_lead_round_end(read: Reader, site: Site) -> None:
    """A page of comments that was seen in this walk ends it, and is not the whole."""
    site.give("/known", article("文章", comments=comment(2) + '<a class="more" href="/again">更多</a>'))
    site.give("/again", article("文章", comments=comment(2) + '<a class="more" href="/known">更多</a>'))
    landed = read(SOURCE, **due(site))
    assert told(landed)[-1] == (2, True, False)
    assert landed.asked["/again"] == 1


def test_replies_count_as_comments_of_the_page(read: Reader, site: Site) -> None:
    """A reply nested in a comment is told with the page's ids and knows its parent."""
    site.give("/known", article("文章", comments=comment(5, inner=comment(6)) + comment(4)))
    landed = read({**SOURCE, "comments": {**COMMENTS, "parent": "nested"}}, **due(site, 4))
    assert [one.rpartition("|")[2] for one in landed.visits[0].ids] == ["5", "6", "4"]
    parents = {one.external_id[-1]: one.parent_id for one in landed.items if isinstance(one, CommentItem)}
    assert parents == {"5": None, "6": f"{site.base}/known|5", "4": None}


def test_a_visit_without_comment_selectors_says_nothing_of_comments(read: Reader, site: Site) -> None:
    """The post and its counters are read again; known comments stay."""
    site.give("/known", article("文章", comments='<i class="likes">赞 12</i>'))
    landed = read({**LISTED, "post": {"metrics": {"likes": ".likes"}}}, **due(site, 1, 2))
    assert told(landed) == [(1, True, False)]
    assert [(item.name, item.value) for item in landed.items if isinstance(item, MetricItem)] == [("likes", 12)]


def test_a_visited_post_that_cannot_be_read_says_nothing_of_comments(read: Reader, site: Site) -> None:
    """A redesign is a problem that names the page; no comment is gone by it."""
    site.give("/known", "<p>改版中</p>")
    landed = read(SOURCE, **due(site, 1, 2))
    assert landed.codes == ["item_incomplete"]
    assert told(landed) == [(1, True, False)]
