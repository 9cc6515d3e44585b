"""Scores as of any moment: the signals that stand, replayed until then. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from models.unit_of_work import UnitOfWork
from yinliu.leads.scoring import Score, Scorer
from yinliu.leads.signals import SignalFact
from yinliu.workspace.policies import Scoring

BATCH = 2000
"""Persons whose signals are in memory at once."""


def replay(work: UnitOfWork, persons: Sequence[int], *, policy: Scoring, at: datetime) -> dict[int, Score]:
    """The scores of persons who are leads as of a moment, by person."""
    scorer = Scorer(policy)
    found: dict[int, Score] = {}
    for start in range(0, len(persons), BATCH):
        part = persons[start : start + BATCH]
        found |= {person: scorer.score(facts, at=at) for person, facts in signals_of(work, part).items()}
    return found


def replay_twice(
    work: UnitOfWork, persons: Sequence[int], *, policy: Scoring, before: datetime, at: datetime
) -> dict[int, tuple[Score, Score]]:
    """The scores of persons as of two moments, by person; their signals are read once."""
    scorer = Scorer(policy)
    found: dict[int, tuple[Score, Score]] = {}
    for start in range(0, len(persons), BATCH):
        facts = signals_of(work, persons[start : start + BATCH])
        found |= {key: (scorer.score(those, at=before), scorer.score(those, at=at)) for key, those in facts.items()}
    return found


def signals_of(work: UnitOfWork, persons: Sequence[int]) -> dict[int, list[SignalFact]]:
    """The signals by which persons were scored last."""
    by_reading: dict[str, list[int]] = {}
    for person, stamp in work.people.readings_of(persons).items():
        by_reading.setdefault(stamp.partition(".")[0], []).append(person)
    return {
        person: [SignalFact(*row) for row in rows]
        for reading, those in by_reading.items()
        for person, rows in work.signals.of_persons(those, version=reading).items()
    }
