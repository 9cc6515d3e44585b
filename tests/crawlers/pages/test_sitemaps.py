"""Posts found by a sitemap: only what is news is asked, only the source's own host, and what is left comes next."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from typing import Any

import pytest

from tests.crawlers.pages.conftest import Reader, article, sitemap
from tests.hostile.server import Exchange, Site

AUTO: dict[str, Any] = {"sitemap": "auto"}
Rows = list[tuple[str, str | None]]


def publish(site: Site, paths: Sequence[str], changed: str | None = None) -> Rows:
    """Posts, as a sitemap lists them."""
    for path in paths:
        site.give(path, article(f"文章 {path}"))
    return [(site.base + path, changed) for path in paths]


def lists(site: Site, rows: Rows, *, path: str = "/sitemap.xml", index: bool = False) -> None:
    """A sitemap that lists what stands in ``rows`` when it is asked."""

    def answer(exchange: Exchange) -> None:
        exchange.say(sitemap(rows, index=index), kind="application/xml")

    site.on(path, answer)


def test_pages_without_lastmod_are_asked_once(read: Reader, site: Site) -> None:
    """The second crawl asks for the page that was added, and for no other."""
    rows = publish(site, ["/a", "/b"])
    lists(site, rows)
    assert sorted(read(AUTO).posts) == ["/a", "/b"]
    rows += publish(site, ["/c"])
    second = read(AUTO)
    assert second.posts == ["/c"]
    assert dict(second.asked) == {"/robots.txt": 2, "/sitemap.xml": 1, "/c": 1}


def test_a_changed_page_is_asked_again(read: Reader, site: Site) -> None:
    """A later ``lastmod`` asks for a known page; the day of overlap costs nothing where the times are exact."""
    rows = publish(site, ["/a", "/b"], "2026-11-01T08:30:10Z") + publish(site, ["/c"], "2026-11-05T09:30:10Z")
    lists(site, rows)
    assert len(read(AUTO).posts) == 3
    assert read(AUTO).posts == []
    rows[0] = (rows[0][0], "2026-11-05T10:30:10Z")
    assert read(AUTO).posts == ["/a"]


def test_a_page_that_is_added_with_an_old_date_is_asked(read: Reader, site: Site) -> None:
    """An import of old posts is news, whatever its dates."""
    rows = publish(site, ["/a"], "2026-11-05T09:30:10Z")
    lists(site, rows)
    read(AUTO)
    rows += publish(site, ["/imported"], "2019-01-01")
    assert read(AUTO).posts == ["/imported"]


def test_max_posts_leaves_the_rest_to_the_next_crawl(read: Reader, site: Site) -> None:
    """Five pages, two a crawl, the latest first: the third crawl has the last one, and all were asked once."""
    rows = [row for day in range(1, 6) for row in publish(site, [f"/day-{day}"], f"2026-11-0{day}T08:30:10Z")]
    lists(site, rows)
    crawls = [read({**AUTO, "max_posts": 2}) for _ in range(4)]
    assert [sorted(landed.posts) for landed in crawls] == [["/day-4", "/day-5"], ["/day-2", "/day-3"], ["/day-1"], []]
    assert [landed.codes for landed in crawls] == [["crawl_budget_exhausted"], ["crawl_budget_exhausted"], [], []]


def test_an_index_is_followed_and_its_old_parts_are_not(read: Reader, site: Site) -> None:
    """Each listed sitemap is read once; then only the one that says it has changed."""
    old, new = publish(site, ["/old"], "2026-01-01T08:30:10Z"), publish(site, ["/new"], "2026-11-05T08:30:10Z")
    lists(site, old, path="/2025.xml")
    lists(site, new, path="/2026.xml")
    parts: Rows = [(f"{site.base}/2025.xml", "2026-01-01T09:00:10Z"), (f"{site.base}/2026.xml", "2026-11-05T09:00:10Z")]
    lists(site, parts, index=True)
    assert sorted(read(AUTO).posts) == ["/new", "/old"]
    new += publish(site, ["/newer"], "2026-11-07T08:30:10Z")
    parts[1] = (parts[1][0], "2026-11-07T09:00:10Z")
    second = read(AUTO)
    assert second.posts == ["/newer"]
    assert (second.asked["/2025.xml"], second.asked["/2026.xml"]) == (0, 1)


def test_robots_txt_names_the_sitemaps(read: Reader, site: Site) -> None:
    """``auto`` reads what robots.txt names, gzipped or not; one on another host is refused and told."""
    rows = publish(site, ["/a"])
    lines = f"User-agent: *\nDisallow:\nSitemap: {site.base}/map.xml.gz\nSitemap: http://cdn.example/map.xml"
    site.give("/robots.txt", lines, kind="text/plain")
    site.give("/map.xml.gz", gzip.compress(sitemap(rows).encode()), kind="application/octet-stream")
    landed = read(AUTO)
    assert (landed.posts, landed.codes) == (["/a"], ["foreign_address"])
    assert "1 addresses on other hosts are not asked: cdn.example" in landed.problems[0][2]
    assert landed.asked["/sitemap.xml"] == 0


def test_other_hosts_are_told_once_and_never_asked(read: Reader, site: Site) -> None:
    """Foreign and private addresses in a sitemap are counted; what is no web address too."""
    rows = publish(site, ["/a"])
    wrong: Rows = [
        ("http://169.254.169.254/latest", None),
        ("https://other.example/x", None),
        ("file:///etc/passwd", None),
    ]
    lists(site, rows + wrong, path="/one.xml")
    lists(site, wrong, path="/two.xml")
    lists(site, [(f"{site.base}/one.xml", None), (f"{site.base}/two.xml", None)], index=True)
    landed = read({"sitemap": f"{site.base}/sitemap.xml"})
    assert landed.posts == ["/a"]
    assert sorted(landed.codes) == ["foreign_address", "item_incomplete"]


def test_match_keeps_what_it_finds(read: Reader, site: Site) -> None:
    """Only addresses that match are asked; where none does, the source has failed and the message says why."""
    lists(site, publish(site, ["/blog/1", "/tag/1"]))
    assert read({**AUTO, "match": "/blog/"}).posts == ["/blog/1"]
    landed = read({**AUTO, "match": "/news/"})
    assert landed.problems == [
        ("item_incomplete", "/sitemap.xml", "none of 2 addresses is kept by match '/news/' on this host")
    ]
    assert landed.cursor is None


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("nothing", 404, "not_found"),
        ("<html><body>主页</body></html>", 200, "not_sitemap"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><urlset/>', 200, "xml_entities_refused"),
        ("<urlset></urlset>", 200, "item_incomplete"),
    ],
    ids=["missing", "a web page", "entities", "empty"],
)
def test_a_sitemap_that_cannot_be_read_fails_the_source(
    read: Reader, site: Site, body: str, status: int, code: str
) -> None:
    """Each failure has a code, the file's address, and keeps the cursor."""
    site.give("/sitemap.xml", body, status=status)
    landed = read(AUTO)
    assert [(problem, path) for problem, path, _ in landed.problems] == [(code, "/sitemap.xml")]
    assert landed.cursor is None


def test_a_broken_part_of_an_index_does_not_hide_the_others(read: Reader, site: Site) -> None:
    """A listed sitemap that is missing is told; the others are read, and the cursor moves."""
    lists(site, publish(site, ["/a"]), path="/good.xml")
    lists(site, [(f"{site.base}/gone.xml", None), (f"{site.base}/good.xml", None)], index=True)
    landed = read(AUTO)
    assert (landed.posts, landed.codes) == (["/a"], ["not_found"])
    assert landed.cursor is not None


def test_an_index_of_itself_ends(read: Reader, site: Site) -> None:
    """Sitemaps that list each other are read once each."""
    lists(site, [(f"{site.base}/b.xml", None)], path="/sitemap.xml", index=True)
    lists(site, [(f"{site.base}/sitemap.xml", None)], path="/b.xml", index=True)
    landed = read(AUTO)
    assert (landed.asked["/sitemap.xml"], landed.asked["/b.xml"]) == (1, 1)


def test_a_list_and_a_sitemap_together_ask_each_post_once(read: Reader, site: Site) -> None:
    """Whichever finds a post first asks for it."""
    rows = publish(site, ["/a", "/b"])
    lists(site, rows)
    site.give("/", '<a class="post" href="/b">b</a><a class="post" href="/c">c</a>')
    publish(site, ["/c"])
    landed = read({**AUTO, "list": {"links": "a.post"}})
    assert sorted(landed.posts) == ["/a", "/b", "/c"]
    assert landed.asked["/b"] == 1


def test_known_posts_are_not_read_again(read: Reader, site: Site) -> None:
    """A sitemap that is given to a source with posts asks only for those that the database does not know."""
    lists(site, publish(site, ["/a", "/b"]))
    landed = read(AUTO, known_posts=(f"{site.base}/a",))
    assert landed.posts == ["/b"]
