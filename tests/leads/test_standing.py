"""How a person stands: a member, on their way, or resting, by the states of their tickets."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.leads.routers import FRIDAY, rules
from yinliu.leads.standing import is_under_way, rest_until, wish_of
from yinliu.leads.tickets import STATES

NOTHING: dict[str, set[str]] = {"topic": set(), "place": set(), "intent": set()}
MEMBER = {"joined", "retained"}
UNDER_WAY = {"queued", "assigned", "invited", "added", "blocked_full"}
ENDED = {"left", "lost", "expired", "opted_out"}
RULES = rules({"name": "c1", "cooling_off_days": 5}, {"name": "c2", "cooling_off_days": 30}).by_name
TICKETS = st.lists(
    st.tuples(
        st.sampled_from(("c1", "c2", "gone")),
        st.sampled_from(STATES),
        st.integers(0, 100).map(lambda days: FRIDAY - timedelta(days=days)),
    ),
    max_size=4,
)


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_a_member_s_or_under_way_or_ended(state: str) -> None:
    """One of the three, and what is asked of a person's tickets says which."""
    ticket = [("c1", state, FRIDAY)]
    told = [bool(wish_of(NOTHING, ticket).member), is_under_way(ticket), rest_until(ticket, RULES) is not None]
    assert told == [state in MEMBER, state in UNDER_WAY, state in ENDED] and sum(told) == 1


def test_a_wish_is_what_was_said_and_where_somebody_is() -> None:
    """Topics without the posts they were said below; a later ticket of the same community counts."""
    said = {"topic": {"camping": {1, None}}, "place": {"杭州"}, "intent": {"price_inquiry"}}
    found = wish_of(said, [("c1", "joined", FRIDAY), ("c2", "lost", FRIDAY), ("c1", "retained", FRIDAY)])
    assert [*found.topics, *found.cities, *found.intents] == ["camping", "杭州", "price_inquiry"]
    assert found.member == {"c1": "retained"}


@given(TICKETS)
def test_who_left_rests_as_long_as_the_longest_says(tickets: list[tuple[str, str, datetime]]) -> None:
    """By the days of each community; one that is gone lets nobody rest."""
    days = {"c1": 5, "c2": 30}
    ends = [since + timedelta(days=days[name]) for name, state, since in tickets if state in ENDED and name in days]
    assert rest_until(tickets, RULES) == (max(ends) if ends else None)


@given(TICKETS)
def test_one_ticket_under_way_is_enough(tickets: list[tuple[str, str, datetime]]) -> None:
    """Whatever the others are, and in whatever order."""
    assert is_under_way(tickets) == any(state in UNDER_WAY for _, state, _ in tickets)
