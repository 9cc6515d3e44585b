"""A site that misbehaves on purpose, on a free port of loopback: what a path answers is said beforehand."""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

Handler = Callable[["Exchange"], None]
HTML = "text/html; charset=utf-8"


class Exchange(BaseHTTPRequestHandler):
    """One request; :meth:`say` answers it whole, :meth:`cut` hangs up in the middle."""

    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Count the request and answer as told."""
        self.number = self.server.site.count(self.path)
        handler = self.server.site.find(urlsplit(self.path).path)
        handler(self)

    @property
    def query(self) -> dict[str, str]:
        """The query's fields, the last of each name."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}

    def say(
        self, body: bytes | str, *, status: int = 200, kind: str = HTML, headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer with a body."""
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def rows(self, rows: object, **options: Any) -> None:
        """Answer with JSON."""
        self.say(json.dumps(rows), kind="application/json", **options)

    def cut(self, body: bytes, *, promised: int) -> None:
        """Promise so many bytes, send fewer, hang up."""
        self.send_response(200)
        self.send_header("Content-Type", HTML)
        self.send_header("Content-Length", str(promised))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def stream(self, piece: bytes, *, times: int) -> None:
        """Send pieces without saying how many will come."""
        self.send_response(200)
        self.send_header("Content-Type", HTML)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for _ in range(times):
            self.wfile.write(piece)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing."""


class Site:
    """What each path answers, and how often each was asked."""

    def __init__(self) -> None:
        self.base = ""
        self.asked: Counter[str] = Counter()
        self.times: list[tuple[str, float]] = []
        self._handlers: dict[str, Handler] = {}
        self._closing = Event()
        self.otherwise: Handler = lambda exchange: exchange.say("nothing here", status=404)

    def on(self, path: str, handler: Handler) -> None:
        """Let a function answer a path."""
        self._handlers[path] = handler

    def give(self, path: str, body: bytes | str, **options: Any) -> None:
        """Let a path answer with a body."""
        self.on(path, lambda exchange: exchange.say(body, **options))

    def move(self, path: str, target: str) -> None:
        """Let a path redirect."""
        self.give(path, b"", status=302, headers={"Location": target})

    def zip(self, path: str, content: bytes, **options: Any) -> None:
        """Let a path answer with a gzipped body."""
        packed = gzip.compress(content, 9)
        self.give(path, packed, headers={"Content-Encoding": "gzip"}, **options)

    def rows(self, path: str, rows: object, **options: Any) -> None:
        """Let a path answer with JSON."""
        self.on(path, lambda exchange: exchange.rows(rows, **options))

    def hold(self, path: str) -> None:
        """Let a path take the request and say nothing as long as the site is there."""
        self.on(path, lambda exchange: self._closing.wait() and None)

    def close(self) -> None:
        """Let go of whoever is held."""
        self._closing.set()

    def find(self, path: str) -> Handler:
        """What answers a path; anything unknown is not found unless ``otherwise`` says more."""
        return self._handlers.get(path, self.otherwise)

    def count(self, target: str) -> int:
        """Note that a path was asked; how often it was by now."""
        path = urlsplit(target).path
        self.asked[path] += 1
        self.times.append((path, time.monotonic()))
        return self.asked[path]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128  # whoever comes beyond it (5 unless told) waits a second for the kernel to ask again
    site: Site

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet when a client hangs up."""


@contextmanager
def serving() -> Iterator[Site]:
    """A running site."""
    with _Server(("127.0.0.1", 0), Exchange) as server:
        server.site = Site()
        server.site.base = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server.site
        server.site.close()
        server.shutdown()
