"""qualify: newly tagged comments into persons and signals, and persons' signals into leads."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from models.unit_of_work import UnitOfWork
from yinliu.stages.counts import Begin, Counts, Progress, now, silent
from yinliu.stages.identify import Identifying
from yinliu.stages.own import decide_owners
from yinliu.stages.read import Batch, Reading
from yinliu.stages.score import Scoring
from yinliu.workspace.policies import Scoring as Policy

BATCH = 2000
"""Comments, or persons, in one transaction."""

ACTOR = "yinliu"


def qualify(
    begin: Begin,
    *,
    version: str,
    policy: Policy,
    served_topics: Collection[str],
    colleagues: Collection[str],
    progress: Progress = silent,
    moment: datetime | None = None,
) -> Counts:
    """Until nothing is left: give signals to the accounts behind new comments, then score whoever they touch.

    Then score again who was scored by other rules, and whose grade time alone has changed by ``moment`` (now).
    """
    totals: Counts = dict.fromkeys(("comments", "signals", "persons", "leads", "qualified", "scored"), 0)
    qualifying = _Qualifying(version, Reading(served_topics, colleagues), policy, moment or now())
    with begin() as work:
        work.contacts.note_all(reading=qualifying.reading)
        work.commit()
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

    def __init__(self, version: str, reading: Reading, policy: Policy, moment: datetime) -> None:
        self._version = version
        self._reading = reading
        self._scoring = Scoring(policy, reading=reading.version, moment=moment)
        self._moment = moment

    @property
    def reading(self) -> str:
        """What names the rules by which comments are read."""
        return self._reading.version

    def read_comments(self, work: UnitOfWork) -> Counts:
        """One batch of comments: who wrote them, what they say of them, and their scores.

        Whose lead was scored by another reading is not scored before all of their comments are read by this one.
        """
        reading = self._reading
        decided = decide_owners(work, is_colleague=reading.is_colleague, limit=BATCH)
        if decided:  # all of them, before anybody is recognised or suppressed by a contact
            return {"contacts": decided}
        rows = work.people.unqualified(self._version, reading=reading.version, limit=BATCH)
        if not rows:
            return {}
        batch = reading.batch(work, rows)
        identified = Identifying(work, rows, batch.comments)
        said = work.people.said_now(batch.keys)
        given = [*reading.signals(batch), *reading.earlier_answers(work, batch)]
        added, touched = work.signals.replace(batch.keys, given, version=reading.version, now=self._moment)
        work.people.mark_qualified(batch.keys, version=reading.version)
        silent = work.identities.silent(batch.keys) | _opted_out(work, batch)
        work.identities.suppress(silent, actor=ACTOR, now=self._moment)
        work.people.look_again({identified.persons[comment] for comment in said}, now=self._moment)
        persons = {*identified.persons.values(), *work.people.persons_of(touched)}
        leads = self._scoring.score(work, self._scoring.ready(work, persons))
        return {"comments": len(rows), "signals": added, "persons": identified.new, **leads}

    def score_again(self, work: UnitOfWork) -> Counts:
        """One batch of leads that were scored by other rules, or whose time has come."""
        persons = work.people.outdated(self._scoring.stamp, now=self._moment, limit=BATCH)
        return self._scoring.score(work, persons) if persons else {}


def _opted_out(work: UnitOfWork, batch: Batch) -> dict[int, int | None]:
    """The comment in which they asked not to be contacted, by account; what was found to be misheard is none."""
    said = batch.opted_out
    misheard = work.persons.misheard([comment for _, comment in said]) if said else set()
    return {account: comment for account, comment in said if comment not in misheard}
