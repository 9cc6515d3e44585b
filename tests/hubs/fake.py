"""A hub in this process: it keeps count of who was invited, and answers badly when it is told to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from yinliu.hubs.hub import Barred, Contact, Member, Membership, Uncertain, Unreachable
from yinliu.language import Text

SAID = Text("测试", "a test")


class Crash(BaseException):
    """The process dies here."""


class FakeHub:
    """Rooms as dictionaries. ``mood`` is asked at every invitation and may raise before or after it is done."""

    kinds = ("matrix",)
    patience = 0.001

    def __init__(self, name: str = "chat") -> None:
        self.name = name
        self.rooms: dict[str, dict[str, Membership]] = {}
        self.invitations: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.bars: set[str] = set()
        self.since: datetime | None = None
        self.before: Callable[[str], None] = lambda call: None
        self.after: Callable[[str], None] = lambda call: None

    def _room(self, room: str) -> dict[str, Membership]:
        return self.rooms.setdefault(room, {})

    def _called(self, call: str, room: str) -> None:
        self.calls[call] += 1
        if room in self.bars:
            raise Barred("not_in_room", SAID)
        self.before(call)

    def address(self, contacts: Sequence[Contact]) -> str | None:
        """As the real one."""
        return next((value for kind, value in reversed(contacts) if kind in self.kinds), None)

    def check(self, room: str) -> None:
        """Always allowed."""
        self._called("check", room)

    def invite(self, address: str, room: str, *, key: str) -> None:
        """Count it; an earlier one is not noticed, so that a second one is seen."""
        self._called("invite", room)
        self.invitations[address] += 1
        self._room(room)[address] = "invited"
        self.after("invite")

    def find(self, address: str, room: str) -> Membership:
        """What the room says."""
        self._called("find", room)
        return self._room(room).get(address, "none")

    def members(self, room: str) -> Mapping[str, Member]:
        """Everybody, since ``since`` (unless told: it does not say)."""
        self._called("members", room)
        return {who: Member(standing, self.since) for who, standing in self._room(room).items()}


def lost_answer(call: str) -> None:
    """It was done, and no answer came."""
    if call == "invite":
        raise Uncertain("no_answer", SAID)


def down(call: str) -> None:
    """The hub cannot be reached."""
    raise Unreachable("unreachable", SAID)
