"""Sitemaps: pages, children, what is refused."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.problems import CrawlProblem
from crawlers.sitemap import LARGEST, MOST_ADDRESSES, Entry, Sitemap, parse_sitemap, sitemaps_of_robots
from tests.patience import within

URL = "https://site.test/sitemap.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url>
    <loc> https://site.test/a?x=1&amp;y=2 </loc><lastmod>2026-11-20</lastmod>
    <image:image><image:loc>https://site.test/a.jpg</image:loc></image:image>
  </url>
  <url><loc><![CDATA[https://site.test/文章/乙]]></loc>
    <news:news><news:title>标题</news:title><news:publication_date>2026-11-19</news:publication_date></news:news></url>
  <url><loc>/c</loc><lastmod></lastmod></url>
  <url><loc>https://site.test/a?x=1&amp;y=2</loc></url>
  <url><loc>https://other.test/d</loc></url>
  <url><loc>ftp://site.test/e</loc></url>
  <url><loc>javascript:alert(1)</loc></url>
  <url><priority>1</priority></url>
</urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://site.test/1.xml.gz</loc><lastmod>2026-11-20T08:00:00+08:00</lastmod></sitemap>
<sitemap><loc>https://site.test/2.xml</loc></sitemap></sitemapindex>"""
PAGES = [
    ("https://site.test/a?x=1&y=2", "2026-11-20"),
    ("https://site.test/文章/乙", None),
    ("https://site.test/c", None),
]


@pytest.mark.parametrize(
    "body", [NEWS, NEWS.encode(), gzip.compress(NEWS.encode()), "\ufeff" + NEWS, b"\n" + NEWS.encode()]
)
def test_pages_are_listed_once_in_order(body: bytes | str) -> None:
    """Other namespaces are not read; other hosts' and unusable addresses are counted."""
    assert parse_sitemap(body, url=URL) == Sitemap(pages=PAGES, children=[], skipped=4)


def test_other_hosts_are_taken_when_told() -> None:
    """The caller may know that they belong together."""
    assert parse_sitemap(NEWS, url=URL, any_host=True).pages[-1] == ("https://other.test/d", None)


def test_an_index_has_children() -> None:
    """They are sitemaps themselves, with their own times."""
    children = [("https://site.test/1.xml.gz", "2026-11-20T08:00:00+08:00"), ("https://site.test/2.xml", None)]
    assert parse_sitemap(INDEX, url=URL) == Sitemap(pages=[], children=children)


def test_the_same_host_is_the_same_for_both_schemes() -> None:
    """http and https, their own ports, a trailing dot and capitals are one host; another port is another."""
    lines = "http://site.test/a\nhttps://SITE.test:443/b\nhttps://site.test./c\nhttps://site.test:8443/d\n"
    found = parse_sitemap(lines, url=URL)
    assert [page for page, _ in found.pages] == lines.split()[:3]
    assert found.skipped == 1


def test_a_text_sitemap_is_one_address_a_line() -> None:
    """Empty lines and a byte order mark do not count."""
    body = "\ufeffhttps://site.test/a\r\n\r\nhttps://site.test/乙\n".encode()
    found: list[Entry] = [("https://site.test/a", None), ("https://site.test/乙", None)]
    assert parse_sitemap(body, url=URL) == Sitemap(pages=found, children=[])


def test_a_sitemap_in_gbk_is_read() -> None:
    """By its own declaration, or in spite of it."""
    text = '<?xml version="1.0" encoding="{}"?><urlset><url><loc>https://site.test/这是一条关于课程的文章</loc></url></urlset>'
    for label in ("gbk", "utf-8"):
        found = parse_sitemap(text.format(label).encode("gbk"), url=URL)
        assert found.pages == [("https://site.test/这是一条关于课程的文章", None)]


@pytest.mark.parametrize(
    "body",
    [
        "<urlset><url><loc>https://site.test/a</loc></url><url><loc>https://site.te",
        "<urlset><url><loc>https://site.test/a</loc></url></urlset></broken>",
        "<urlset><url><loc>https://site.test/a</loc><x:y>&nbsp;</url></urlset>",
        "<urlset>\x01<url><loc>https://site.test/a</loc></url></urlset>",
    ],
)
def test_broken_xml_is_read_as_far_as_it_goes(body: str) -> None:
    """What was listed before it broke is not lost."""
    assert ("https://site.test/a", None) in parse_sitemap(body, url=URL).pages


@pytest.mark.parametrize(
    ("body", "code"),
    [
        *((b"", "empty_body"), (b" \n", "empty_body"), ("<html><body>404</body></html>", "not_sitemap")),
        *(("<rss><channel/></rss>", "not_sitemap"), ("没有找到", "not_sitemap"), ("{}", "not_sitemap")),
        *(("<", "not_sitemap"), ("<!-- -->", "not_sitemap"), ("https://site.test/a\nnot an address", "not_sitemap")),
        *(
            ("<!DOCTYPE u [<!ENTITY a 'x'>]><urlset><url><loc>&a;</loc></url></urlset>", "xml_entities_refused"),
            ('<!DOCTYPE u [<!entity a SYSTEM "file:///etc/passwd">]><urlset/>', "xml_entities_refused"),
        ),
        *((gzip.compress(NEWS.encode())[:-40], "truncated"), (b"\x1f\x8bnonsense", "truncated")),
    ],
)
def test_what_is_no_sitemap_is_refused_with_a_code(body: bytes | str, code: str) -> None:
    """Error pages, feeds, entities, broken and endless gzip."""
    with pytest.raises(CrawlProblem) as refused:
        parse_sitemap(body, url=URL)
    assert refused.value.code == code


def test_a_file_beyond_the_limit_is_refused() -> None:
    """As it came, or after decompression."""
    for body in (b"<" * (LARGEST + 1), gzip.compress(b" " * (LARGEST + 1))):
        with pytest.raises(CrawlProblem, match="decompressed_too_large"):
            parse_sitemap(body, url=URL)


def test_a_gzip_bomb_of_many_members_is_refused() -> None:
    """The limit is of all members together."""
    with pytest.raises(CrawlProblem, match="decompressed_too_large"):
        parse_sitemap(gzip.compress(b" " * (1 << 20)) * 60, url=URL)


def test_more_than_the_protocol_allows_is_skipped_and_counted() -> None:
    """50,000 addresses a file, read in a few seconds."""
    rows = "".join(f"<url><loc>https://site.test/{number}</loc></url>" for number in range(MOST_ADDRESSES + 3))
    with within(10):
        found = parse_sitemap(f"<urlset>{rows}</urlset>", url=URL)
        assert (len(found.pages), found.skipped) == (MOST_ADDRESSES, 3)


@given(
    st.binary(max_size=200)
    | st.text(max_size=200)
    | st.from_regex(r"<(urlset|sitemapindex)>(<url><loc>.{0,20}</loc>)*")
)
def test_any_body_is_a_sitemap_or_a_problem(body: bytes | str) -> None:
    """Nothing else is raised, and every address is one of the host's own."""
    try:
        found = parse_sitemap(body, url=URL)
    except CrawlProblem:
        return
    assert all(page.startswith(("http://", "https://")) for page, _ in found.pages + found.children)


@given(st.lists(st.integers(0, 50), max_size=60))
def test_every_address_is_kept_once(numbers: list[int]) -> None:
    """In the order in which they come first."""
    text = "".join(f"<url><loc>https://site.test/{number}</loc></url>" for number in numbers)
    found = parse_sitemap(f"<urlset>{text}</urlset>", url=URL).pages
    assert found == [(f"https://site.test/{number}", None) for number in dict.fromkeys(numbers)]


def test_robots_names_sitemaps() -> None:
    """In any case, on any host, each once; nothing that is no address."""
    text = (
        "User-agent: *\nDisallow: /x\nSitemap: https://site.test/a.xml\r\nsitemap:https://cdn.test/b.xml.gz # daily\n"
        "SITEMAP : https://site.test/a.xml\nSitemap: /relative.xml\n# Sitemap: https://site.test/no.xml\nSitemap:\n"
    )
    assert sitemaps_of_robots(text) == ["https://site.test/a.xml", "https://cdn.test/b.xml.gz"]
    assert sitemaps_of_robots("") == []
