"""The states of a ticket and the moves between them.

::

    queued ─→ assigned ─→ invited ─→ added ─→ joined ─→ retained
    blocked_full ─→ assigned            exits: left, lost, expired (recycled to assigned), opted_out
"""

from __future__ import annotations

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
MOVES: dict[State, tuple[State, ...]] = {
    "queued": ("assigned", "expired", *_EXITS),
    "blocked_full": ("assigned", "expired", *_EXITS),
    "assigned": ("queued", "invited", "added", "joined", "expired", *_EXITS),
    "invited": ("assigned", "added", "joined", "expired", *_EXITS),
    "added": ("joined", "expired", *_EXITS),
    "joined": ("retained", "left"),
    "expired": ("assigned",),
    "retained": ("left",),
    "left": (),
    "lost": (),
    "opted_out": (),
}
"""Where each state may go."""


def may_move(before: str, after: str) -> bool:
    """True where the queue allows this move."""
    return after in MOVES.get(before, ())  # type: ignore[call-overload]
