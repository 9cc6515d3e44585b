"""A large site on loopback in a process of its own: list pages, post pages, and how often each was asked for."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.request import urlopen

LINKS_A_PAGE = 100
Answer = Callable[[str], bytes]


@dataclass(frozen=True)
class Site:
    """A running site."""

    base: str

    def asked(self) -> Counter[str]:
        """How often each path was asked for."""
        with urlopen(f"{self.base}/-/asked") as answer:  # noqa: S310 (our own server)
            return Counter(json.load(answer))


def ok(body: bytes, kind: str = "text/html; charset=utf-8") -> bytes:
    """A whole HTTP answer."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode("ascii") + body


def pages_of(posts: int) -> Answer:
    """The answers of a site with so many posts, newest first, a hundred to a list page."""
    last = (posts - 1) // LINKS_A_PAGE

    def answer(path: str) -> bytes:
        if path.startswith("/post/"):
            number = int(path.rpartition("/")[2])
            return ok(post_page(number).encode())
        page = 0 if path == "/" else int(path.rpartition("/")[2])
        numbers = range(page * LINKS_A_PAGE, min(posts, (page + 1) * LINKS_A_PAGE))
        links = "".join(f'<a class="post" href="/post/{posts - number}">文 {number}</a>' for number in numbers)
        following = f'<a class="next" href="/list/{page + 1}">下一页</a>' if page < last else ""
        return ok(f"<html><body>{links}{following}</body></html>".encode())

    return answer


def post_page(number: int) -> str:
    """A post of about 3 kB with two comments."""
    body = f"<p>第 {number} 篇。今天去试了新店，环境安静，咖啡也好喝，周末人会多一些。</p>" * 12
    said = "".join(
        f'<li class="comment" id="c{number}-{one}"><b>小{one}</b><time datetime="2026-11-01T08:00:00+08:00"></time>'
        f'<div class="text">想问第 {number} 篇里的店在哪里</div></li>'
        for one in range(2)
    )
    head = f'<html><head><title>t</title></head><body><h1>题目 {number}</h1><time datetime="2026-11-01T08:00:00+08:00">'
    return f"{head}</time><article>{body}</article><ul>{said}</ul></body></html>"


class _Server:
    def __init__(self, answer: Answer) -> None:
        self._answer, self._asked = answer, Counter[str]()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, kept open as long as the answers allow it."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode("latin-1")
                reply = self._reply(path)
                writer.write(reply)
                await writer.drain()
                if b"Connection: close" in reply[:2000]:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _reply(self, path: str) -> bytes:
        if path == "/robots.txt":
            return ok(b"", "text/plain")
        if path == "/-/asked":
            return ok(json.dumps(self._asked).encode(), "application/json")
        self._asked[path] += 1
        return self._answer(path)


def _run(answer: Answer, told: object) -> None:
    async def main() -> None:
        server = await asyncio.start_server(_Server(answer).serve, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])  # type: ignore[attr-defined]
        await server.serve_forever()

    asyncio.run(main())


@contextmanager
def serving(answer: Answer) -> Iterator[Site]:
    """A site while it runs."""
    mine, theirs = multiprocessing.get_context("fork").Pipe()
    process = multiprocessing.get_context("fork").Process(target=_run, args=(answer, theirs), daemon=True)
    process.start()
    try:
        yield Site(f"http://127.0.0.1:{mine.recv()}")
    finally:
        process.kill()
        process.join()
