"""invite: tickets of communities at a hub become invitations, each sent once.

The intent is written before the call and the result after it, both only while the lease is held. Whoever dies in
between leaves an unsettled send: it is looked up (:mod:`yinliu.stages.settle`), never simply sent again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from models.vault import Vault
from yinliu import wording
from yinliu.errors import YinliuError, gravest
from yinliu.hubs.hub import Barred, Hub, HubError, translated
from yinliu.language import Text
from yinliu.stages.counts import Begin, Counts, Progress, silent
from yinliu.stages.ledger import Ledger, lessee
from yinliu.stages.sending import Sending, Turn
from yinliu.stages.settle import Settling
from yinliu.workspace.communities import Communities

ACTOR = "yinliu"
BATCH = 50
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
        raise ended(errors, done={name: totals[name] for name in COUNTED if totals[name]})
    return {name: totals[name] for name in COUNTED}


NOTHING = Text("本次没有发出邀请，工单都还在", "nobody was invited in this run; no ticket is lost")


def ended(errors: Sequence[YinliuError], *, done: Counts, nothing: Text = NOTHING) -> YinliuError:
    """The gravest error, with what was ``done`` all the same, or with ``nothing``."""
    worst = gravest(errors)
    counts = ", ".join(f"{wording.count(name).en} {number}" for name, number in done.items())
    told = "，".join(f"{wording.count(name).zh} {number}" for name, number in done.items())
    zh = f"本次：{told}；工单都还在" if told else nothing.zh
    en = f"this run: {counts}; no ticket is lost" if counts else nothing.en
    message = Text(f"{worst.message.zh}（{zh}）", f"{worst.message.en} ({en})")
    return type(worst)(message, code=worst.code)


class _Inviting:
    """One hub's turn."""

    def __init__(
        self, ledger: Ledger, *, limit: int | None, progress: Progress, sleep: Callable[[float], None]
    ) -> None:
        self._ledger, self._hub, self._counts = ledger, ledger.hub, ledger.counts
        self._limit, self._progress = limit, progress
        self._sending = Sending(ledger, sleep=sleep)
        self._barred: dict[str, HubError] = {}
        self._checked: set[str] = set()

    def run(self) -> None:
        """Settle, invite, count whom an operator must invite by hand."""
        names = [rule.name for rule in self._ledger.communities]
        if not names:
            return
        self._ledger.lease  # noqa: B018 (a lease that is too short is told before anything is done)
        self._ledger.rooms  # noqa: B018 (so is a group without a room)
        settling = Settling(self._ledger)
        settling.run()
        self._barred.update(settling.barred)
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
                room = self._ledger.rooms.get((community, group))
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
        if turn is not None:
            self._sending.invite(turn)

    def _claim(self, ticket: int, room: str) -> Turn | None:
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
        return Turn(candidate, claimed, address, room, until) if claimed else None
