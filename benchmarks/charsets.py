"""``python benchmarks/charsets.py [DIR]``: how many pages are read exactly whatever encoding their label names.

DIR (default: ``../shared/data`` beside the repository) holds Chinese texts: ``nlp/*.tsv``, one a line after a tab, and
``pages/**/*.txt``. They are joined to pages of several lengths, kept to what the encoding can write, put into HTML and
encoded. Big5 pages hold the traditional and shared characters of the texts. A page counts when all of it is right.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from benchmarks import SHARED
from crawlers.charsets import decode

PAGES = 250
"""Of each length and case."""
LENGTHS = (50, 200, 1_000, 5_000)
WRONG = {
    "gbk": ("gbk", "gb2312", "utf-8", "latin-1", None, "big5", "shift_jis", "euc-kr", "no-such"),
    "gb18030": ("gb18030", "utf-8", "latin-1", None, "big5"),
    "cp950": ("big5", "utf-8", "latin-1", None, "gbk", "gb18030", "shift_jis", "euc-kr"),
    "utf-8": ("utf-8", "gbk", "big5", "latin-1", None),
}
"""The labels under which each true encoding is read."""
WESTERN = (
    "Le café était déjà fermé ; « voilà », dit-il à l’hôtel, où ça coûte 3 € de plus.",
    "Über die Straße fährt früh am Morgen der größte Bär; schöne Grüße aus Köln!",
    "El niño comió piñas en el jardín mañana por la mañana, ¿qué pasó después?",
    "A plain English page – with “quotes”, a dash and a naïve résumé.",
)
HEAD = '<!DOCTYPE html>\n<html><head>{meta}<title>{title}</title>\n<script>var page = {{"id": 1}};</script></head>\n'


def texts_of(folder: Path) -> Iterator[str]:
    """Every text below a folder."""
    for path in sorted((folder / "nlp").glob("*.tsv")):
        for line in path.read_text("utf-8").splitlines():
            yield line.rpartition("\t")[2].strip()
    for path in sorted((folder / "pages").rglob("*.txt")):
        yield from path.read_text("utf-8").splitlines()


@lru_cache(maxsize=1 << 16)
def writable(char: str, encoding: str) -> bool:
    """Whether an encoding writes a character in a way that comes back as itself."""
    return char.encode(encoding, "ignore").decode(encoding, "ignore") == char


def pages_of(texts: Iterable[str], *, encoding: str) -> Iterator[str]:
    """HTML pages of every length, made of shuffled texts, with and without a charset in their head."""
    rows = list(texts)
    order = random.Random(7)  # noqa: S311
    for length in LENGTHS:
        for number in range(PAGES):
            body = ""
            while len(body) < length:
                body += "".join(char for char in order.choice(rows) if writable(char, encoding)) + "\n"
            meta = f'<meta charset="{encoding}">' if number % 2 else ""
            yield f"{HEAD.format(meta=meta, title=body[:12].strip())}<body><p>{body[:length]}</p></body></html>"


def share(pages: Iterable[str], *, encoding: str, label: str | None) -> tuple[int, int]:
    """How many pages are read exactly, of how many."""
    right = [decode(page.encode(encoding), declared=label)[0] == page for page in pages]
    return sum(right), len(right)


def speed(pages: list[str], *, encoding: str, label: str | None) -> float:
    """Megabytes a second."""
    bodies = [page.encode(encoding) for page in pages]
    began = time.perf_counter()
    for body in bodies:
        decode(body, declared=label)
    return sum(map(len, bodies)) / 1e6 / (time.perf_counter() - began)


LEAST = 0.995


def main(folder: Path = SHARED) -> bool:
    """Print every case and the whole; False below :data:`LEAST`."""
    if not folder.is_dir():
        print("charsets: skipped, ../shared/data is not here")
        return True
    texts = [text for text in texts_of(folder) if text]
    total: list[tuple[int, int]] = []
    for encoding, labels in WRONG.items():
        pages = list(pages_of(texts, encoding=encoding))
        for label in labels:
            right, count = share(pages, encoding=encoding, label=label)
            total.append((right, count))
            rate = speed(pages, encoding=encoding, label=label)
            print(f"{encoding:8} labelled {label!s:9} {right:5}/{count} {right / count:8.3%}  {rate:6.0f} MB/s")
    for label in ("windows-1252", "latin-1", "utf-8", None, "gbk"):
        right, count = share((f"<p>{text}</p>" for text in WESTERN), encoding="cp1252", label=label)
        print(f"western  labelled {label!s:12} {right}/{count}")
    right, count = (sum(column) for column in zip(*total, strict=True))
    print(f"all Chinese pages: {right}/{count} = {right / count:.3%}")
    return right >= LEAST * count


if __name__ == "__main__":
    sys.exit(0 if main(*map(Path, sys.argv[1:])) else 1)
