"""A ticket's states: every move leads somewhere known, ended ones stay ended, and the page says the same."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.onboarding import OPEN_STATES, SEATED_STATES, UNDER_WAY_STATES
from yinliu import wording
from yinliu.leads.tickets import BEGINNINGS, LONGEST_WAIT, MOVES, STATES, TAKEN_BACK, UNTOUCHED, backoff, may_move

ENDED = ("left", "lost", "opted_out")
FOR_GOOD = ("left", "opted_out")
PAGE = Path(__file__).parents[2].joinpath("docs", "states.md").read_text(encoding="utf-8")


def test_every_state_has_its_moves() -> None:
    """Each known state is a key, and each move leads to a known state that is another one."""
    assert set(MOVES) == set(STATES)
    assert all(after in STATES and after != before for before, moves in MOVES.items() for after in moves)
    assert all(len(set(moves)) == len(moves) for moves in MOVES.values())


def test_ended_tickets_have_no_way_back() -> None:
    """Only an expired one is worked on again, and one whose end, or join, was noted by mistake."""
    assert all(MOVES[state] == () for state in FOR_GOOD)
    assert MOVES["lost"] == ("assigned",)
    assert [state for state in MOVES if "assigned" in MOVES[state] and state in TAKEN_BACK] == ["joined", "lost"]
    assert set(MOVES["expired"]) == {"assigned", "queued"}
    assert MOVES["retained"] == ("left",)


def test_every_state_can_be_reached() -> None:
    """From the states that a ticket may begin in."""
    reached = set(BEGINNINGS)
    for _ in STATES:
        reached |= {after for before in reached for after in MOVES[before]}
    assert reached == set(STATES)


def test_everybody_can_refuse_while_their_ticket_is_open() -> None:
    """Also as a member."""
    assert all("opted_out" in MOVES[state] for state in OPEN_STATES)  # type: ignore[index]


def test_whoever_is_under_way_can_be_lost() -> None:
    """Or expires, when nobody moves it."""
    assert all({"lost", "expired"} <= set(MOVES[state]) for state in UNDER_WAY_STATES)  # type: ignore[index]
    assert set(UNTOUCHED) == set(UNDER_WAY_STATES) - {"blocked_full"}


@pytest.mark.parametrize("state", ["", "nonsense", "ASSIGNED"])
def test_unknown_states_go_nowhere(state: str) -> None:
    """Neither from them nor to them."""
    assert not may_move(state, "assigned")
    assert not may_move("assigned", state)


def test_the_database_knows_the_same_states() -> None:
    """What holds a seat or is open is a state, and an ended one is neither."""
    assert {*OPEN_STATES, *SEATED_STATES} <= set(STATES)
    assert not {*ENDED, "expired"} & {*OPEN_STATES, *SEATED_STATES}


def test_every_state_has_words() -> None:
    """In both languages."""
    assert all(wording.state(name).zh != name for name in STATES)


def test_the_drawing_is_the_table() -> None:
    """docs/states.md draws every move and no other, and every beginning."""
    drawn = re.findall(r"^  (\S+) --> (\w+)", PAGE, flags=re.MULTILINE)
    assert len(drawn) == len(set(drawn))
    assert {pair for pair in drawn if pair[0] != "[*]"} == {
        (before, after) for before, moves in MOVES.items() for after in moves
    }
    assert {after for before, after in drawn if before == "[*]"} == set(BEGINNINGS)


def test_the_page_tells_who_has_a_seat() -> None:
    """A row for every state, with its Chinese name, and the seat as the database has it."""
    rows = dict(re.findall(r"^\| (\w+) \| (.+) \|$", PAGE, flags=re.MULTILINE))
    assert set(rows) - {"state"} == set(STATES)
    for state in STATES:
        title, seat, _ = rows[state].split(" | ")
        assert title == wording.state(state).zh
        assert seat.startswith(("reserved", "confirmed")) == (state in SEATED_STATES)


@given(st.integers(-5, 10_000), st.timedeltas(timedelta(seconds=1), timedelta(hours=24)))
def test_waits_double_up_to_a_day(attempts: int, first: timedelta) -> None:
    """Never shorter than the one before, never longer than a day, the first as the file says."""
    assert first == backoff(0, first=first) <= backoff(attempts, first=first) <= LONGEST_WAIT
    assert backoff(attempts + 1, first=first) in (LONGEST_WAIT, first, 2 * backoff(attempts, first=first))
