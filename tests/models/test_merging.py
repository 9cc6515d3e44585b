"""Merging persons and taking it back: exact inverses, whatever both had and in whatever order."""

from __future__ import annotations

import pytest
from hypothesis import given
from sqlalchemy import Engine, insert, select

from models.content import Comment
from models.onboarding import OPEN_STATES, UNDER_WAY_STATES, Ticket
from models.people import Identity, Lead, MergeEvent, NotSame, Person
from models.repositories.identities import IdentityRepository
from models.repositories.merging import merge_persons
from models.repositories.suppressing import suppress_accounts
from models.repositories.unmerging import holder_of, keep_apart, unmerge_persons
from tests.models.crowd import (
    ANY,
    CROWD,
    LATER,
    NOW,
    PAIRS,
    Somebody,
    add_ticket,
    lead_row,
    merge_some,
    one,
    picture,
    sound,
    trial,
)


@ANY
@given(CROWD, PAIRS)
def test_undone_in_reverse_nothing_is_left_of_merges(
    sqlite_engine: Engine, crowd: list[Somebody], pairs: list[tuple[int, int]]
) -> None:
    """Persons, identities, leads, tickets, seats, exports and suppressions are, row for row, as they were."""
    with trial(sqlite_engine, crowd) as (session, people):
        before = picture(session)
        events = merge_some(session, people, pairs)
        assert sound(session)
        for event in reversed(events):
            unmerge_persons(session, event, actor="店长", now=LATER)
        assert picture(session) == before


@ANY
@given(CROWD, PAIRS)
def test_who_has_now_what_somebody_had_is_somebody(
    sqlite_engine: Engine, crowd: list[Somebody], pairs: list[tuple[int, int]]
) -> None:
    """However many times it was passed on; nobody has what nobody ever had."""
    with trial(sqlite_engine, crowd) as (session, people):
        merge_some(session, people, pairs)
        alive = set(session.scalars(select(Person.id)))
        assert all(holder_of(session, person) == person for person in alive)
        assert {holder_of(session, person) for person in people} == alive
        assert holder_of(session, max(people) + 1) is None


@ANY
@given(CROWD, PAIRS)
def test_after_a_merge_nobody_is_brought_twice(
    sqlite_engine: Engine, crowd: list[Somebody], pairs: list[tuple[int, int]]
) -> None:
    """One ticket under way a person, none into a community they are in, none for who asked not to be contacted."""
    with trial(sqlite_engine, crowd) as (session, people):
        merge_some(session, people, pairs)
        suppressed = set(session.scalars(select(Person.id).where(Person.suppressed_at.is_not(None))))
        tickets = session.execute(select(Ticket.person_id, Ticket.community, Ticket.state)).all()
    inside = {(person, community) for person, community, state in tickets if state in ("joined", "retained")}
    for person, community, state in tickets:
        if state in UNDER_WAY_STATES:
            assert (person, community) not in inside
            assert person not in suppressed
    assert len({row[:2] for row in tickets if row[2] in OPEN_STATES}) == len(
        [row for row in tickets if row[2] in OPEN_STATES]
    )


def test_both_databases_merge_and_undo_alike(engine: Engine) -> None:
    """Tickets under way in two communities, an export of both, a nested merge: all as before when it is undone."""
    crowd = [
        one(tickets=(("camping", "invited"),), exports=("x",)),
        one(day=0, name="Lily", tickets=(("coffee", "assigned"), ("camping", "lost")), exports=("x", "y")),
        one(lead=False, suppressed=True),
    ]
    with trial(engine, crowd) as (session, (first, second, third)):
        before = picture(session)
        events = merge_some(session, [third, first, second], [(1, 2), (0, 1)])
        assert session.scalars(select(Ticket.state).order_by(Ticket.id)).all() == ["opted_out", "lost", "lost"]
        assert session.scalars(select(Person.name)).all() == ["Lily"]
        for event in reversed(events):
            unmerge_persons(session, event, actor="店长", now=LATER)
        assert picture(session) == before


def test_what_came_since_goes_with_its_account(sqlite_engine: Engine) -> None:
    """A ticket that was opened for the merged person stays with the kept one, under a lead of their own."""
    with trial(sqlite_engine, [one(lead=False), one()]) as (session, (kept, back)):
        event = merge_persons(session, keep=kept, drop=back, how="contact", actor="yinliu", now=NOW)
        add_ticket(session, 99, kept, lead=102, community="coffee", state="assigned")
        unmerge_persons(session, event, actor="店长", now=LATER)
        (ticket,) = session.execute(select(Ticket.person_id, Ticket.lead_id)).all()
        leads = dict(session.execute(select(Lead.person_id, Lead.id)).all())
    assert leads[back] == 102
    assert ticket == (kept, leads[kept])


def test_a_lead_that_was_scored_since_is_scored_anew(sqlite_engine: Engine) -> None:
    """Its sum held what the other one's accounts said: both are looked at again."""
    with trial(sqlite_engine, [one(), one()]) as (session, (kept, back)):
        event = merge_persons(session, keep=kept, drop=back, how="contact", actor="yinliu", now=NOW)
        lead = session.scalars(select(Lead)).one()
        lead.score, lead.rescore_at = 140, None
        unmerge_persons(session, event, actor="店长", now=LATER)
        session.expire_all()
        found = session.execute(select(Lead.person_id, Lead.score, Lead.rescore_at).order_by(Lead.id)).all()
    assert found == [(kept, 140, LATER), (back, 2, LATER)]


def test_a_person_left_without_a_lead_is_qualified_anew(sqlite_engine: Engine) -> None:
    """The lead that both shared goes back; what the kept one wrote since may make a lead again."""
    with trial(sqlite_engine, [one(lead=False), one()]) as (session, (kept, back)):
        event = merge_persons(session, keep=kept, drop=back, how="contact", actor="yinliu", now=NOW)
        session.scalars(select(Lead)).one().score = 140
        unmerge_persons(session, event, actor="店长", now=LATER)
        versions = dict(session.execute(select(Comment.account_id, Comment.qualified_version)).all())
        assert session.scalars(select(Lead.person_id)).all() == [back]
    assert versions == {10: None, 20: "r1"}


def test_a_stale_lease_changes_nothing_after_a_merge(sqlite_engine: Engine) -> None:
    """Ending a ticket voids its lease, and undoing it does not give the old token back its power."""
    crowd = [one(tickets=(("camping", "invited"),)), one(tickets=(("coffee", "assigned"),))]
    with trial(sqlite_engine, crowd) as (session, (kept, back)):
        session.connection().exec_driver_sql("UPDATE ticket SET leased_by = 'w', lease_token = 7")
        event = merge_persons(session, keep=kept, drop=back, how="contact", actor="yinliu", now=NOW)
        unmerge_persons(session, event, actor="店长", now=LATER)
        found = session.execute(select(Ticket.leased_by, Ticket.lease_token).order_by(Ticket.id)).all()
    assert found == [("w", 7), (None, 8)]


def test_undone_accounts_are_noted_as_not_the_same(sqlite_engine: Engine) -> None:
    """Every account of one with every account of the other, the smaller first; once."""
    with trial(sqlite_engine, [one(accounts=2), one(accounts=2)]) as (session, (kept, back)):
        event = merge_persons(session, keep=kept, drop=back, how="contact", actor="yinliu", now=NOW)
        unmerge_persons(session, event, actor="店长", now=LATER)
        pairs = {tuple(row) for row in session.execute(select(NotSame.first, NotSame.second))}
        assert pairs == {(10, 20), (10, 21), (11, 20), (11, 21)}
        assert keep_apart(session, back, kept, actor="店长", now=LATER) == 0
        assert IdentityRepository(session).rivals([20]) == {20: {10, 11}}


def test_a_note_is_withdrawn_of_the_accounts_that_both_have_now(engine: Engine) -> None:
    """Whoever had them when it was noted; what was noted of anybody else stands, and what both wrote is read again."""
    with trial(engine, [one(accounts=2), one(), one(), one()]) as (session, (first, other, joins, third)):
        identities = IdentityRepository(session)
        for some in ((first, other), (joins, other), (first, third)):
            keep_apart(session, *some, actor="店长", now=NOW)
        merge_persons(session, keep=first, drop=joins, how="contact", actor="yinliu", now=NOW)
        assert identities.maybe_same(other, first) == [("店长", NOW)] * 3
        assert identities.rivals([10, 11, 20, 30, 40]) == {10: {40}, 11: {40}, 40: {10, 11}}
        versions = dict(session.execute(select(Comment.account_id, Comment.qualified_version)).all())
        assert versions == {10: None, 11: None, 20: None, 30: None, 40: "r1"}


def test_where_nothing_is_noted_nothing_is_withdrawn(engine: Engine) -> None:
    """Nor read again; also of who has no account, or is nobody."""
    with trial(engine, [one(), one(), one(accounts=0)]) as (session, (first, other, nobody)):
        for pair in ((first, other), (first, nobody), (first, 99)):
            assert IdentityRepository(session).maybe_same(*pair) == []
        assert set(session.scalars(select(Comment.qualified_version))) == {"r1"}


@ANY
@given(CROWD, PAIRS)
def test_a_note_withdrawn_leaves_no_other(
    sqlite_engine: Engine, crowd: list[Somebody], pairs: list[tuple[int, int]]
) -> None:
    """Whatever was noted: between these two nothing keeps them apart, between all others everything does as before."""
    with trial(sqlite_engine, crowd) as (session, people):
        identities = IdentityRepository(session)
        some = [(people[first % len(people)], people[other % len(people)]) for first, other in pairs]
        for first, other in some:
            if first != other:
                keep_apart(session, first, other, actor="店长", now=NOW)
        noted = set(session.execute(select(NotSame.first, NotSame.second)))
        whose = {account: account // 10 for pair in noted for account in pair}
        identities.maybe_same(*some[0])
        left = set(session.execute(select(NotSame.first, NotSame.second)))
        assert left == {pair for pair in noted if {whose[account] for account in pair} != set(some[0])}


@pytest.mark.parametrize("event", [0, 99, -1])
def test_a_merge_that_never_was_cannot_be_undone(sqlite_engine: Engine, event: int) -> None:
    """Nor one that was undone already; nothing changes."""
    with trial(sqlite_engine, [one(), one()]) as (session, (kept, back)):
        done = merge_persons(session, keep=kept, drop=back, how="contact", actor="yinliu", now=NOW)
        unmerge_persons(session, done, actor="店长", now=LATER)
        before = picture(session)
        for key in (event, done):
            with pytest.raises(LookupError):
                unmerge_persons(session, key, actor="店长", now=LATER)
        assert picture(session) == before


def test_a_merge_of_an_older_release_cannot_be_undone(sqlite_engine: Engine) -> None:
    """Nobody wrote down what it changed."""
    with trial(sqlite_engine, [one(), one()]) as (session, _):
        row = {"kept": 1, "dropped": 9, "how": "contact", "actor": "yinliu", "accounts": [], "before": {}}
        session.execute(insert(MergeEvent).values(id=5, happened_at=NOW, **row))
        with pytest.raises(LookupError):
            unmerge_persons(session, 5, actor="店长", now=LATER)


def test_nobody_merges_with_themselves_or_with_nobody(sqlite_engine: Engine) -> None:
    """Both must be there, and be two."""
    with trial(sqlite_engine, [one(), one()]) as (session, _):
        for keep, drop in ((1, 1), (1, 9), (9, 1)):
            with pytest.raises(LookupError):
                merge_persons(session, keep=keep, drop=drop, how="operator", actor="店长", now=NOW)


def test_no_id_of_a_person_or_lead_is_given_twice(sqlite_engine: Engine) -> None:
    """The dropped person's was the highest: the next person gets another, so that undoing finds it free."""
    with trial(sqlite_engine, [one(), one()]) as (session, (kept, back)):
        event = merge_persons(session, keep=kept, drop=back, how="contact", actor="yinliu", now=NOW)
        (new,) = IdentityRepository(session).new_persons(1)
        IdentityRepository(session).add_persons([(new, "小张", NOW)])
        session.execute(insert(Lead).values(**lead_row(new, comment=10)))
        unmerge_persons(session, event, actor="店长", now=LATER)
        assert session.scalars(select(Person.id).order_by(Person.id)).all() == [kept, back, new]
        assert len(set(session.scalars(select(Lead.id)))) == 3


def test_suppression_follows_the_account(sqlite_engine: Engine) -> None:
    """Merged, both are suppressed; apart again, only the one whose account said so, also if it was said meanwhile."""
    with trial(sqlite_engine, [one(tickets=(("camping", "invited"),)), one()]) as (session, (kept, back)):
        event = merge_persons(session, keep=kept, drop=back, how="contact", actor="yinliu", now=NOW)
        suppress_accounts(session, {20: None}, actor="店长", now=NOW)
        assert session.scalars(select(Person.suppressed_at)).all() == [NOW]
        unmerge_persons(session, event, actor="店长", now=LATER)
        session.expire_all()
        assert session.scalars(select(Person.suppressed_at).order_by(Person.id)).all() == [None, NOW]
        assert session.scalars(select(Lead.route_at).order_by(Lead.id)).all() == [NOW, None]
        assert session.scalar(select(Identity.person_id).where(Identity.account_id == 20)) == back
