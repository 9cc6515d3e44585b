"""invite: tickets of communities at a hub become invitations, each sent once.

The intent is written before the call and the result after it, both only while the lease is held. Whoever dies in
between leaves an unsettled send: it is looked up (:mod:`yinliu.stages.settle`), never simply sent again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from models.repositories.queue import Claimed
from models.repositories.sends import Candidate
from models.vault import Vault
from yinliu.errors import YinliuError
from yinliu.hubs.hub import Barred, Hub, HubError, Membership, Refused, Uncertain, Unreachable, translated
from yinliu.language import Text
from yinliu.stages.counts import Begin, Counts, Progress, silent
from yinliu.stages.ledger import Ledger, lessee
from yinliu.stages.settle import Settling
from yinliu.workspace.communities import Communities

ACTOR = "yinliu"
BATCH = 50
LONGEST_WAITS = 120.0
"""Seconds in one run, at most, that a hub's "slow down" is obeyed by waiting; then the next run goes on."""
REFUSED_IN_A_ROW = 5
"""So many refusals, and nobody invited: something is wrong with us and not with them."""
COUNTED = ("invited", "already", "found", "refused", "failed", "unknown", "parked", "suppressed", "by_hand")


def invite(
    begin: Begin,
    *,
    policy: Communities,
    hubs: Mapping[str, Hub],
    vault: Vault,
    actor: str = ACTOR,
    limit: int | None = None,
    progress: Progress = silent,
    sleep: Callable[[float], None] = time.sleep,
) -> Counts:
    """Settle what is unsettled, then invite whoever is ready, ``limit`` persons at most; every hub in turn.

    A hub that is down or refuses us does not keep the others from their turn; the gravest error is raised at the end.
    """
    totals: Counter[str] = Counter()
    errors: list[YinliuError] = []
    for name, hub in hubs.items():
        ledger = Ledger(begin, policy, hub, vault, lessee(actor))
        try:
            _Inviting(ledger, limit=limit, progress=progress, sleep=sleep).run()
        except HubError as error:
            errors.append(translated(name, error))
        totals.update(ledger.counts)
    if errors:
        raise _gravest(errors, totals["invited"])
    return {name: totals[name] for name in COUNTED}


def _gravest(errors: list[YinliuError], invited: int) -> YinliuError:
    worst = max(errors, key=lambda error: error.exit_code)
    zh, en = ("\n".join(part) for part in zip(*((e.message.zh, e.message.en) for e in errors), strict=True))
    message = Text(
        f"{zh}（本次已邀约 {invited} 人，没有丢失工单）", f"{en} ({invited} invited in this run, nothing lost)"
    )
    return type(worst)(message, code=worst.code)


@dataclass(frozen=True)
class _Turn:
    """One ticket under our lease: whom to invite where, and until when (monotonic) that may be done."""

    candidate: Candidate
    claimed: Claimed
    address: str
    room: str
    until: float

    @property
    def ticket(self) -> int:
        return self.claimed.ticket

    @property
    def token(self) -> int:
        return self.claimed.token

    @property
    def key(self) -> str:
        return f"{self.ticket}-{self.token}"


class _Inviting:
    """One hub's turn."""

    def __init__(
        self, ledger: Ledger, *, limit: int | None, progress: Progress, sleep: Callable[[float], None]
    ) -> None:
        self._ledger, self._hub, self._counts = ledger, ledger.hub, ledger.counts
        self._limit, self._progress, self._sleep = limit, progress, sleep
        self._waited = 0.0
        self._refused_in_a_row = 0
        self._barred: dict[str, HubError] = {}
        self._checked: set[str] = set()

    @cached_property
    def _rooms(self) -> Mapping[tuple[str, str], str]:
        return self._ledger.rooms()

    def run(self) -> None:
        names = [rule.name for rule in self._ledger.communities]
        if not names:
            return
        self._ledger.lease  # noqa: B018 (a lease that is too short is told before anything is done)
        self._rooms  # noqa: B018 (so is a group without a room)
        Settling(self._ledger).run()
        self._invite_all(names)
        with self._ledger.begin() as work:
            self._counts["by_hand"] = work.sends.by_hand(communities=names, kinds=self._hub.kinds)
        if self._barred:
            raise next(iter(self._barred.values()))

    def _invite_all(self, names: list[str]) -> None:
        after = 0
        while True:
            with self._ledger.begin() as work:
                kinds = self._hub.kinds
                found = work.sends.candidates(communities=names, kinds=kinds, limit=BATCH, after=after)
            for ticket, community, group in found:
                if self._limit is not None and self._counts["invited"] >= self._limit:
                    return
                room = self._rooms.get((community, group))
                if room is not None and self._may_use(room):
                    self._invite_one(ticket, room)
                    self._progress(1)
            if len(found) < BATCH:
                return
            after = found[-1][0]

    def _may_use(self, room: str) -> bool:
        """Whether we may invite to a room; asked once, before any ticket is taken for it."""
        if room not in self._checked and room not in self._barred:
            try:
                self._hub.check(room)
                self._checked.add(room)
            except Barred as error:
                self._barred[room] = error
        return room in self._checked

    def _invite_one(self, ticket: int, room: str) -> None:
        turn = self._claim(ticket, room)
        if turn is None:
            return
        try:
            before = self._hub.find(turn.address, room, key=turn.key)
        except HubError as error:
            self._ledger.give_back(turn.ticket, turn.token, reason=error.reason)
            raise
        if before in ("joined", "invited"):
            self._is_there(turn, before)
        elif self._has_time(turn):
            self._send(turn, before)
        else:
            self._ledger.give_back(turn.ticket, turn.token, reason="out_of_time")

    def _claim(self, ticket: int, room: str) -> _Turn | None:
        """A lease on a ticket that is still ready and whose person this hub can invite."""
        ledger, until = self._ledger, time.monotonic() + self._ledger.lease.total_seconds()
        with ledger.begin() as work:
            candidate = work.sends.lock_ready(ticket)
            if candidate is None:
                return None
            contacts = ledger.readable(work.sends.contacts(candidate.person_id, kinds=self._hub.kinds))
            address = self._hub.address(list(contacts.values()))
            if address is None:
                return None
            claimed = work.queue.claim_one(ticket, actor=ledger.actor, lease=ledger.lease, take=False)
            work.commit()
        return _Turn(candidate, claimed, address, room, until) if claimed else None

    def _has_time(self, turn: _Turn) -> bool:
        """Whether a call that begins now is over while the lease is still ours."""
        return turn.until - time.monotonic() > self._hub.patience * 2

    def _is_there(self, turn: _Turn, before: Membership) -> None:
        """Somebody who is in the room or invited already: noted as settled, nothing is sent."""
        send = self._intend(turn, before)
        state = "joined" if before == "joined" else "invited"
        if send and self._close(turn, send, state="sent", detail=f"found:{before}", to=state):
            self._counts["already"] += 1

    def _send(self, turn: _Turn, before: Membership) -> None:
        send = self._intend(turn, before)
        if send is None:
            return
        if not self._has_time(turn):
            self._close(turn, send, state="failed", detail="out_of_time", delay=timedelta(0), counted=False)
            return
        try:
            self._hub.invite(turn.address, turn.room, key=turn.key)
        except Uncertain as error:
            self._look(turn, send, error)
        except HubError as error:
            self._not_sent(turn, send, error)
        else:
            self._sent(turn, send, "invited")

    def _intend(self, turn: _Turn, before: Membership) -> int | None:
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

    def _sent(self, turn: _Turn, send: int, count: str) -> None:
        self._refused_in_a_row = 0
        if self._close(turn, send, state="sent", detail="sent_by_hub", to="invited"):
            self._counts[count] += 1
        else:
            self._counts["unknown"] += 1

    def _look(self, turn: _Turn, send: int, error: Uncertain) -> None:
        """No answer: it is done if the hub says so at once; otherwise it is looked up when the lease is over."""
        with self._ledger.begin() as work:
            work.sends.doubt(send, detail=error.reason)
            work.commit()
        if self._hub.find(turn.address, turn.room, key=turn.key) in ("invited", "joined"):
            self._sent(turn, send, "invited")
        else:
            self._counts["unknown"] += 1

    def _not_sent(self, turn: _Turn, send: int, error: HubError) -> None:
        if isinstance(error, Refused) and not isinstance(error, Barred):
            self._refused(turn, send, error)
            return
        wait = error.seconds if isinstance(error, Unreachable) else None
        delay = timedelta(seconds=wait or 0)
        self._close(turn, send, state="failed", detail=error.reason, delay=delay, counted=False)
        if wait is None or self._waited + wait > LONGEST_WAITS:
            raise error
        self._waited += wait
        self._sleep(wait)

    def _refused(self, turn: _Turn, send: int, error: Refused) -> None:
        if error.reason == "already_joined":
            if self._close(turn, send, state="refused", detail=error.reason, to="joined"):
                self._counts["already"] += 1
            return
        attempts = turn.candidate.attempts
        if self._close(turn, send, state="refused", detail=error.reason, attempts=attempts):
            self._counts["refused"] += 1
        self._refused_in_a_row += 1
        if self._refused_in_a_row >= REFUSED_IN_A_ROW and not self._counts["invited"]:
            raise error

    def _close(self, turn: _Turn, send: int, *, state: str, detail: str, **move: object) -> bool:
        return self._ledger.close(send, turn.ticket, turn.token, state=state, detail=detail, **move)
