"""Leads into tickets: what is to be written for each, decided by the router in the order in which they asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from models.repositories.routing import Interests, RoutingRepository
from yinliu.leads.routing import Decision, Group, Router
from yinliu.leads.standing import Standing, is_under_way, rest_until, wish_of
from yinliu.stages.counts import Counts

Due = tuple[int, int, int | None, datetime, bool]
"""(lead, person, post, since when, suppressed)."""

EVENTS = {"assigned": "routed", "queued": "queued_nobody_on_duty", "blocked_full": "all_full"}


@dataclass
class Placing:
    """One batch of leads at one moment; ``answer``: within which time somebody is to answer."""

    router: Router
    now: datetime
    answer: timedelta
    rows: list[dict[str, Any]] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)
    noted: dict[str, list[int]] = field(default_factory=lambda: {"no_community": [], "settled": []})
    later: dict[int, datetime] = field(default_factory=dict)

    def place(self, leads: Sequence[Due], routing: RoutingRepository) -> None:
        """Decide for each; suppressed persons are passed over."""
        self.settled += [lead for lead, *_, suppressed in leads if suppressed]
        wanted = [(lead, person, post) for lead, person, post, _, suppressed in leads if not suppressed]
        persons = [person for _, person, _ in wanted]
        interests, standing = routing.interests(persons), routing.standing(persons)
        for lead, person, post in wanted:
            self._place(lead, person, post, interests[person], standing.get(person, ()))

    def _place(self, lead: int, person: int, post: int | None, interests: Interests, standing: Standing) -> None:
        rest = rest_until(standing, self.router.rules)
        if is_under_way(standing):
            self.settled.append(lead)
        elif rest and rest > self.now:
            self.later[lead] = rest
        else:
            wish = wish_of(interests, standing)
            decision = self.router.decide(wish, self.now)
            if decision:
                because = _because(decision, post, interests)
                self.rows.append({"lead_id": lead, "person_id": person, "post_id": because, **self._row(decision)})
            else:
                self.noted["settled" if self.router.suiting(wish) else "no_community"].append(lead)

    def _row(self, decision: Decision) -> dict[str, Any]:
        blocked = decision.state == "blocked_full"
        return {
            "community": decision.community,
            "group_id": decision.group,
            "state": decision.state,
            "operator": decision.operator,
            "reasons": list(decision.reasons),
            "due_at": None if blocked else self.due(decision.community, decision.operator),
            "reason": EVENTS[decision.state],
        }

    def moved(
        self, ticket: int, community: str, operator: str | None, *, before: str, group: Group | None = None
    ) -> dict[str, Any]:
        """A ticket that is given to somebody, or has a seat from now on."""
        return {
            "ticket": ticket,
            "before": before,
            "state": "assigned" if operator else "queued",
            "operator": operator,
            "group_id": group,
            "due_at": self.due(community, operator),
            "reason": "seat_freed" if before == "blocked_full" else "shift_began",
        }

    def due(self, community: str, operator: str | None) -> datetime:
        """By when somebody is to answer: the time runs from when somebody is on duty."""
        back = None if operator else self.router.roster.back(self.router.rules[community], self.now)
        return (back or self.now) + self.answer

    def write(self, routing: RoutingRepository, *, actor: str) -> Counts:
        """Tickets, seats, events, and what becomes of the leads."""
        routing.open_tickets(self.rows, actor=actor, now=self.now)
        routing.settle([*self.settled, *(row["lead_id"] for row in self.rows)])
        for note, leads in self.noted.items():
            routing.settle(leads, note=note)
        routing.postpone(self.later)
        states = [row["state"] for row in self.rows]
        return {
            "tickets": len(states) - states.count("blocked_full"),
            "queued": states.count("queued"),
            "blocked_full": states.count("blocked_full"),
            "unmatched": len(self.noted["no_community"]),
        }


def _because(decision: Decision, post: int | None, interests: Interests) -> int | None:
    """The post that led a person to a community: the one of their lead, unless another speaks of what it is for."""
    topics = [reason.removeprefix("topic:") for reason in decision.reasons if reason.startswith("topic:")]
    posts = [found for topic in topics for found in interests["topic"].get(topic, ()) if found is not None]
    return post if post in posts or not posts else max(posts)
