"""Posts found by a site's sitemap: what it lists that was never seen, or changed since the last crawl."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy.http import Response

from crawlers.charsets import decode
from crawlers.items import ProblemItem, Scope
from crawlers.pages.ledger import MOST_REMEMBERED, Listed, believed
from crawlers.pages.reading import PostReader, asked, is_same_site
from crawlers.sitemap import Entry, Sitemap, parse_sitemap, sitemaps_of_robots
from crawlers.spider import Yield
from crawlers.text import parse_time

_DEEPEST = 3
"""Levels of sitemaps that list sitemaps; the protocol has two."""

_NO_ROBOTS = (401, 403)


class SitemapReader(PostReader):
    """Follows a sitemap, or those that robots.txt names, to the pages that are news."""

    def ask_sitemaps(self) -> Yield:
        """The sitemap that ``sources.yaml`` names, or robots.txt, which may name some."""
        given = self.options.sitemap
        if given == "auto":
            yield from self.ask(
                urljoin(self.options.url, "/robots.txt"),
                self.read_robots,
                scope="source",
                accepts=_NO_ROBOTS,
                on_missing="miss_robots",
            )
        elif given:
            yield from self._ask_sitemap(Listed(given), scope="source")

    def read_robots(self, response: Response) -> Yield:
        """The sitemaps that robots.txt names; without any the usual one."""
        text = "" if response.status in _NO_ROBOTS else decode(response.body, declared=None)[0]
        named = sitemaps_of_robots(text)
        own = [address for address in named if is_same_site(address, self.options.url)]
        yield from self._tell_foreign([address for address in named if address not in own], url=asked(response))
        for address in own:
            yield from self._ask_sitemap(Listed(address), scope="item" if own[1:] else "source")
        if not own:
            yield from self.miss_robots(asked(response))

    def miss_robots(self, url: str) -> Yield:
        """Without a robots.txt the sitemap stands where most sites have it."""
        yield from self._ask_sitemap(Listed(urljoin(url, "/sitemap.xml")), scope="source")

    def _ask_sitemap(self, one: Listed, *, scope: Scope, depth: int = 1) -> Yield:
        changed = one.changed.isoformat() if one.changed else None
        carried = {"scope": scope, "depth": depth, "changed": changed}
        yield from self.ask(
            one.address, self.read_sitemap, scope=scope, once=True, on_missing="miss_sitemap", kwargs=carried
        )

    def miss_sitemap(self, url: str, *, scope: Scope, **_: Any) -> Yield:
        """A sitemap that is not there."""
        detail = "HTTP 404; give the sitemap's address (sitemap: https://…), or list with selectors"
        yield ProblemItem(code="not_found", url=url, detail=detail, scope=scope)

    def read_sitemap(self, response: Response, *, scope: Scope, depth: int, changed: str | None) -> Yield:
        """One file: the sitemaps it lists, or the pages, of which the news are asked, the latest first."""
        url, found = asked(response), parse_sitemap(response.body, url=response.url, any_host=True)
        yield from self._tell_left_out(found, url=url)
        for child in self._own(found.children):
            if depth < _DEEPEST and not self.ledger.may_skip(child):
                yield from self._ask_sitemap(child, scope="item", depth=depth + 1)
        pages = believed([page for page in self._own(found.pages) if self.matches(page.address)])
        if not pages and not found.children and depth == 1:
            yield ProblemItem(code="item_incomplete", url=url, detail=self._nothing(found), scope=scope)
        self.ledger.compare(Listed(url, datetime.fromisoformat(changed) if changed else None), pages)
        yield from self._ask_pages(pages, url=url)

    def _nothing(self, found: Sitemap) -> str:
        kept = f" by match {self.options.match!r} on this host" if found.pages else ""
        return f"none of {len(found.pages)} addresses is kept{kept}"

    def _ask_pages(self, pages: list[Listed], *, url: str) -> Yield:
        news = self.ledger.news(page for page in pages if self._may_be_news(page))
        self.ledger.look(pages, news[: self.room])
        if len(news) > self.room:
            self.ledger.cut()
        yield from self.ask_new([page.address for page in news], where=url)
        self.memory["undated"] = self.memory.get("undated", 0) + sum(page.changed is None for page in pages)
        if self.memory["undated"] > MOST_REMEMBERED and self.tells("undated"):
            detail = f"more than {MOST_REMEMBERED} addresses without lastmod: those beyond are read again; narrow match"
            yield ProblemItem(code="walk_cut_short", url=url, detail=detail)

    def _may_be_news(self, page: Listed) -> bool:
        """False before a window; a page that the database knows and no sitemap listed before is only remembered."""
        if page.address in self.known_posts and page.address not in self.ledger:
            self.ledger.note(page.address)
        return not (self.since and page.changed and page.changed < self.since)

    def _own(self, entries: list[Entry]) -> list[Listed]:
        """Those on the source's own host, with the times that can be believed."""
        own = [entry for entry in entries if is_same_site(entry[0], self.options.url)]
        return [Listed(address, parse_time(raw, zone=self.zone, now=self.now)[0]) for address, raw in own]

    def _tell_left_out(self, found: Sitemap, *, url: str) -> Yield:
        addresses = [address for address, _ in (*found.children, *found.pages)]
        foreign = [one for one in addresses if not is_same_site(one, self.options.url)]
        yield from self._tell_foreign(foreign, url=url)
        if found.skipped and self.tells("skipped"):
            detail = f"{found.skipped} addresses are no web addresses, too long, or beyond the 50,000 of a file"
            yield ProblemItem(code="item_incomplete", url=url, detail=detail)

    def _tell_foreign(self, foreign: list[str], *, url: str) -> Yield:
        """Other hosts' addresses are not asked; once a crawl it is told."""
        if foreign and self.tells("foreign"):
            hosts = list(dict.fromkeys(urlsplit(address).netloc.rpartition("@")[2] for address in foreign))
            detail = f"{len(foreign)} addresses on other hosts are not asked: {', '.join(hosts[:3])[:200]}"
            yield ProblemItem(code="foreign_address", url=url, detail=detail)
