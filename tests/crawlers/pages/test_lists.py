"""Walks through list pages: the newest until known ground, the rest by the next crawl, nothing lost on the way."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.crawlers.pages.conftest import LISTED, Reader, article, completed, list_pages, listing
from tests.hostile.server import Site


def posts(site: Site, count: int, *, first: int = 1) -> list[str]:
    """Paths of posts that the site has, the newest first."""
    paths = [f"/post-{number}" for number in range(first + count - 1, first - 1, -1)]
    for path in paths:
        site.give(path, article(f"文章 {path}"))
    return paths


def urls(site: Site, paths: list[str]) -> list[str]:
    """The addresses of paths."""
    return [site.base + path for path in paths]


def test_a_second_walk_ends_at_known_posts(read: Reader, site: Site) -> None:
    """Two new posts before thirty known ones: one list page and two posts are asked."""
    old = posts(site, 30)
    new = posts(site, 2, first=31)
    list_pages(site, lambda: new + old)
    landed = read(LISTED, known_posts=tuple(urls(site, old)), cursor=completed(site.base, old, LISTED))
    assert sorted(landed.posts) == sorted(new)
    assert landed.asked["/"] == 1


def test_what_was_read_once_is_known_without_the_database(read: Reader, site: Site) -> None:
    """A second crawl asks for nothing that the first one asked for, not even for a page that is no article."""
    paths = [*posts(site, 4), "/menu"]
    site.give("/menu", "<p>菜单</p>")
    list_pages(site, lambda: paths)
    first, second = read(LISTED), read(LISTED)
    assert (sorted(first.posts), first.codes) == (sorted(paths[:4]), ["item_incomplete"])
    assert dict(second.asked) == {"/robots.txt": 1, "/": 1}


def test_a_page_that_could_not_be_read_is_read_when_the_selectors_change(read: Reader, site: Site) -> None:
    """Selectors that are mended get the pages again which they were mended for."""
    site.give("/short", "<h2>短</h2><p>短讯</p>")
    list_pages(site, lambda: ["/short"])
    read(LISTED)
    landed = read({**LISTED, "post": {"title": "h2", "body": "p"}})
    assert landed.posts == ["/short"]


def test_max_posts_leaves_the_rest_to_the_next_crawl(read: Reader, site: Site) -> None:
    """Twelve posts, five a crawl: three crawls have all of them once, and the first two say that there is more."""
    paths = posts(site, 12)
    list_pages(site, lambda: paths)
    source = {**LISTED, "max_posts": 5}
    crawls = [read(source) for _ in range(4)]
    assert [len(landed.posts) for landed in crawls] == [5, 5, 2, 0]
    assert sorted(path for landed in crawls for path in landed.posts) == sorted(paths)
    assert [landed.codes for landed in crawls] == [["crawl_budget_exhausted"], ["crawl_budget_exhausted"], [], []]
    assert crawls[0].problems == [
        ("crawl_budget_exhausted", "/?page=2", "max_posts 5 is reached; the next crawl goes on from here")
    ]
    assert crawls[3].asked["/"] == 1


def test_news_comes_before_what_was_left(read: Reader, site: Site) -> None:
    """A post published meanwhile is read first, then the walk goes on where it stopped."""
    paths = posts(site, 12)
    list_pages(site, lambda: paths)
    source = {**LISTED, "max_posts": 5}
    read(source)
    paths[:0] = posts(site, 1, first=13)
    assert read(source).posts == ["/post-13", "/post-7", "/post-6", "/post-5", "/post-4"]
    assert sorted(read(source).posts) == ["/post-1", "/post-2", "/post-3"]


def test_a_gap_that_max_posts_tore_is_closed(read: Reader, site: Site) -> None:
    """More new posts than one crawl may read, while older ones are still left: in the end all were read once."""
    paths = posts(site, 9)
    list_pages(site, lambda: paths, size=3)
    source = {**LISTED, "max_posts": 4}
    found = read(source).posts
    paths[:0] = posts(site, 9, first=10)
    for _ in range(5):
        found += read(source).posts
    assert sorted(found) == sorted(paths)
    assert read(source).asked["/"] == 1


def test_a_list_that_is_not_by_date_is_read_whole(read: Reader, site: Site) -> None:
    """``order: any``: a new post on the last page is found behind known ones, and only it is asked."""
    paths = posts(site, 14)
    list_pages(site, lambda: paths)
    source = {"list": {**LISTED["list"], "order": "any"}}
    read(source)
    paths += posts(site, 1, first=15)
    landed = read(source)
    assert landed.posts == ["/post-15"]
    assert landed.asked["/"] == 3


def test_a_list_page_that_repeats_itself_ends_the_walk(read: Reader, site: Site) -> None:
    """A site that shows its first page for any page number is asked for two of them."""
    paths = posts(site, 4)
    site.on("/", lambda exchange: exchange.say(listing(paths, following=f"/?page={exchange.number + 1}")))
    landed = read(LISTED)
    assert (sorted(landed.posts), landed.asked["/"]) == (sorted(paths), 2)


def test_max_pages_before_known_ground_is_told(read: Reader, site: Site) -> None:
    """Where the walk is stopped among new posts, those between may be missing: a problem says so."""
    new, old = posts(site, 12, first=10), posts(site, 5)
    list_pages(site, lambda: new + old)
    landed = read({"list": {**LISTED["list"], "max_pages": 2}}, cursor=completed(site.base, old, LISTED))
    assert len(landed.posts) == 10
    assert [(code, path) for code, path, _ in landed.problems] == [("walk_cut_short", "/?page=2")]


def test_match_chooses_among_the_links(read: Reader, site: Site) -> None:
    """Links that ``match`` does not find are not asked, and a page of them alone does not end the walk."""
    paths = [f"/tag-{number}" for number in range(5)] + posts(site, 2)
    list_pages(site, lambda: paths)
    landed = read({**LISTED, "match": r"/post-\d+$"})
    assert sorted(landed.posts) == ["/post-1", "/post-2"]
    assert landed.codes == []


def test_since_ends_the_walk_behind_the_window(read: Reader, site: Site) -> None:
    """With a window, posts before it are not stored and a newest-first list is not followed far behind it."""
    paths = [f"/day-{day:02}" for day in range(28, 0, -1)]
    for path in paths:
        site.give(path, f"<h1>{path}</h1><time>2026-10-{path[-2:]}</time><article>文</article>")
    list_pages(site, lambda: paths, size=4)
    source = {**LISTED, "post": {"title": "h1", "body": "article", "time": "time", "author": "i"}}
    landed = read(source, since=datetime(2026, 10, 23, tzinfo=UTC), cursor={"reading": 1, "seen": ""})
    assert sorted(landed.posts) == [f"/day-{day}" for day in range(24, 29)]
    assert landed.asked["/"] <= 4
    assert landed.cursor is not None
    assert {"reading": 1, "seen": ""}.items() <= landed.cursor.items()
