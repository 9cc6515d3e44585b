"""Pages that are empty without JavaScript: their comments are read, and what did not come in time is not gone."""

from __future__ import annotations

from typing import Any

import pytest

from crawlers.task import Visit
from tests.crawlers.pages.conftest import COMMENTS, LISTED, Reader, article, comment, listing
from tests.hostile.server import Site
from yinliu.bootstrap import find_browser
from yinliu.settings import Settings

BROWSER = find_browser(Settings())
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("browser"),
]
SOURCE: dict[str, Any] = {
    **{**LISTED, "comments": COMMENTS, "render": True, "render_wait_seconds": 1},
    "post": {"wait_for": ".c"},
}


def written(markup: str) -> str:
    """A page that a script finishes a moment after it was loaded."""
    script = f"setTimeout(() => document.body.insertAdjacentHTML('beforeend', `{markup}`), 200)"
    return article("文章", comments=f"<script>{script}</script>")


def due(site: Site, *numbers: int) -> dict[str, Any]:
    """A visit to the post, of which these comments are known."""
    url = f"{site.base}/post"
    return {"visits": (Visit(post_id=url, url=url, known=tuple(f"{url}|{number}" for number in numbers)),)}


def test_comments_that_a_script_loads_are_read_page_by_page(read: Reader, site: Site) -> None:
    """Both pages of comments are waited for; the walk ends with the oldest one."""
    site.give("/", listing(["/post"]))
    site.give("/post", written(comment(3) + comment(2) + '<a class="more" href="/more">更多</a>'))
    site.give("/more", written(comment(1)))
    landed = read(SOURCE, browser=BROWSER)
    assert landed.comments == ["3", "2", "1"]
    assert [(visit.page, visit.last, visit.whole) for visit in landed.visits] == [(1, False, False), (2, True, True)]
    assert landed.codes == []


def test_comments_that_do_not_come_are_not_gone(read: Reader, site: Site) -> None:
    """The comment service is down: that is told, and the visit proves nothing."""
    site.give("/", listing(["/post"]))
    site.give("/post", article("文章"))
    landed = read(SOURCE, browser=BROWSER, known_posts=(f"{site.base}/post",), **due(site, 3, 2, 1))
    assert [(visit.last, visit.whole, visit.ids) for visit in landed.visits] == [(True, False, ())]
    assert landed.problems == [("item_incomplete", "/post", "'.c' was not seen in 1 s")]
