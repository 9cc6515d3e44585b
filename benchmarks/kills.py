"""A crawl of a large site under ``kill -9``: what is lost, what is fetched twice.

``python benchmarks/kills.py [PAGES] [KILLS]`` (20,000 and 1,000).
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.crawling import PACE, Crawling, wait_for
from benchmarks.site import Site, pages_of, serving
from crawlers.frontier import FILE

_EARLY = 0.1


def crawl_killed(site: Site, folder: Path, *, kills: int, seed: int = 1) -> int:
    """Crawl, killing the process at a random moment after its first answers, until it comes to its end."""
    chance, done = random.Random(seed), 0  # noqa: S311
    while True:
        crawling = Crawling.begin(f"{site.base}/", folder)
        if done >= kills:
            crawling.result()
            return done
        if _let_work(crawling, folder / FILE, chance):
            return done
        crawling.kill()
        done += 1
        while not crawling.ended():
            time.sleep(0.001)


def _let_work(crawling: Crawling, journal: Path, chance: random.Random) -> bool:
    """Wait for a random moment, one in ten of them before the first answer; True when the crawl ended before it."""
    if chance.random() < _EARLY:
        return wait_for(crawling, chance.uniform(0, 0.3))
    size = _size(journal)
    while _size(journal) <= size:
        if wait_for(crawling, 0.002):
            return True
    return wait_for(crawling, chance.uniform(0, 0.06))


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def main(pages: int = 20_000, kills: int = 1_000) -> bool:
    """Print the figures; False when something was lost or fetched too often."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name, serving(pages_of(pages)) as site:
        folder = Path(name)
        done = crawl_killed(site, folder, kills=kills)
        rows = [json.loads(line) for line in (folder / "1.jsonl").read_bytes().splitlines()]
        posts = [row["external_id"] for row in rows if row["kind"] == "post"]
        asked = site.asked()
    wanted = {f"{site.base}/post/{number + 1}" for number in range(pages)}
    lost, twice = len(wanted - set(posts)), len(posts) - len(set(posts))
    again, most = sum(asked.values()) - len(asked), PACE["concurrency"] * done
    print(f"kills  {done} over {pages} pages: lost {lost}, landed twice {twice}, refetched {again} (at most {most})")
    print(f"       {time.monotonic() - began:.0f} s")
    return lost == twice == 0 and again <= most


if __name__ == "__main__":
    sys.exit(0 if main(*map(int, sys.argv[1:])) else 1)
