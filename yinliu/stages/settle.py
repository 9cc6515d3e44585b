"""settle: sends of which nobody knows whether they were done are looked up at the hub, or parked for a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from models.repositories.queue import Claimed
from models.repositories.sends import Unsettled
from yinliu.hubs.hub import Barred, HubError, Membership
from yinliu.leads.tickets import UNINVITED
from yinliu.stages.counts import now
from yinliu.stages.ledger import Ledger

BATCH = 100
LONGEST_BARRED = timedelta(days=1)
"""A send that cannot be looked up for so long, because we may not look into its room, is for a person to decide."""
Verdict = Literal["sent", "failed", "parked"]


def verdict(found: Membership, *, before: Membership) -> Verdict:
    """What a look-up says of a send; ``before``: how the person stood to the room when it was about to be sent.

    Who left the room before and has left it now may have been invited in between, or not: nobody can know.
    """
    if found in ("invited", "joined"):
        return "sent"
    if found == "none":
        return "failed"
    return "sent" if found == "left" and before == "none" else "parked"


class Settling:
    """One hub's unsettled sends, each looked up once; ``barred``: the rooms that we may not look into, and why."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.barred: dict[str, Barred] = {}
        self._members: dict[str, dict[str, Membership]] = {}

    def run(self) -> None:
        """Until each was looked at; raises a :class:`HubError` when the hub does not answer, and nothing is lost.

        A room that we are barred from keeps no other from being looked into.
        """
        after = 0
        grace = timedelta(seconds=self._ledger.hub.patience)
        while True:
            with self._ledger.begin() as work:
                name = self._ledger.hub.name
                sends = work.sends.unsettled(hub=name, older_than=grace, limit=BATCH, after=after)
            for send in sends:
                self._settle(send)
            if len(sends) < BATCH:
                return
            after = sends[-1].send

    def _settle(self, send: Unsettled) -> None:
        claimed = self._claim(send) if send.state in UNINVITED else None
        if send.state in UNINVITED and claimed is None:
            return
        try:
            found = self._look(send)
        except HubError as error:
            if claimed:
                self._ledger.give_back(send.ticket, claimed.token, reason=error.reason)
            if not isinstance(error, Barred):
                raise
            return
        told = verdict(found, before=_before(send))
        if self._close(send, claimed, told, f"found:{found}"):
            self._ledger.counts["found" if told == "sent" else told] += 1

    def _claim(self, send: Unsettled) -> Claimed | None:
        ledger = self._ledger
        with ledger.begin() as work:
            claimed = work.queue.claim_one(send.ticket, actor=ledger.actor, lease=ledger.lease, take=False)
            if claimed is None or claimed.state not in UNINVITED or not work.sends.is_unsettled(send.send):
                return None
            work.commit()
        return claimed

    def _look(self, send: Unsettled) -> Membership:
        """How the person that was to be invited stands to the room; who is barred from it for a day will not know."""
        room = self._ledger.rooms.get((send.community, send.group))
        if room is None:
            return "unknown"
        try:
            if room in self.barred:
                raise self.barred[room]
            return self._find(send, room)
        except Barred as error:
            self.barred[room] = error
            if now() - send.intended_at < LONGEST_BARRED:
                raise
            return "unknown"

    def _find(self, send: Unsettled, room: str) -> Membership:
        """The same, whatever became of the comment with the address."""
        hub = self._ledger.hub
        with self._ledger.begin() as work:
            contacts = self._ledger.readable(work.sends.contacts(send.person_id, kinds=hub.kinds))
        if send.address_hmac in contacts:
            return hub.find(contacts[send.address_hmac][1], room)
        if room not in self._members:
            members = hub.members(room)
            self._members[room] = {self._ledger.digest(address): member.standing for address, member in members.items()}
        return self._members[room].get(send.address_hmac, "none")

    def _close(self, send: Unsettled, claimed: Claimed | None, told: Verdict, detail: str) -> bool:
        ledger = self._ledger
        if claimed is None:
            with ledger.begin() as work:
                done = work.sends.settle(send.send, state=told, detail=detail)
                work.commit()
            return done
        if told == "parked":
            return self._park(send, claimed, detail)
        move = {"to": "invited"} if told == "sent" else {}
        return ledger.close(send.send, send.ticket, claimed.token, state=told, detail=detail, **move)

    def _park(self, send: Unsettled, claimed: Claimed, detail: str) -> bool:
        with self._ledger.begin() as work:
            done = work.sends.settle(send.send, state="parked", detail=detail) and work.queue.park(
                send.ticket, token=claimed.token, actor=self._ledger.actor, reason="send_unknown"
            )
            if done:
                work.commit()
        return done


def _before(send: Unsettled) -> Membership:
    """What the intent says of the moment before it."""
    return "none" if (send.detail or "").startswith("before:none") else "left"
