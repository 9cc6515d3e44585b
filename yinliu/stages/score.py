"""The part of qualify that scores persons: their signals into leads, when to look again, and from when to route."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from models.unit_of_work import UnitOfWork
from yinliu.leads.scoring import Score, Scorer
from yinliu.leads.signals import SignalFact
from yinliu.stages.counts import Counts
from yinliu.workspace.policies import Scoring as Policy

Row = dict[str, Any]

_NO_INTEREST = frozenset(
    (
        "repeat", "topic_fit", "engagement", "praise", "colleague", "competitor", "spam_ad", "after_sales_complaint",
        "chat_other",
    )
)  # fmt: skip
"""Kinds that make nobody a lead by themselves."""

_BY_THE_WAY = ("topic_fit", "repeat", "engagement")
"""Kinds that no lead began with, where there is another."""

_BREAKDOWN = msgspec.json.Encoder()


class Scoring:
    """The rules of one run: whose signals, by which policy, as of which moment."""

    def __init__(self, policy: Policy, *, reading: str, moment: datetime) -> None:
        self._scorer = Scorer(policy)
        self._reading = reading
        self._moment = moment
        self.stamp = f"{reading}.{policy.version}"

    def score(self, work: UnitOfWork, persons: Sequence[int]) -> Counts:
        """Score these persons anew; who never showed any interest is no lead."""
        signals = {
            person: [SignalFact(*row) for row in rows]
            for person, rows in work.signals.of_persons(persons, version=self._reading).items()
        }
        known = work.people.leads_of(persons)
        rows = [
            self._row(person, facts, known.get(person))
            for person, facts in signals.items()
            if person in known or any(fact.kind not in _NO_INTEREST for fact in facts)
        ]
        self._add_posts(work, rows, known)
        self._add_routing(work, rows, known)
        work.people.keep_leads(rows)
        before = {person for person, lead in known.items() if lead["qualified"]}
        return {
            "leads": sum(row["person_id"] not in known for row in rows),
            "qualified": sum(row["qualified"] and row["person_id"] not in before for row in rows),
            "scored": len(rows),
        }

    def _row(self, person: int, facts: list[SignalFact], before: Row | None) -> Row:
        # a platform's clock may be ahead of ours: what was seen did happen
        at = max((self._moment, *(fact.at for fact in facts)))
        result = self._scorer.score(facts, at=at)
        origin = _origin(facts, result)
        row = {
            "person_id": person,
            "score": result.total,
            "grade": result.grade,
            "qualified": result.qualified,
            "breakdown": _BREAKDOWN.encode(result.parts).decode(),
            "scoring_version": self.stamp,
            "comment_id": origin.comment if origin else (before or {})["comment_id"],
            "asked_at": origin.at if origin else at,
            "scored_at": self._moment,
            "rescore_at": self._scorer.next_change(facts, at=at),
            "route_note": None,
        }
        same = before is not None and all(before[name] == row[name] for name in ("score", "grade", "qualified"))
        row["changed_at"] = before["changed_at"] if before and same else self._moment
        row["qualified_at"] = (before or {}).get("qualified_at") or (self._moment if result.qualified else None)
        return row

    @staticmethod
    def _add_posts(work: UnitOfWork, rows: Sequence[Row], known: dict[int, Row]) -> None:
        """The post of each lead's origin; one whose signals are all gone keeps the one it had."""
        posts = work.people.posts_of({row["comment_id"] for row in rows})
        for row in rows:
            row["post_id"] = posts.get(row["comment_id"])

    @staticmethod
    def _add_routing(work: UnitOfWork, rows: Sequence[Row], known: dict[int, Row]) -> None:
        """From when on each is to be routed: who asked first comes first; never who is not to be contacted."""
        silent = work.people.suppressed([row["person_id"] for row in rows])
        asked = [row["person_id"] for row in rows if row["qualified"] and _waits(known.get(row["person_id"]))]
        routed = work.people.ever_routed(asked)
        for row in rows:
            before = known.get(row["person_id"])
            if not row["qualified"] or row["person_id"] in silent:
                row["route_at"] = None
            elif before is None or not before["qualified"]:
                row["route_at"] = row["asked_at"]
            elif _waits(before) and row["person_id"] not in routed:
                row["route_at"] = row["asked_at"]
            else:
                row["route_at"] = before["route_at"]


def _waits(before: Row | None) -> bool:
    """A lead that qualified before and that ``route`` neither looks at nor gave a note."""
    return before is not None and before["qualified"] and before["route_at"] is None and before["route_note"] is None


def _origin(facts: Sequence[SignalFact], result: Score) -> SignalFact | None:
    """The earliest signal among the kind that weighs most: the comment that made this person a lead."""
    kinds = [part.kind for part in sorted(result.parts, key=lambda part: -part.full) if part.full > 0]
    own = [kind for kind in kinds if kind not in _BY_THE_WAY] or kinds
    candidates = [fact for fact in facts if own and fact.kind == own[0]] or facts
    return min(candidates, key=lambda fact: (fact.at, fact.evidence, fact.kind), default=None)
