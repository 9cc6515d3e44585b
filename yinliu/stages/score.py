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

_RESTING = ("left", "lost", "expired")
"""States of a ticket after which route looks at its lead again, when the cooling-off is over."""

_BREAKDOWN = msgspec.json.Encoder()


class Scoring:
    """The rules of one run: whose signals, by which policy, as of which moment."""

    def __init__(self, policy: Policy, *, reading: str, moment: datetime) -> None:
        self._scorer = Scorer(policy)
        self._reading = reading
        self._moment = moment
        self.stamp = f"{reading}.{policy.version}"

    def ready(self, work: UnitOfWork, persons: Collection[int]) -> Sequence[int]:
        """Those of these persons who are no lead yet, or one by this reading; what was read of others may be a part."""
        readings = work.people.readings_of(sorted(persons))
        here = f"{self._reading}."
        return sorted(person for person in persons if readings.get(person, here).startswith(here))

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
        self._add_posts(work, rows)
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

    def _add_routing(self, work: UnitOfWork, rows: Sequence[Row], known: dict[int, Row]) -> None:
        """From when on each is to be routed: who asked first comes first; never who is not to be contacted."""
        silent = work.identities.suppressed(row["person_id"] for row in rows)
        asked = [row["person_id"] for row in rows if row["qualified"] and row["person_id"] in known]
        last = work.people.last_states([person for person in asked if known[person]["route_at"] is None])
        for row in rows:
            person = row["person_id"]
            at = self._route_at(row, known.get(person), last.get(person))
            row["route_at"] = at if row["qualified"] and person not in silent else None

    def _route_at(self, row: Row, before: Row | None, last: str | None) -> datetime | None:
        """What is said makes route look again (``look_again``), not what is read once more of who was routed before.

        But who rests after their ``last`` ticket may have lost their time to look by not qualifying in between.
        """
        if before is not None and before["route_at"] is not None:
            return before["route_at"]  # type: ignore[no-any-return]
        if before is None or last is None:
            asked: datetime = row["asked_at"]
            return min(asked, self._moment)  # a platform's clock may be ahead of ours
        return self._moment if last in _RESTING and not before["qualified"] else None


def _known(before: Row | None) -> Row:
    return before or {}


def _origin(facts: Sequence[SignalFact], result: Score) -> SignalFact | None:
    """The earliest signal among the kind that weighs most: the comment that made this person a lead."""
    kinds = [part.kind for part in sorted(result.parts, key=lambda part: -part.full) if part.full > 0]
    own = [kind for kind in kinds if kind not in _BY_THE_WAY] or kinds
    candidates = [fact for fact in facts if own and fact.kind == own[0]] or facts
    return min(candidates, key=lambda fact: (fact.at, fact.evidence, fact.kind), default=None)
