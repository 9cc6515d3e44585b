"""observe: who joined or left at the hub closes tickets; nothing is written of anybody who has no ticket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from models.repositories.sends import Awaited
from models.vault import Vault
from yinliu.errors import YinliuError
from yinliu.hubs.hub import Barred, Hub, HubError, Member, Membership, translated
from yinliu.language import Text
from yinliu.leads.tickets import may_move
from yinliu.stages.counts import Begin, Counts, now
from yinliu.stages.invite import ACTOR, ended
from yinliu.stages.ledger import Ledger, lessee
from yinliu.stages.move import cooling_off
from yinliu.workspace.communities import Communities

SKEW = timedelta(minutes=10)
"""How far the hub's clock and the database's may be apart."""
COUNTED = ("members", "joined", "left", "declined", "busy", "strangers")
_MOVED = ("joined", "left", "declined")
NOTHING = Text("没能查看群成员，工单没有变动", "the members could not be looked up; no ticket was changed")


def observe(begin: Begin, *, policy: Communities, hubs: Mapping[str, Hub], vault: Vault, actor: str = ACTOR) -> Counts:
    """Look into every room once. A second look at the same changes nothing.

    ``strangers``: members whom no ticket knows; ``busy``: tickets that somebody works on right now, left for later.
    """
    totals: Counter[str] = Counter()
    errors: list[YinliuError] = []
    for name, hub in hubs.items():
        ledger = Ledger(begin, policy, hub, vault, lessee(actor))
        try:
            for (community, group), room in ledger.rooms.items():
                try:
                    members = hub.members(room)
                except Barred as error:  # of this room, perhaps: the others are looked into all the same
                    errors.append(translated(name, error))
                else:
                    _Room(ledger, community, group).observe(members)
        except HubError as error:
            errors.append(translated(name, error))
        totals.update(ledger.counts)
    if errors:
        done = {name: totals[name] for name in COUNTED if totals[name] and name in _MOVED}
        raise ended(errors, done=done, nothing=NOTHING)
    return {name: totals[name] for name in COUNTED}


class _Room:
    """One group's tickets against those who are in its room."""

    def __init__(self, ledger: Ledger, community: str, group: str) -> None:
        self._ledger, self._community, self._group = ledger, community, group
        self._cooling_off = cooling_off(ledger.policy, community)

    def observe(self, members: Mapping[str, Member]) -> None:
        """Move every ticket whose person joined, or left since it was opened."""
        ledger = self._ledger
        standing = {ledger.digest(address): member for address, member in members.items()}
        with ledger.begin() as work:
            kinds = ledger.hub.kinds
            awaited = work.sends.awaited(community=self._community, group=self._group, kinds=kinds)
        for ticket in awaited:
            found = [standing[digest] for digest in ticket.digests if digest in standing]
            self._move(ticket, {member.standing for member in found if not _is_past(member, ticket)})
        known = {digest for ticket in awaited for digest in ticket.digests}
        joined = {digest for digest, member in standing.items() if member.standing == "joined"}
        ledger.counts["members"] += len(joined)
        ledger.counts["strangers"] += len(joined - known)

    def _move(self, ticket: Awaited, found: set[Membership]) -> None:
        step = _step(ticket.state, found)
        if step is None:
            return
        state, count = step
        self._ledger.counts[count if self._advance(ticket, state, count) else "busy"] += 1

    def _advance(self, ticket: Awaited, state: str, reason: str) -> bool:
        """Lease and move in one transaction; False when somebody holds the ticket or moved it meanwhile."""
        ledger = self._ledger
        with ledger.begin() as work:
            claimed = work.queue.claim_one(ticket.ticket, actor=ledger.actor, lease=ledger.lease, take=False)
            if claimed is None or claimed.state != ticket.state:
                return False
            done = work.queue.advance(
                ticket.ticket,
                token=claimed.token,
                actor=ledger.actor,
                state=state,
                reason=f"seen_{reason}",
                now=now(),
                cooling_off=self._cooling_off,
            )
            if done:
                work.commit()
        return done


def _is_past(member: Member, ticket: Awaited) -> bool:
    """True for who left before the ticket was opened: that says nothing of it."""
    return member.standing == "left" and member.since is not None and member.since < ticket.created_at - SKEW


def _step(state: str, found: set[Membership]) -> tuple[str, str] | None:
    """(new state, what it is counted as); None where what the hub shows changes nothing.

    An invitation that was declined looks like leaving: before joining it is a loss.
    """
    if "joined" in found:
        return ("joined", "joined") if may_move(state, "joined") else None
    if "left" not in found or "invited" in found:
        return None
    if state in ("joined", "retained"):
        return "left", "left"
    return ("lost", "declined") if state in ("invited", "added") else None
