"""One question to a homeserver: timeouts, limits, and what each kind of bad answer means for what was asked."""

from __future__ import annotations

import contextlib
import json
import logging
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import httpx

from yinliu.hubs import complaints
from yinliu.hubs.hub import Barred, HubError, Uncertain, Unreachable

SMALL, LARGE = 1 << 20, 64 << 20
"""The most bytes of an answer: of one membership, of a room's whole list."""
_PREFIX = "/_matrix/client/v3"
_UNAUTHORIZED, _SLOW_DOWN, _REDIRECTS, _SERVER = 401, 429, range(300, 400), 500
_LONGEST_WAIT = 86_400.0
_PHASES = 3
"""Connecting, writing and reading may each take the timeout."""

# addresses stand in the paths that these would log
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class _TooLarge(Exception):
    """The answer is over its limit."""


class Asking:
    """A homeserver's API with our token; the token stands in no message and follows no redirect."""

    def __init__(self, url: str, token: str, *, timeout: float, transport: httpx.BaseTransport | None = None) -> None:
        self.patience = timeout * _PHASES
        self._base = url.rstrip("/") + _PREFIX
        headers = {"Authorization": f"Bearer {token}", "User-Agent": "yinliu"}
        self._open = partial(httpx.Client, headers=headers, timeout=timeout, transport=transport, trust_env=False)
        self._client = self._open()

    def ask(
        self, method: str, path: str, *, body: dict[str, Any] | None = None, sends: bool = False, limit: int = SMALL
    ) -> tuple[int, dict[str, Any]]:
        """The status and the JSON object of the answer; below 500, and neither 401 nor 429.

        What raises otherwise: :class:`Unreachable` (not sent), :class:`Uncertain` (only where it ``sends``),
        :class:`Barred` (we are refused, or this is no Matrix server).
        """
        try:
            response, content = self._exchange(method, path, body, limit)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise Unreachable("unreachable", complaints.unreachable(self._base, error)) from error
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise Barred("bad_url", complaints.unreachable(self._base, error)) from error
        except (httpx.HTTPError, _TooLarge) as error:
            raise self._lost("no_answer", complaints.no_answer(self._base, error), sends=sends) from error
        return self._judged(response, content, path, sends=sends)

    def _exchange(
        self, method: str, path: str, body: dict[str, Any] | None, limit: int
    ) -> tuple[httpx.Response, bytes]:
        """The answer within our patience: a server that drips byte after byte keeps only a thread waiting."""
        answered: SimpleQueue[tuple[httpx.Response, bytes] | Exception] = SimpleQueue()
        request = self._client.build_request(method, self._base + path, json=body)
        Thread(target=_read, args=(self._client, request, limit, answered), daemon=True).start()
        try:
            found = answered.get(timeout=self.patience)
        except Empty:
            self._client = self._open()
            raise httpx.ReadTimeout("the answer takes too long") from None
        if isinstance(found, Exception):
            raise found
        return found

    def _judged(
        self, response: httpx.Response, content: bytes, path: str, *, sends: bool
    ) -> tuple[int, dict[str, Any]]:
        status, answer = response.status_code, _object(content)
        if status == _SLOW_DOWN:
            seconds = _wait(answer or {}, response.headers)
            raise Unreachable("rate_limited", complaints.slow_down(seconds), seconds=seconds)
        if status >= _SERVER:
            raise self._lost(f"HTTP_{status}", complaints.server_error(self._base, status), sends=sends)
        if status == _UNAUTHORIZED:
            raise Barred("token_refused", complaints.token_refused(complaints.code_of(answer or {})))
        if answer is None or status in _REDIRECTS:
            if sends:
                raise Uncertain("nonsense", complaints.nonsense(path))
            raise Barred("nonsense", complaints.nonsense(path))
        return status, answer

    @staticmethod
    def _lost(reason: str, text: Any, *, sends: bool) -> HubError:
        return Uncertain(reason, text) if sends else Unreachable(reason, text)


def _read(client: httpx.Client, request: httpx.Request, limit: int, answered: SimpleQueue[Any]) -> None:
    try:
        pieces, size = [], 0
        with contextlib.closing(client.send(request, stream=True)) as response:
            for piece in response.iter_bytes():
                size += len(piece)
                if size > limit:
                    raise _TooLarge(f"> {limit} bytes")
                pieces.append(piece)
        answered.put((response, b"".join(pieces)))
    except Exception as error:  # raised again by whoever waits
        answered.put(error)


def _object(content: bytes) -> dict[str, Any] | None:
    """The JSON object that an answer is; None when it is something else."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _wait(answer: dict[str, Any], headers: httpx.Headers) -> float:
    """How many seconds to wait, as the body or the header says; a few when neither does."""
    said = answer.get("retry_after_ms")
    if isinstance(said, (int, float)) and not isinstance(said, bool) and said >= 0:
        return min(said, _LONGEST_WAIT * 1000) / 1000
    header = headers.get("retry-after", "")
    return min(float(header), _LONGEST_WAIT) if header.isascii() and header.isdigit() else 5.0
