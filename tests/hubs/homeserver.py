"""A homeserver that keeps Matrix's rules about membership, and answers badly when it is told to."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx

Answer = tuple[int, dict[str, str], bytes]
PREFIX = "/_matrix/client/v3"
TOKEN = "syt_geheim_token"
ME = "@ops:peer.test"
ROOM = "!camp:peer.test"
SINCE = datetime(2026, 11, 20, 8, tzinfo=UTC)


def said(status: int, body: Any, **headers: str) -> Answer:
    """A JSON answer."""
    return status, {"Content-Type": "application/json", **headers}, json.dumps(body).encode()


def error(status: int, code: str, words: str = "") -> Answer:
    """A Matrix error."""
    return said(status, {"errcode": code, "error": words})


class Homeserver:
    """One room, its members, and what it is to answer instead (``mood``: None for the truth)."""

    def __init__(self) -> None:
        self.members: dict[str, str] = {ME: "join"}
        self.asked: list[tuple[str, str]] = []
        self.mood: Callable[[str, str], Answer | None] = lambda method, path: None

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> Answer:
        """One request."""
        self.asked.append((method, path))
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return error(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.")
        return self.mood(method, path) or self._truth(method, [unquote(part) for part in path.split("/")[4:]], body)

    def _truth(self, method: str, parts: list[str], body: bytes) -> Answer:  # noqa: PLR0911
        match [method, *parts]:
            case ["GET", "account", "whoami"]:
                return said(200, {"user_id": ME})
            case ["GET", "directory", "room", "#camp:peer.test"]:
                return said(200, {"room_id": ROOM, "servers": ["peer.test"]})
            case ["GET", "directory", "room", _]:
                return error(404, "M_NOT_FOUND", "Room alias not found.")
            case ["POST", "rooms", room, "invite"]:
                return self._invite(room, json.loads(body)["user_id"])
            case ["GET", "rooms", room, "state", "m.room.member", user]:
                return self._state(room, user)
            case ["GET", "rooms", room, "members"]:
                return said(200, {"chunk": [_event(*one) for one in self.members.items()]})
        return error(404, "M_UNRECOGNIZED", "Unrecognized request")

    def _invite(self, room: str, user: str) -> Answer:
        if room != ROOM or self.members.get(ME) != "join":
            return error(403, "M_FORBIDDEN", f"{ME} not in room {room}.")
        if self.members.get(user) in ("join", "ban"):
            return error(403, "M_FORBIDDEN", f"{user} is already in the room.")
        if not user.startswith("@") or ":" not in user:
            return error(400, "M_INVALID_PARAM", "Not a user id")
        self.members[user] = "invite"
        return said(200, {})

    def _state(self, room: str, user: str) -> Answer:
        if room != ROOM or self.members.get(ME) != "join":
            return error(403, "M_FORBIDDEN", "You aren't a member of the room.")
        if user not in self.members:
            return error(404, "M_NOT_FOUND", "Event not found.")
        return said(200, {"membership": self.members[user], "displayname": "小王"})

    @property
    def transport(self) -> httpx.MockTransport:
        """This server without a socket."""

        def handle(request: httpx.Request) -> httpx.Response:
            path = request.url.raw_path.decode()
            status, headers, body = self.answer(request.method, path, request.headers, request.read())
            return httpx.Response(status, headers=headers, content=body)

        return httpx.MockTransport(handle)


def _event(user: str, membership: str) -> dict[str, Any]:
    event = {"type": "m.room.member", "state_key": user, "content": {"membership": membership}}
    return event | {"origin_server_ts": int(SINCE.timestamp() * 1000)}


@contextlib.contextmanager
def serving(server: Homeserver) -> Iterator[str]:
    """The server behind a real socket on loopback; gives its URL."""

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, content = server.answer(self.command, urlsplit(self.path).path, self.headers, body)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(content)

        do_GET = do_POST = _handle  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_address[1]}"
        finally:
            http.shutdown()
