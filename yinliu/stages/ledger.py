"""What invite and the look-up of unsettled sends share: one hub's rooms, leases, and results in one transaction."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidTag

from models.unit_of_work import UnitOfWork
from models.vault import Vault
from yinliu.errors import Misconfigured
from yinliu.hubs.hub import Hub
from yinliu.language import Text
from yinliu.stages.attempts import failed
from yinliu.stages.counts import Begin, now
from yinliu.workspace.communities import Communities, CommunityRule

CALLS = 4
"""Calls to the hub under one lease, at most: it must be longer than all of them."""


@dataclass(frozen=True)
class Ledger:
    """One hub's invitations: where they go, under which leases, and what became of them."""

    begin: Begin
    policy: Communities
    hub: Hub
    vault: Vault
    actor: str
    counts: Counter[str] = field(default_factory=Counter)

    @cached_property
    def lease(self) -> timedelta:
        """How long a ticket is held; :class:`Misconfigured` when the hub may take longer than that."""
        lease = timedelta(minutes=self.policy.lease_minutes)
        needed = self.hub.patience * CALLS
        if lease.total_seconds() <= needed:
            text = Text(
                f"lease_minutes（{self.policy.lease_minutes:g} 分钟）要长于 {needed:.0f} 秒（{self.hub.name} 的 "
                "timeout_seconds 的 12 倍）。请在 communities.yaml 里调大 lease_minutes 或调小 timeout_seconds。",
                f"lease_minutes ({self.policy.lease_minutes:g}) must be longer than {needed:.0f} s, 12 times "
                f"timeout_seconds of {self.hub.name}. Raise the one or lower the other in communities.yaml.",
            )
            raise Misconfigured(text, code="lease_too_short")
        return lease

    @property
    def communities(self) -> list[CommunityRule]:
        """The communities whose groups are at this hub."""
        return [rule for rule in self.policy.communities if rule.hub == self.hub.name]

    @cached_property
    def rooms(self) -> dict[tuple[str, str], str]:
        """Room by community and group; :class:`Misconfigured` when a group has none."""
        found = {(rule.name, group.name): group.room for rule in self.communities for group in rule.all_groups}
        for (community, group), room in found.items():
            if not room:
                text = Text(
                    f"communities.yaml：社群 {community} 的群 {group} 在 {self.hub.name} 上，缺少 room（群的编号）。",
                    f"communities.yaml: group {group} of {community} is at {self.hub.name} and has no room (its id).",
                )
                raise Misconfigured(text, code="no_room")
        return {place: room for place, room in found.items() if room}

    def readable(self, contacts: Sequence[tuple[str, bytes, str]]) -> dict[str, tuple[str, str]]:
        """Kind and value of contacts by their digest; what another key locked is left out."""
        found: dict[str, tuple[str, str]] = {}
        for kind, cipher, digest in contacts:
            try:
                found[digest] = (kind, self.vault.unlock(cipher))
            except InvalidTag:
                continue
        return found

    def digest(self, address: str) -> str:
        """The keyed digest by which an address is known in the database."""
        return self.vault.fingerprint(self.hub.kinds[0], address.lower())

    def close(self, send: int, ticket: int, token: int, *, state: str, detail: str, **move: Any) -> bool:
        """Write a send's result and what it means for the ticket (:meth:`step`), in one transaction or not at all."""
        with self.begin() as work:
            if not work.sends.settle(send, state=state, detail=detail):
                return False
            if not self.step(work, ticket, token, reason=detail, **move):
                return False
            work.commit()
        return True

    def step(
        self,
        work: UnitOfWork,
        ticket: int,
        token: int,
        *,
        reason: str,
        to: str | None = None,
        delay: timedelta | None = None,
    ) -> bool:
        """Put a ticket into the state ``to``, let it be claimed again after ``delay``, or else: an attempt has failed.

        False, and nothing is changed, when the lease is over.
        """
        fence: dict[str, Any] = {"token": token, "actor": self.actor, "reason": reason}
        if to:
            return work.queue.advance(ticket, state=to, now=now(), **fence)
        if delay is not None:
            return work.queue.release(ticket, delay=delay, counted=False, **fence)
        done = failed(work, ticket, policy=self.policy, **fence)
        self.counts["parked"] += done is not None and done.how == "parked"
        return done is not None

    def give_back(self, ticket: int, token: int, *, reason: str) -> None:
        """Let a ticket be claimed again at once; no attempt was made."""
        with self.begin() as work:
            self.step(work, ticket, token, reason=reason, delay=timedelta(0))
            work.commit()


def lessee(actor: str) -> str:
    """A name that no other sender has: a lease under it is nobody else's."""
    return f"{actor}-{secrets.token_hex(3)}"
