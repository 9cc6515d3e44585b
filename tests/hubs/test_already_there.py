"""Refusals that are no failure of ours: somebody is in the room already, or the hub says no to a few."""

from __future__ import annotations

from tests.hubs.conftest import Desk
from tests.hubs.fake import SAID
from yinliu.hubs.hub import Refused


def already_joined(call: str) -> None:
    """They came between our look and our invitation."""
    if call == "invite":
        raise Refused("already_joined", SAID)


def test_who_came_meanwhile_is_a_member(desk: Desk) -> None:
    """Counted as there already; the seat is confirmed, the send is settled, and nobody is asked again."""
    for _ in range(6):  # more than the refusals in a row that would end the run
        desk.ticket()
    desk.hub.before = already_joined
    assert desk.invite() == {"already": 6}
    assert set(desk.tickets.values()) == {"joined"} and desk.sends == {"refused": 6}
    assert desk.rows("SELECT count(*) FROM seat WHERE confirmed_at IS NOT NULL AND released_at IS NULL") == [(6,)]
    desk.later()
    assert desk.invite() == {}


def test_refusals_after_an_invitation_are_theirs(desk_sqlite: Desk) -> None:
    """Who was invited in this run shows that it is not us: all others are tried."""
    for _ in range(8):
        desk_sqlite.ticket()
    hub = desk_sqlite.hub

    def only_the_first(call: str) -> None:
        if call == "invite" and hub.invitations:
            raise Refused("M_FORBIDDEN", SAID)

    hub.before = only_the_first
    assert desk_sqlite.invite() == {"invited": 1, "refused": 7}
