"""``python benchmarks/article.py [DIR]``: how well the article is found on real pages, beside the bare library.

DIR (default: ``../shared/data/pages/zh_articles`` beside the repository) holds pages ``*.html`` and the text of each as
``*.txt``. Of each page: F1 over the character 4-grams (as often as they occur, white space aside) of what is found.
"""

from __future__ import annotations

import logging
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

from readability import Document  # type: ignore[import-untyped]

from benchmarks import SHARED
from crawlers.article import extract
from crawlers.text import html_text

_GRAM = 4


def grams(text: str) -> Counter[str]:
    """The character 4-grams of a text without its white space."""
    dense = "".join(text.split())
    return Counter(dense[start : start + _GRAM] for start in range(max(1, len(dense) - _GRAM + 1)))


def f1(found: str, truth: str) -> float:
    """The harmonic mean of precision and recall over 4-grams; 0 for nothing."""
    ours, theirs = grams(found), grams(truth)
    return 2 * (ours & theirs).total() / (ours.total() + theirs.total()) if found.strip() else 0.0


def ours(html: str) -> str:
    """What this project finds."""
    article = extract(html, url="http://page.test/")
    return article.body if article else ""


def bare(html: str) -> str:
    """What readability-lxml finds by itself."""
    return html_text(Document(html).summary())


LEAST = 0.94


def main(folder: Path = SHARED / "pages" / "zh_articles") -> bool:
    """Print every page, and the means; False below :data:`LEAST`."""
    if not folder.is_dir():
        print("articles: skipped, ../shared/data/pages/zh_articles is not here")
        return True
    logging.disable(logging.CRITICAL)
    scores: list[tuple[float, float]] = []
    seconds = 0.0
    for path in sorted(folder.glob("*.html")):
        html, truth = path.read_text("utf-8"), path.with_suffix(".txt").read_text("utf-8")
        began = time.perf_counter()
        found = ours(html)
        seconds += time.perf_counter() - began
        scores.append((f1(found, truth), f1(bare(html), truth)))
        print(f"{path.stem:36} ours {scores[-1][0]:.3f}   readability-lxml {scores[-1][1]:.3f}")
    mine, theirs = (statistics.mean(column) for column in zip(*scores, strict=True))
    print(f"{len(scores)} pages: ours {mine:.4f}, readability-lxml {theirs:.4f}; {seconds / len(scores):.3f} s a page")
    return mine >= LEAST


if __name__ == "__main__":
    sys.exit(0 if main(*map(Path, sys.argv[1:])) else 1)
