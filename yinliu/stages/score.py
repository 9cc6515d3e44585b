"""The part of qualify that scores persons: their signals into leads, when to look again, and from when to route."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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

    def score(self, work: UnitOfWork, persons: Sequence[int], *, spoke: Collection[int] = ()) -> Counts:
        """Score these persons anew; who never showed any interest is no lead. ``spoke``: who said something new."""
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
        self._add_posts(work, rows)
        self._add_routing(work, rows, known, spoke)
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
        result, again = self._scorer.judge(facts, at=at)
        origin = _origin(facts, result)
        row: Row = {
            "person_id": person,
            "score": result.total,
            "grade": result.grade,
            "qualified": result.qualified,
            "breakdown": _BREAKDOWN.encode(result.parts).decode(),
            "scoring_version": self.stamp,
            "comment_id": origin.comment if origin else _known(before)["comment_id"],
            "asked_at": origin.at if origin else at,
            "scored_at": self._moment,
            "rescore_at": again,
            "route_note": None,
        }
        same = before is not None and all(before[name] == row[name] for name in ("score", "grade", "qualified"))
        row["changed_at"] = _known(before)["changed_at"] if same else self._moment
        row["qualified_at"] = _known(before).get("qualified_at") or (self._moment if result.qualified else None)
        return row

    @staticmethod
    def _add_posts(work: UnitOfWork, rows: Sequence[Row]) -> None:
        """The post of each lead's origin, as far as it is known by now."""
        posts = work.people.posts_of({row["comment_id"] for row in rows})
        for row in rows:
            row["post_id"] = posts.get(row["comment_id"])

    def _add_routing(
        self, work: UnitOfWork, rows: Sequence[Row], known: dict[int, Row], spoke: Collection[int]
    ) -> None:
        """From when on each is to be routed: who asked first comes first; never who is not to be contacted.

        Who was routed before and says something new is looked at again: there may be another community for them.
        """
        silent = work.identities.suppressed(row["person_id"] for row in rows)
        asked = [row["person_id"] for row in rows if row["qualified"] and _waits(known.get(row["person_id"]))]
        routed = work.people.ever_routed(asked)
        for row in rows:
            person, before = row["person_id"], known.get(row["person_id"])
            at = row["asked_at"]
            if before is not None and before["qualified"]:
                at = before["route_at"]
                if _waits(before) and (person not in routed or person in spoke):
                    at = self._moment if person in routed else row["asked_at"]
            row["route_at"] = at if row["qualified"] and person not in silent else None


def _known(before: Row | None) -> Row:
    return before or {}


def _waits(before: Row | None) -> bool:
    """A lead that qualified before and that ``route`` does not look at."""
    return before is not None and before["qualified"] and before["route_at"] is None


def _origin(facts: Sequence[SignalFact], result: Score) -> SignalFact | None:
    """The earliest signal among the kind that weighs most: the comment that made this person a lead."""
    kinds = [part.kind for part in sorted(result.parts, key=lambda part: -part.full) if part.full > 0]
    own = [kind for kind in kinds if kind not in _BY_THE_WAY] or kinds
    candidates = [fact for fact in facts if own and fact.kind == own[0]] or facts
    return min(candidates, key=lambda fact: (fact.at, fact.evidence, fact.kind), default=None)
