"""The states of a ticket and the moves between them.

::

    queued ─→ assigned ─→ invited ─→ added ─→ joined ─→ retained      exits: left, lost, expired, opted_out
    blocked_full ─→ assigned or queued     expired ─→ assigned or queued (recycled)
    joined, lost ─→ assigned (noted by mistake, taken back)

A lease (who works on it until when) and being parked (it waits for a person) are no states: they lie beside the state.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, get_args

State = Literal[
    "queued",
    "assigned",
    "invited",
    "added",
    "joined",
    "retained",
    "left",
    "lost",
    "expired",
    "opted_out",
    "blocked_full",
]
STATES: tuple[State, ...] = get_args(State)

_EXITS: tuple[State, ...] = ("lost", "opted_out")
_BROUGHT: tuple[State, ...] = ("invited", "added", "joined", "expired", *_EXITS)
MOVES: dict[State, tuple[State, ...]] = {
    "queued": ("assigned", *_BROUGHT),
    "blocked_full": ("assigned", "queued", "expired", *_EXITS),
    "assigned": ("queued", *_BROUGHT),
    "invited": ("assigned", "added", "joined", "expired", *_EXITS),
    "added": ("joined", "expired", *_EXITS),
    "joined": ("retained", "left", "opted_out", "assigned"),
    "expired": ("assigned", "queued"),
    "retained": ("left",),
    "left": (),
    "lost": ("assigned",),
    "opted_out": (),
}
"""Where each state may go. Undoing a merge alone puts a ticket back into the state it was ended in."""

BEGINNINGS: tuple[State, ...] = ("assigned", "queued", "blocked_full")
"""The states that a ticket may begin in."""

TAKEN_BACK: tuple[State, ...] = ("joined", "lost")
"""The results that are taken back where they were noted by mistake: the ticket is assigned again."""

UNINVITED: tuple[State, ...] = ("queued", "assigned")
"""The states in which nobody was invited yet, and somebody can be."""

UNTOUCHED: tuple[State, ...] = ("queued", "assigned", "invited", "added")
"""The states in which a ticket expires when nobody moves it."""

LONGEST_WAIT = timedelta(days=1)
"""No retry is put off for longer."""
_DOUBLINGS = 20


def may_move(before: str, after: str) -> bool:
    """True where the queue allows this move."""
    return after in MOVES.get(before, ())  # type: ignore[call-overload]


def backoff(attempts: int, *, first: timedelta) -> timedelta:
    """How long to wait after so many failed attempts (0: the first one failed now): twice as long each, a day at most.

    >>> backoff(2, first=timedelta(minutes=10))
    datetime.timedelta(seconds=2400)
    """
    doublings: int = 1 << min(max(attempts, 0), _DOUBLINGS)
    return min(LONGEST_WAIT, first * doublings)
