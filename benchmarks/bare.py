"""A bare Scrapy spider over the bench site: Scrapy's own defaults, its own export to a file. ``bare.py URL FILE``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


class Bare(scrapy.Spider):
    """What a tutorial would write."""

    name = "bare"

    def parse(self, response: Response) -> Iterator[Any]:
        """A list page."""
        for link in response.css("a.post::attr(href)").getall():
            yield response.follow(link, self.parse_post)
        following = response.css("a.next::attr(href)").get()
        if following:
            yield response.follow(following, self.parse)

    def parse_post(self, response: Response) -> Iterator[dict[str, Any]]:
        """A post and its comments."""
        title, time = response.css("h1::text").get(), response.css("time::attr(datetime)").get()
        yield {"url": response.url, "title": title, "time": time, "body": response.css("article p::text").getall()}
        for comment in response.css("li.comment"):
            text, who = comment.css(".text::text").get(), comment.css("b::text").get()
            yield {"id": comment.attrib["id"], "text": text, "who": who}


if __name__ == "__main__":
    settings = {"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}
    process = AsyncCrawlerProcess({**settings, "DOWNLOAD_DELAY": 0, "FEEDS": {sys.argv[2]: {"format": "jsonlines"}}})
    process.crawl(Bare, start_urls=[sys.argv[1]])
    process.start()
