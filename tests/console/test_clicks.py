"""Visits are counted by one writer, and no page waits for it long."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date

import pytest

import yinliu.console.clicks as module
from models.unit_of_work import UnitOfWork
from tests.console.conftest import Place
from yinliu.console.clicks import Clicks

TODAY = date(2026, 11, 22)


@contextmanager
def busy(place: Place) -> Iterator[None]:
    """Somebody else writes to the database and does not end."""
    with place.app.begin() as work:
        work.runs.key_mark()
        yield


def test_pages_answer_while_somebody_writes(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A visit, a bad code, a QR code; the visit is counted when the writer has ended."""
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    code = place.link(post_id=1)
    with place.client:
        with busy(place):
            told = [place.visit(path).status_code for path in (f"/j/{code}", "/j/bad", f"/j/{code}/qr.svg", "/healthz")]
            assert told == [200, 404, 200, 200]
    assert place.clicks() == 1


def test_a_database_that_refuses_is_tried_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost, and nothing counted twice."""
    monkeypatch.setattr(module, "PAUSE", 0.01)
    place.link(post_id=1)
    refusals = iter([sqlite3.OperationalError("database is locked"), OSError(24, "too many open files")])

    def begin() -> UnitOfWork:
        for refusal in refusals:
            raise refusal
        return place.app.begin()

    clicks = Clicks(begin)
    for _ in range(5):
        clicks.count(1, TODAY)
    clicks.close()
    assert place.clicks() == 5


def test_a_link_that_is_gone_holds_up_no_other(place: Place) -> None:
    """Its visits are left out; those of others are counted."""
    place.link(post_id=1)
    clicks = Clicks(place.app.begin)
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda link: clicks.count(link, TODAY), (99, 1, 99, 1, 98, 1)))
    assert all(told) and place.clicks() == 3
    clicks.close()


def test_many_at_once_are_all_counted(place: Place) -> None:
    """Eight threads, each visit once; who comes while one transaction is written shares the next."""
    place.link(post_id=1)
    clicks = Clicks(place.app.begin)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: clicks.count(1, TODAY), range(160)))
    assert all(told) and place.clicks() == 160
    clicks.close()


def test_an_end_without_visits(place: Place) -> None:
    """Waits for nothing."""
    Clicks(place.app.begin).close()
    assert place.clicks() == 0
