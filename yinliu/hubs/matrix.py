"""Matrix as a hub: the client-server API v3 of a homeserver, asked as the account whose token we have.

https://spec.matrix.org/v1.11/client-server-api/#room-membership. An invitation that stands already is not sent again
by the server when it comes from the same account, so ``key`` is not needed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TypeGuard
from urllib.parse import quote

import httpx

from yinliu.errors import Misconfigured
from yinliu.hubs import complaints
from yinliu.hubs.asking import LARGE, Asking
from yinliu.hubs.hub import Barred, Contact, Member, Membership, Refused, Uncertain
from yinliu.language import Text
from yinliu.workspace.communities import HubRule

_MEMBERSHIPS: dict[str, Membership] = {
    "invite": "invited",
    "join": "joined",
    "leave": "left",
    "ban": "left",
    "knock": "none",
}
_FORBIDDEN, _NOT_FOUND, _OK = 403, 404, 200


class MatrixHub:
    """The rooms of one homeserver; a room is its id (``!…``) or an alias (``#name:server``)."""

    kinds = ("matrix",)

    def __init__(self, name: str, asking: Asking) -> None:
        self.name = name
        self._asking = asking
        self._own_id: str | None = None
        self._rooms: dict[str, str] = {}

    @property
    def patience(self) -> float:
        """The longest that one call takes, in seconds."""
        return self._asking.patience

    def address(self, contacts: Sequence[Contact]) -> str | None:
        """The last Matrix id that somebody left."""
        return next((value for kind, value in reversed(contacts) if kind in self.kinds), None)

    def check(self, room: str) -> None:
        """We are somebody, and in the room."""
        if self._membership(self._me(), room) != "joined":
            raise Barred("not_in_room", complaints.not_in_room(room))

    def invite(self, address: str, room: str, *, key: str) -> None:
        """Send an invitation."""
        path = f"/rooms/{self._room(room)}/invite"
        status, answer = self._asking.ask("POST", path, body={"user_id": address}, sends=True)
        if status == _OK:
            if complaints.code_of(answer):
                raise Uncertain("nonsense", complaints.nonsense(path))
            return
        if status == _FORBIDDEN and self._membership(address, room) == "joined":
            raise Refused("already_joined", complaints.already_joined())
        raise Refused(complaints.code_of(answer) or f"HTTP_{status}", complaints.refused(status, answer))

    def find(self, address: str, room: str) -> Membership:
        """The state of somebody's membership."""
        return self._membership(address, room)

    def members(self, room: str) -> Mapping[str, Member]:
        """Everybody with a membership event, but us."""
        path = f"/rooms/{self._room(room)}/members"
        answer = self._wanted(path, *self._asking.ask("GET", path, limit=LARGE), room=room)
        chunk = answer.get("chunk")
        if not isinstance(chunk, list):
            raise Barred("nonsense", complaints.nonsense(path))
        own = self._me()
        found = (_member(event) for event in chunk)
        return {who: member for who, member in filter(None, found) if who != own}

    def _membership(self, address: str, room: str) -> Membership:
        path = f"/rooms/{self._room(room)}/state/m.room.member/{quote(address, safe='')}"
        status, answer = self._asking.ask("GET", path)
        if status == _NOT_FOUND and complaints.code_of(answer) == "M_NOT_FOUND":
            return "none"
        return _MEMBERSHIPS.get(str(self._wanted(path, status, answer, room=room).get("membership")), "unknown")

    def _me(self) -> str:
        if self._own_id is None:
            path = "/account/whoami"
            said = self._wanted(path, *self._asking.ask("GET", path)).get("user_id")
            if not _is_name(said) or not said.startswith("@"):
                raise Barred("nonsense", complaints.nonsense(path))
            self._own_id = said
        return self._own_id

    def _room(self, room: str) -> str:
        """The room's id, ready to stand in a path."""
        if room not in self._rooms:
            self._rooms[room] = quote(self._resolved(room) if room.startswith("#") else room, safe="")
        return self._rooms[room]

    def _resolved(self, alias: str) -> str:
        path = f"/directory/room/{quote(alias, safe='')}"
        status, answer = self._asking.ask("GET", path)
        if status == _NOT_FOUND and complaints.code_of(answer):
            raise Barred("no_room", complaints.no_room(alias))
        found = self._wanted(path, status, answer, room=alias).get("room_id")
        if not _is_name(found) or not found.startswith("!"):
            raise Barred("nonsense", complaints.nonsense(path))
        return found

    def _wanted(self, path: str, status: int, answer: dict[str, Any], *, room: str = "") -> dict[str, Any]:
        """The answer to a question; :class:`Barred` when it is none."""
        if status == _OK:
            return answer
        if status in (_FORBIDDEN, _NOT_FOUND) and complaints.code_of(answer) and room:
            raise Barred("not_in_room", complaints.not_in_room(room))
        raise Barred(complaints.code_of(answer) or "nonsense", complaints.refused(status, answer, path=path))


def _is_name(said: object) -> TypeGuard[str]:
    """Half a character (a lone surrogate), as JSON may have it, is no part of a name."""
    return isinstance(said, str) and said.isprintable()


def _member(event: Any) -> tuple[str, Member] | None:
    """Who, and how they stand to the room since when; None for an event that does not say."""
    if not isinstance(event, dict) or not _is_name(event.get("state_key")):
        return None
    content = event.get("content")
    said = content.get("membership") if isinstance(content, dict) else None
    if not isinstance(said, str):
        return None
    return event["state_key"], Member(_MEMBERSHIPS.get(said, "unknown"), _moment(event.get("origin_server_ts")))


def _moment(said: Any) -> datetime | None:
    """Milliseconds as a server says them, whatever it says."""
    with suppress(OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(said / 1000, tz=UTC) if type(said) is int else None
    return None


def open_matrix(
    rule: HubRule, *, environ: Mapping[str, str], transport: httpx.BaseTransport | None = None
) -> MatrixHub:
    """The hub of a rule; :class:`Misconfigured` when the variable with its token is not set or holds none."""
    token = environ.get(rule.token, "").strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        text = Text(
            f"社群平台 {rule.name} 需要环境变量 {rule.token}：填写邀请账号的访问令牌（access token），"
            f"{'现在的值不像令牌' if token else '现在没有设置'}。",
            f"hub {rule.name} needs the variable {rule.token}: the inviter's access token; "
            f"{'what it holds is none' if token else 'it is not set'}.",
        )
        raise Misconfigured(text, code="secret_missing")
    return MatrixHub(rule.name, Asking(rule.url, token, timeout=rule.timeout_seconds, transport=transport))
