"""The crawl rate: our crawl, items and landing file included, against a bare Scrapy spider over the same pages."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.crawling import Crawling
from benchmarks.site import pages_of, serving

PAGES, ROUNDS = 3000, 3


def bare_once(base: str, folder: Path) -> float:
    """Seconds of the bare spider, its start included."""
    (folder / "bare.jsonl").unlink(missing_ok=True)
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "benchmarks.bare", f"{base}/", str(folder / "bare.jsonl")], check=True)
    passed = time.perf_counter() - began
    if len((folder / "bare.jsonl").read_bytes().splitlines()) != 3 * PAGES:
        raise RuntimeError("the bare spider did not read everything")
    return passed


def ours_once(base: str, folder: Path) -> float:
    """Seconds of our crawl, a fresh process as the bare one."""
    began = time.perf_counter()
    script = "from benchmarks.rate import crawl_here; import sys; crawl_here(*sys.argv[1:])"
    subprocess.run([sys.executable, "-c", script, base, str(folder)], check=True)
    return time.perf_counter() - began


def crawl_here(base: str, folder: str) -> None:
    """One crawl from this process."""
    summary, _ = Crawling.begin(f"{base}/", Path(folder), run=str(os.getpid())).result()
    if summary["done"].get("comment") != 2 * PAGES:
        raise RuntimeError(json.dumps(summary))


LEAST = 0.7


def main() -> bool:
    """Print the rates; False where ours is too slow."""
    with tempfile.TemporaryDirectory() as name, serving(pages_of(PAGES)) as site:
        folder = Path(name)
        pairs = [(ours_once(site.base, folder), bare_once(site.base, folder)) for _ in range(ROUNDS)]
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(bare / ours for ours, bare in pairs)
    print(f"crawl  ours {PAGES / mine:9,.0f}/s   bare {PAGES / theirs:9,.0f}/s   ratio {ratio:.2f}")
    return ratio >= LEAST


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
