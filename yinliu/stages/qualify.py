"""qualify: newly tagged comments into persons and signals, and persons' signals into leads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from models.repositories.content import digest
from models.unit_of_work import UnitOfWork
from yinliu.leads.scoring import Score, score
from yinliu.leads.signals import SignalFact, TaggedComment, signals_of
from yinliu.stages.counts import Begin, Counts, Progress, now, silent
from yinliu.stages.identify import Identifying
from yinliu.workspace.policies import Scoring

BATCH = 200
"""Comments, or persons, in one transaction."""

_NO_INTEREST = frozenset(
    ("repeat", "topic_fit", "praise", "colleague", "spam_ad", "after_sales_complaint", "chat_other")
)
"""Kinds that make nobody a lead by themselves."""


def qualify(
    begin: Begin,
    *,
    version: str,
    policy: Scoring,
    served_topics: Collection[str],
    colleagues: Collection[str],
    progress: Progress = silent,
) -> Counts:
    """Until nothing is left: give signals to the persons behind new comments, then score whoever they touch."""
    totals: Counts = dict.fromkeys(("comments", "signals", "persons", "leads", "qualified", "scored"), 0)
    qualifying = _Qualifying(version, policy, served_topics, colleagues)
    for step in (qualifying.read_comments, qualifying.score_again):
        while True:
            with begin() as work:
                work.people.take_turn()
                counts = step(work)
                work.commit()
            if not counts:
                break
            totals = {name: totals[name] + counts.get(name, 0) for name in totals}
            progress(counts.get("comments", 0))
    return totals


class _Qualifying:
    """The rules of one run."""

    def __init__(self, version: str, policy: Scoring, topics: Collection[str], colleagues: Collection[str]) -> None:
        self._version = version
        self._policy = policy
        self._topics = set(topics)
        self._colleagues = set(colleagues)
        self._reading = digest(sorted(self._topics), sorted(self._colleagues))[:12]

    def read_comments(self, work: UnitOfWork) -> Counts:
        """One batch of comments: who wrote them, what they say of them, and their scores."""
        rows = work.people.unqualified(self._version, reading=self._reading, limit=BATCH)
        if not rows:
            return {}
        comments = self._facts(work, rows)
        identified = Identifying(work, rows, comments)
        signals = [
            self._signal_row(identified.persons[comment.comment], signal)
            for comment in comments
            for signal in signals_of(comment, served_topics=self._topics)
        ]
        given = {(row["person_id"], row["kind"], row["evidence"]) for row in signals}
        keys = [row["id"] for row in rows]
        work.people.withdraw_signals(keys, version=self._reading, given=given)
        added = work.people.add_signals(signals)
        work.people.mark_qualified(keys, version=self._reading)
        leads = self._score(work, sorted(set(identified.persons.values())))
        return {"comments": len(rows), "signals": added, "persons": identified.new, **leads}

    def score_again(self, work: UnitOfWork) -> Counts:
        """One batch of leads that were scored by other rules."""
        persons = work.people.outdated(self._stamp, limit=BATCH)
        return self._score(work, persons) if persons else {}

    @property
    def _stamp(self) -> str:
        return f"{self._reading}.{self._policy.version}"

    def _facts(self, work: UnitOfWork, rows: Sequence[dict[str, Any]]) -> list[TaggedComment]:
        keys = [row["id"] for row in rows]
        tags, contacts, topics = _grouped3(work.people.tags_of_comments(keys)), defaultdict(list), defaultdict(list)
        for comment, kind, mark in work.people.contacts_of_comments(keys):
            contacts[comment].append((kind, mark))
        for post, topic in work.people.topics_of_posts(row["post_id"] for row in rows if row["post_id"]):
            topics[post].append(topic)
        return [
            TaggedComment(
                comment=row["id"],
                key=f"{row['source']}:{row['external_id']}",
                at=row["at"],
                intents=tuple(tags[row["id"], "intent"]),
                topics=tuple(dict.fromkeys((*tags[row["id"], "topic"], *topics[row["post_id"]]))),
                contacts=tuple(contacts[row["id"]]),
                by_colleague=self._is_colleague(row),
            )
            for row in rows
        ]

    def _is_colleague(self, row: dict[str, Any]) -> bool:
        if row["name"] and row["name"] == row["author"]:
            return True
        return row["name"] in self._colleagues or row["account"] in self._colleagues

    def _signal_row(self, person: int, signal: SignalFact) -> dict[str, Any]:
        return {
            "person_id": person,
            "kind": signal.kind,
            "evidence": signal.evidence,
            "version": self._reading,
            "label": signal.label,
            "comment_id": signal.comment,
            "happened_at": signal.at,
        }

    def _score(self, work: UnitOfWork, persons: Sequence[int]) -> Counts:
        signals = work.people.signals_of(persons, version=self._reading)
        known = work.people.leads_of(persons)
        rows = []
        for person in persons:
            interested = any(row["kind"] not in _NO_INTEREST for row in signals[person])
            if interested or person in known:
                rows.append(self._lead_row(person, signals[person], known.get(person)))
        work.people.keep_leads(rows)
        qualified = sum(row["qualified"] and not (known.get(row["person_id"]) or {}).get("qualified") for row in rows)
        return {
            "leads": len([row for row in rows if row["person_id"] not in known]),
            "qualified": qualified,
            "scored": len(rows),
        }

    def _lead_row(self, person: int, signals: list[dict[str, Any]], before: dict[str, Any] | None) -> dict[str, Any]:
        result = score([_fact(row) for row in signals], policy=self._policy)
        origin = _origin(signals, result) or before or {}
        moment = now()
        row = {
            "person_id": person,
            "score": result.total,
            "grade": result.grade,
            "qualified": result.qualified,
            "breakdown": [asdict(part) for part in result.parts],
            "scoring_version": self._stamp,
            "comment_id": origin["comment_id"],
            "post_id": origin["post_id"],
        }
        same = before is not None and all(before[name] == row[name] for name in ("score", "grade", "qualified"))
        row["changed_at"] = before["changed_at"] if before and same else moment
        row["qualified_at"] = (before or {}).get("qualified_at") or (moment if result.qualified else None)
        return row


def _grouped3(rows: Iterable[tuple[int, str, str]]) -> dict[tuple[int, str], list[str]]:
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for key, kind, label in rows:
        found[key, kind].append(label)
    return found


def _fact(row: dict[str, Any]) -> SignalFact:
    return SignalFact(
        kind=row["kind"], evidence=row["evidence"], label=row["label"], comment=row["comment_id"], at=row["happened_at"]
    )


def _origin(signals: Sequence[dict[str, Any]], result: Score) -> dict[str, Any] | None:
    """The earliest signal among the kind that weighs most: the comment that made this person a lead."""
    kinds = [part.kind for part in sorted(result.parts, key=lambda part: -part.points) if part.points > 0]
    own = [kind for kind in kinds if kind not in ("topic_fit", "repeat")] or kinds
    candidates = [row for row in signals if own and row["kind"] == own[0]] or list(signals)
    return candidates[0] if candidates else None
