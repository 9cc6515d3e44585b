"""The log of signals: appended once, withdrawn and given again, never deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models.content import Account, Comment
from models.people import Identity, Person, Signal
from models.repositories.signals import SignalRow
from models.unit_of_work import UnitOfWork

Begin = Callable[[], UnitOfWork]
MOMENT = datetime(2026, 11, 16, 1, tzinfo=UTC)


def signal(evidence: str, *, account: int = 1, comment: int = 1, hours: int = 0) -> SignalRow:
    """A signal as it is stored."""
    return (account, "praise", evidence, "", comment, MOMENT + timedelta(hours=hours))


@pytest.fixture
def stored(begin: Begin) -> Begin:
    """Two accounts of one person, and a comment of each."""
    with begin() as work:
        session = work._session
        session.add(Person(id=1, name="小王", first_seen_at=MOMENT))
        for key in (1, 2):
            session.add(Account(id=key, source="blog", platform="feed", external_id=f"u{key}", name="小王"))
        session.flush()
        for key in (1, 2):
            session.add(Identity(account_id=key, person_id=1, how="new", confidence=1.0))
            session.add(_comment(key))
        work.commit()
    return begin


def _comment(key: int) -> Comment:
    texts = {"source": "blog", "platform": "feed", "external_id": f"c{key}", "post_external_id": "p", "text": "好"}
    times = {"first_seen_at": MOMENT, "changed_at": MOMENT, "published_at": MOMENT}
    return Comment(id=key, account_id=key, flaws=[], content_hash="", **texts, **times)


def standing(begin: Begin) -> set[str]:
    """The evidence of the signals that stand."""
    with begin() as work:
        return {row[1] for row in work.signals.of_persons([1], version="v1")[1]}


def replace(begin: Begin, *rows: SignalRow, comment: int = 1, hours: int = 0) -> tuple[int, set[int]]:
    """Let a comment give these signals."""
    with begin() as work:
        now = MOMENT + timedelta(hours=hours)
        result = work.signals.replace([comment], rows, version="v1", now=now)
        work.commit()
    return result


def test_signals_are_counted_when_they_are_new(stored: Begin) -> None:
    """Of three, one of them known, two are new; the third time none is, and no account is touched."""
    three = [signal(name) for name in "abc"]
    assert replace(stored, *three[:1]) == (1, {1})
    assert replace(stored, *three) == (2, {1})
    assert replace(stored, *three) == (0, set())


def test_a_withdrawn_signal_stays_in_the_log(stored: Begin) -> None:
    """With the moment at which it was withdrawn; it no longer stands."""
    replace(stored, signal("a"), signal("b"))
    assert replace(stored, signal("a"), hours=1) == (0, {1})
    assert standing(stored) == {"a"}
    with stored() as work:
        rows = work._session.execute(select(Signal.evidence, Signal.withdrawn_at).order_by(Signal.id)).all()
    assert [tuple(row) for row in rows] == [("a", None), ("b", MOMENT + timedelta(hours=1))]


def test_a_signal_given_again_stands_again(stored: Begin) -> None:
    """As one row, recorded when it first was."""
    replace(stored, signal("a"))
    replace(stored)
    assert standing(stored) == set()
    assert replace(stored, signal("a"), hours=5) == (1, {1})
    with stored() as work:
        rows = work._session.execute(select(Signal.recorded_at, Signal.withdrawn_at)).all()
    assert [tuple(row) for row in rows] == [(MOMENT, None)]


def test_a_signal_whose_time_was_corrected_is_one_signal(stored: Begin) -> None:
    """At its new time."""
    replace(stored, signal("a"))
    assert replace(stored, signal("a", hours=3)) == (1, {1})
    with stored() as work:
        ((*_, at),) = work.signals.of_persons([1], version="v1")[1]
    assert at == MOMENT + timedelta(hours=3)


def test_a_person_has_the_signals_of_all_their_accounts(stored: Begin) -> None:
    """Of this version alone; a signal may go to another account than the comment's own."""
    replace(stored, signal("a"), signal("b", account=2))
    replace(stored, signal("c", account=2, comment=2), comment=2)
    with stored() as work:
        assert work.signals.of_persons([1], version="other") == {1: []}
    assert standing(stored) == {"a", "b", "c"}


def test_a_comment_takes_back_what_it_gave_to_others(stored: Begin) -> None:
    """And nothing of other comments; the accounts that lost something are named."""
    replace(stored, signal("a"), signal("b", account=2))
    replace(stored, signal("c", account=2, comment=2), comment=2)
    assert replace(stored, signal("a")) == (0, {2})
    assert standing(stored) == {"a", "c"}
