"""A ticket's states: every move leads somewhere known, and ended ones stay ended."""

from __future__ import annotations

import pytest

from models.onboarding import OPEN_STATES, SEATED_STATES
from yinliu import wording
from yinliu.leads.tickets import MOVES, STATES, may_move

ENDED = ("left", "lost", "opted_out")


def test_every_state_has_its_moves() -> None:
    """Each known state is a key, and each move leads to a known state that is another one."""
    assert set(MOVES) == set(STATES)
    assert all(after in STATES and after != before for before, moves in MOVES.items() for after in moves)


def test_ended_tickets_have_no_way_back() -> None:
    """Only an expired one is worked on again."""
    assert all(MOVES[state] == () for state in ENDED)
    assert MOVES["expired"] == ("assigned",)
    assert MOVES["retained"] == ("left",)


def test_every_state_can_be_reached() -> None:
    """From the two states that a ticket may begin in."""
    reached = {"assigned", "blocked_full"}
    for _ in STATES:
        reached |= {after for before in reached for after in MOVES[before]}
    assert reached == set(STATES)


def test_everybody_can_refuse_until_they_joined() -> None:
    """Open tickets before joining can end by a refusal."""
    assert all("opted_out" in MOVES[state] for state in ("queued", "assigned", "invited", "added", "blocked_full"))


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
