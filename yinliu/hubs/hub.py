"""What a hub (where groups live) must be able to do, and the ways in which it may answer badly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from yinliu.errors import ActionNeeded, RetryLater, YinliuError
from yinliu.language import Text

Membership = Literal["none", "invited", "joined", "left", "unknown"]
"""How somebody stands to a room; ``unknown``: the hub cannot say, so a person must look."""


class Member(NamedTuple):
    """How somebody stands to a room, and since when (by the hub's clock; None: it does not say)."""

    standing: Membership
    since: datetime | None = None


Contact = tuple[str, str]
"""Kind and value of a contact detail, the value readable."""


class HubError(Exception):
    """A bad answer: ``reason`` is a code without personal data, ``text`` says it to people, with the next step."""

    def __init__(self, reason: str, text: Text) -> None:
        super().__init__(reason)
        self.reason = reason
        self.text = text


class Refused(HubError):
    """The hub says no to this person; certainly not sent."""


class Barred(Refused):
    """The hub says no to us (token, permission, wrong address): nobody can be invited until somebody acts."""


class Unreachable(HubError):
    """Certainly not sent, and worth trying again; ``seconds``: how long the hub asks us to wait, if it does."""

    def __init__(self, reason: str, text: Text, *, seconds: float | None = None) -> None:
        super().__init__(reason, text)
        self.seconds = seconds


class Uncertain(HubError):
    """It may have been sent: no answer came, or one that says nothing."""


class Hub(Protocol):
    """A place that people are invited to by a program."""

    @property
    def name(self) -> str:
        """Its name in ``communities.yaml``."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of contact that it can invite."""

    @property
    def patience(self) -> float:
        """The longest that one call takes, in seconds."""

    def address(self, contacts: Sequence[Contact]) -> str | None:
        """Which of a person's contacts it can invite; None: an operator does it by hand."""

    def check(self, room: str) -> None:
        """Nothing when we may invite to this room; else :class:`Barred` or :class:`Unreachable`."""

    def invite(self, address: str, room: str, *, key: str) -> None:
        """Send one invitation; ``key`` is the same whenever the same one is sent.

        :class:`Refused` and :class:`Unreachable`: certainly not sent; :class:`Uncertain`: perhaps.
        """

    def find(self, address: str, room: str) -> Membership:
        """How somebody stands to a room; :class:`Barred` or :class:`Unreachable` where it does not say."""

    def members(self, room: str) -> Mapping[str, Member]:
        """Everybody who is or was in a room, by address, ourselves left out; raises as :meth:`find`."""


def translated(hub: str, error: HubError) -> YinliuError:
    """The error a command ends with: wait, or act."""
    text = Text(f"社群平台 {hub}：{error.text.zh}", f"hub {hub}: {error.text.en}")
    kind = ActionNeeded if isinstance(error, Refused) else RetryLater
    return kind(text, code=f"hub_{error.reason.lower()}")
