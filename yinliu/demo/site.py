"""The demo site on loopback: a small threading server in front of the parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Protocol

from yinliu.demo.club import Club
from yinliu.demo.exchange import Answer, Request
from yinliu.demo.feed import Feed
from yinliu.demo.pages import Front, not_found
from yinliu.demo.records import DemoContent
from yinliu.demo.shop import Shop
from yinliu.demo.wordpress import WordPress

LOOPBACK = "127.0.0.1"


class Part(Protocol):
    """A part of the site: answers what belongs to it and leaves the rest."""

    def answer(self, request: Request) -> Answer | None:
        """The answer, or None if the path belongs to another part."""


@contextmanager
def serve(content: DemoContent, *, port: int = 0) -> Iterator[str]:
    """Serve the content on 127.0.0.1 while the block runs; yields the base URL, without a slash at its end."""
    parts = (Front(content), WordPress(content), Feed(content), Shop(content), Club(content))
    with _Server((LOOPBACK, port), _Handler) as server:
        server.parts = parts
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.base
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    parts: Sequence[Part] = ()

    @property
    def base(self) -> str:
        return f"http://{LOOPBACK}:{self.server_port}"

    def find(self, target: str) -> Answer:
        request = Request.of(self.base, target)
        found = (part.answer(request) for part in self.parts)
        return next((answer for answer in found if answer), None) or not_found()

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet when a client hangs up."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "yinliu-demo"
    sys_version = ""

    def do_GET(self) -> None:
        self._send(self.server.find(self.path), with_body=True)

    def do_HEAD(self) -> None:
        self._send(self.server.find(self.path), with_body=False)

    def log_message(
        self,
        format: str,  # noqa: A002
        *args: object,
    ) -> None:
        """The demo prints nothing."""

    def _send(self, answer: Answer, *, with_body: bool) -> None:
        body = answer.body.encode()
        self.send_response(HTTPStatus(answer.status))
        headers = {"Content-Type": answer.mime, "Content-Length": str(len(body)), "Cache-Control": "no-store"}
        for name, value in {**headers, **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)
