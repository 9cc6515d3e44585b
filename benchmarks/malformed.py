"""Ten thousand malformed pages: nothing crashes, nothing vanishes, memory stays small.

Each page is made from its number: broken HTTP, compression, charsets, markup, times and comments. Every one of them
must end as a post or in quarantine, and every line of the landing file as stored or quarantined.
"""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from benchmarks.crawling import source
from benchmarks.site import ok, pages_of, post_page, serving
from crawlers.task import Job
from models.content import Post, Quarantine
from models.database import open_engine, upgrade
from models.unit_of_work import UnitOfWork
from yinliu.stages.load import load

PAGES, MOST_MEBIBYTES = 10_000, 256
LIMITS = {"max_body_mib": 1, "timeout_seconds": 5, "max_wait_seconds": 0, "concurrency": 8}
_BOMB = gzip.compress(bytes(20_000_000))
Break = Callable[[str, random.Random], bytes]


def _raw(head: str, body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {head}\r\nConnection: close\r\n\r\n".encode("latin-1") + body


def _packed(body: bytes, *, kind: str = "gzip") -> bytes:
    head = f"200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {kind}\r\nContent-Length: {len(body)}"
    return _raw(head, body)


def _noise(chance: random.Random, size: int = 3000) -> bytes:
    return chance.randbytes(chance.randrange(size))


def _spoilt(page: str, chance: random.Random) -> bytes:
    """The page with some of its bytes changed."""
    body = bytearray(page.encode())
    for _ in range(chance.randrange(1, 60)):
        body[chance.randrange(len(body))] = chance.randrange(256)
    return ok(bytes(body))


def _cut(page: str, chance: random.Random) -> bytes:
    return ok(page.encode()[: chance.randrange(len(page))])


def _half(page: str, chance: random.Random) -> bytes:
    return _raw("200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999", page.encode())


def _nested(page: str, chance: random.Random) -> bytes:
    return ok(("<div>" * chance.randrange(500, 60_000) + page).encode())


def _odd_text(page: str, chance: random.Random) -> bytes:
    odd = "\x00\x07\x1b&#0;&#xD800;&#x110000;&#128;\ufffe&nbsp;&bogus;" * 20
    return ok(page.replace("今天", odd).encode())


def _many_comments(page: str, chance: random.Random) -> bytes:
    rows = "".join(
        f'<li class="comment" id="{n % 7 or ""}"><div class="text">{"" if n % 3 else n}</div>' for n in range(2000)
    )
    return ok(page.replace("<ul>", f"<ul>{rows}").encode())


def _wrong_time(page: str, chance: random.Random) -> bytes:
    times = ("9999-99-99", "昨天", "", "1e400", "-1", "2099-01-01", "0000-00-00T00:00:00Z", "٢٠٢٦-١١-٠١")
    return ok(page.replace("2026-11-01T08:00:00+08:00", chance.choice(times)).encode())


BREAKS: tuple[Break, ...] = (
    lambda page, chance: ok(page.encode()),
    _spoilt,
    _cut,
    _half,
    _nested,
    _odd_text,
    _many_comments,
    _wrong_time,
    lambda page, chance: ok(_noise(chance)),
    lambda page, chance: ok(page.encode("gb18030")),
    lambda page, chance: ok(page.encode("gb18030"), "text/html; charset=big5"),
    lambda page, chance: ok(page.encode("utf-16")),
    lambda page, chance: ok(page.encode("utf-8"), "text/html; charset=nonsense"),
    lambda page, chance: ok(b""),
    lambda page, chance: ok(page.replace("h1", "h2").encode()),
    lambda page, chance: ok(b"<!--" * 200_000),
    lambda page, chance: ok(b"<" * 900_000),
    lambda page, chance: ok(("<p " + 'a="b" ' * 50_000 + ">" + page).encode()),
    lambda page, chance: ok(b"\xff" * 2_000_000),
    lambda page, chance: ok(page.encode(), chance.choice(("application/pdf", "image/png", ";;;", "text/html" * 300))),
    lambda page, chance: _packed(_BOMB),
    lambda page, chance: _packed(_noise(chance)),
    lambda page, chance: _packed(gzip.compress(page.encode())[: chance.randrange(5, 300)]),
    lambda page, chance: _packed(page.encode(), kind=chance.choice(("br", "zstd", "deflate", "x-made-up"))),
    lambda page, chance: _raw("200 OK\r\nTransfer-Encoding: chunked", b"zz\r\nnonsense\r\n0\r\n\r\n"),
    lambda page, chance: _raw("302 Found\r\nLocation: /post/1/", b""),
    lambda page, chance: _raw(
        chance.choice(("301 x\r\nLocation: http://", "302 x", "307 x\r\nLocation: file:///etc/passwd"))
    ),
    lambda page, chance: _raw(
        chance.choice(("404 Not Found", "410 Gone", "418 Teapot", "500 Oops", "204 No", "999 ?"))
    ),
    lambda page, chance: b"HTTP/9.9 abc\r\n\r\nConnection: close",
    lambda page, chance: b"Connection: close " + _noise(chance, 300),
    lambda page, chance: _raw("200 OK\r\nContent-Length: -5\r\nContent-Type: text/html", page.encode()),
    lambda page, chance: _raw("200 OK\r\nX: " + "y" * 70_000, page.encode()),
)


def answer(path: str) -> bytes:
    """The site: whole list pages, broken posts."""
    if not path.startswith("/post/"):
        return pages_of(PAGES)(path)
    number = int("0" + path.split("/")[2])
    return BREAKS[number % len(BREAKS)](post_page(number), random.Random(number))  # noqa: S311


def crawl(base: str, folder: Path) -> float:
    """Crawl it in a process of its own; gives the peak of its memory in MiB."""
    job = Job(
        source=source(f"{base}/", **LIMITS),
        run="1",
        landing=folder / "bench" / "1.jsonl",
        started_at=datetime.now(UTC),
    )
    pipe, errors = subprocess.PIPE, (folder / "errors.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "crawlers"], stdin=pipe, stdout=pipe, stderr=errors, start_new_session=True
    )
    assert process.stdin and process.stdout
    process.stdin.write(job.model_dump_json().encode() + b"\n")
    process.stdin.flush()
    peak, told = 0.0, b""
    while piece := process.stdout.readline():
        told, peak = piece, max(peak, high_water(process.pid))
    if process.wait() or b"done" not in told:
        raise RuntimeError((folder / "errors.log").read_text(errors="replace")[-2000:])
    return peak


def high_water(pid: int | str) -> float:
    """The most memory that a process ever held, in MiB; 0 when it is over."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)


def main() -> bool:
    """Print the figures; False when a page vanished, a sum is wrong or memory was too high."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name, serving(answer) as site:
        folder = Path(name)
        peak = crawl(site.base, folder)
        engine = open_engine(f"sqlite:///{folder / 'bench.db'}")
        upgrade(engine)
        counts = load(lambda: UnitOfWork(engine), landing=folder)
        with engine.connect() as connection:
            posts = set(connection.scalars(select(Post.url)))
            codes = Counter(dict(connection.execute(select(Quarantine.locator, Quarantine.code)).all()).values())
            known = posts | set(connection.scalars(select(Quarantine.locator)))
        faults = (folder / "errors.log").read_text(errors="replace").count("Traceback")
        vanished = {f"{site.base}/post/{number + 1}" for number in range(PAGES)} - known
    sums = counts["inputs"] == counts["stored"] + counts["quarantined"]
    print(f"broken {PAGES} pages: vanished {len(vanished)}, faults of ours {faults}, posts {len(posts)}, {dict(codes)}")
    print(f"       inputs {counts['inputs']} = stored {counts['stored']} + quarantined {counts['quarantined']}: {sums}")
    print(f"       peak memory {peak:.0f} MiB (at most {MOST_MEBIBYTES}), {time.monotonic() - began:.0f} s")
    if vanished:
        print(json.dumps(sorted(vanished)[:10]))
    return not vanished and not faults and sums and peak <= MOST_MEBIBYTES


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
