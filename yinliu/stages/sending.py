"""One ticket under our lease: its intent, the call, and its result; nothing is sent without the one before it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from models.repositories.queue import Claimed
from models.repositories.sends import Candidate
from yinliu.hubs.hub import Barred, HubError, Membership, Refused, Uncertain, Unreachable
from yinliu.stages.ledger import Ledger

LONGEST_WAITS = 120.0
"""Seconds in one run, at most, that a hub's "slow down" is obeyed by waiting; then the next run goes on."""
REFUSED_IN_A_ROW = 5
"""So many refusals, and nobody invited: something is wrong with us and not with them."""


@dataclass(frozen=True)
class Turn:
    """One ticket under our lease: whom to invite where, and until when (monotonic) that may be done."""

    candidate: Candidate
    claimed: Claimed
    address: str
    room: str
    until: float

    @property
    def ticket(self) -> int:
        """The ticket's id."""
        return self.claimed.ticket

    @property
    def token(self) -> int:
        """The lease's token."""
        return self.claimed.token

    @property
    def key(self) -> str:
        """What names this invitation."""
        return f"{self.ticket}-{self.token}"


class Sending:
    """Invitations at one hub, one after the other."""

    def __init__(self, ledger: Ledger, *, sleep: Callable[[float], None]) -> None:
        self._ledger, self._hub, self._counts, self._sleep = ledger, ledger.hub, ledger.counts, sleep
        self._waited = 0.0
        self._refused_in_a_row = 0

    def invite(self, turn: Turn) -> None:
        """Invite one person, unless they are there already; a :class:`HubError` ends the hub's turn."""
        try:
            before = self._hub.find(turn.address, turn.room)
        except HubError as error:
            self._ledger.give_back(turn.ticket, turn.token, reason=error.reason)
            raise
        if before in ("joined", "invited"):
            self._is_there(turn, before)
        elif self._has_time(turn):
            self._send(turn, before)
        else:
            self._ledger.give_back(turn.ticket, turn.token, reason="out_of_time")

    def _has_time(self, turn: Turn) -> bool:
        """Whether a call that begins now is over while the lease is still ours."""
        return turn.until - time.monotonic() > self._hub.patience * 2

    def _is_there(self, turn: Turn, before: Membership) -> None:
        """Somebody who is in the room or invited already: noted as settled, nothing is sent."""
        send = self._intend(turn, before)
        if send and self._close(turn, send, state="sent", detail=f"found:{before}", to=before):
            self._counts["already"] += 1

    def _send(self, turn: Turn, before: Membership) -> None:
        send = self._intend(turn, before)
        if send is None:
            return
        if not self._has_time(turn):
            self._close(turn, send, state="failed", detail="out_of_time", delay=timedelta(0))
            return
        try:
            self._hub.invite(turn.address, turn.room, key=turn.key)
        except Uncertain as error:
            self._look(turn, send, error)
        except HubError as error:
            self._not_sent(turn, send, error)
        else:
            self._sent(turn, send)

    def _intend(self, turn: Turn, before: Membership) -> int | None:
        """The intent, in its own transaction; None when the lease is over or the person must not be contacted."""
        ledger = self._ledger
        with ledger.begin() as work:
            if not work.queue.holds(turn.ticket, token=turn.token, actor=ledger.actor):
                return None
            if work.sends.is_suppressed(turn.candidate.person_id):
                ledger.step(work, turn.ticket, turn.token, reason="suppressed", to="opted_out")
                self._counts["suppressed"] += 1
                send = None
            else:
                send = work.sends.intend(
                    turn.candidate,
                    hub=self._hub.name,
                    key=turn.key,
                    address_hmac=ledger.digest(turn.address),
                    token=turn.token,
                    detail=f"before:{before}",
                )
            work.commit()
        return send

    def _sent(self, turn: Turn, send: int) -> None:
        self._refused_in_a_row = 0
        if self._close(turn, send, state="sent", detail="sent_by_hub", to="invited"):
            self._counts["invited"] += 1
        else:
            self._counts["unknown"] += 1

    def _look(self, turn: Turn, send: int, error: Uncertain) -> None:
        """No answer: it is done if the hub says so at once; otherwise it is looked up when the lease is over."""
        with self._ledger.begin() as work:
            work.sends.doubt(send, detail=error.reason)
            work.commit()
        if self._hub.find(turn.address, turn.room) in ("invited", "joined"):
            self._sent(turn, send)
        else:
            self._counts["unknown"] += 1

    def _not_sent(self, turn: Turn, send: int, error: HubError) -> None:
        if isinstance(error, Refused) and not isinstance(error, Barred):
            self._refused(turn, send, error)
            return
        wait = error.seconds if isinstance(error, Unreachable) else None
        delay = timedelta(seconds=wait or 0)
        self._close(turn, send, state="failed", detail=error.reason, delay=delay)
        if wait is None or self._waited + wait > LONGEST_WAITS:
            raise error
        self._waited += wait
        self._sleep(wait)

    def _refused(self, turn: Turn, send: int, error: Refused) -> None:
        if error.reason == "already_joined":
            if self._close(turn, send, state="refused", detail=error.reason, to="joined"):
                self._counts["already"] += 1
            return
        if self._close(turn, send, state="refused", detail=error.reason):
            self._counts["refused"] += 1
        self._refused_in_a_row += 1
        if self._refused_in_a_row >= REFUSED_IN_A_ROW and not self._counts["invited"]:
            raise error

    def _close(self, turn: Turn, send: int, *, state: str, detail: str, **move: object) -> bool:
        return self._ledger.close(send, turn.ticket, turn.token, state=state, detail=detail, **move)
