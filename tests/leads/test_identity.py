"""Who wrote a comment: by account, by contact, never against what a source vouches for."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from yinliu.leads.identity import Match, match


def whose(account: int = 1, contacts: tuple[str, ...] = (), **known: Any) -> Match:
    """The decision, with nothing known but what is given."""
    nothing: dict[str, Any] = {"own_id": None, "by_account": {}, "by_contact": {}, "verified": {}}
    return match(account, contacts, **(nothing | known))


def test_a_stranger_is_a_new_person() -> None:
    """Neither account nor contact is known."""
    assert whose(contacts=("d1",)) == Match(None, ())


def test_a_known_account_is_its_person() -> None:
    """Whatever else."""
    assert whose(by_account={1: 9}) == Match(9, ())


def test_a_known_contact_is_its_person() -> None:
    """Of several, the earliest is kept and the others turn out to be the same."""
    assert whose(contacts=("d1",), by_contact={"d1": 4}) == Match(4, ())
    assert whose(contacts=("d1", "d2"), by_contact={"d1": 8, "d2": 4}) == Match(4, (8,))


def test_account_and_contact_of_two_persons_make_them_one() -> None:
    """The earlier one is kept, whichever it is."""
    assert whose(contacts=("d1",), by_account={1: 9}, by_contact={"d1": 4}) == Match(4, (9,))
    assert whose(contacts=("d1",), by_account={1: 3}, by_contact={"d1": 4}) == Match(3, (4,))


def test_two_verified_ids_on_one_source_are_two_people() -> None:
    """A contact that they share does not make them one."""
    assert whose(contacts=("d1",), own_id=("blog", "a"), by_contact={"d1": 4}, verified={4: {("blog", "b")}}) == Match(
        None, ()
    )


def test_ids_on_different_sources_do_not_veto() -> None:
    """One person may be on two platforms."""
    verified = {4: {("shop", "b")}}
    assert whose(contacts=("d1",), own_id=("blog", "a"), by_contact={"d1": 4}, verified=verified) == Match(4, ())


def test_a_merge_does_not_bring_two_verified_ids_together() -> None:
    """Of two persons that both left a contact, the second is left out where the first vetoes it."""
    verified = {4: {("blog", "b")}, 5: {("blog", "c")}}
    assert whose(contacts=("d1", "d2"), by_contact={"d1": 4, "d2": 5}, verified=verified) == Match(4, ())


IDS = st.frozensets(st.tuples(st.sampled_from(("blog", "shop")), st.sampled_from("abc")), max_size=2)


@given(
    st.none() | st.tuples(st.sampled_from(("blog", "shop")), st.sampled_from("abc")),
    st.dictionaries(st.just(1), st.integers(1, 5)),
    st.dictionaries(st.sampled_from(("d1", "d2", "d3")), st.integers(1, 5)),
    st.dictionaries(st.integers(1, 5), IDS),
)
def test_the_earliest_person_is_kept(
    own_id: tuple[str, str] | None,
    by_account: dict[int, int],
    by_contact: dict[str, int],
    verified: dict[int, frozenset[tuple[str, str]]],
) -> None:
    """Whatever is known: the kept person comes before all others, none twice, and all are known ones."""
    found = whose(
        contacts=("d1", "d2", "d3"), own_id=own_id, by_account=by_account, by_contact=by_contact, verified=verified
    )
    everybody = {*by_account.values(), *by_contact.values()}
    assert found.person is None or found.person in everybody
    assert all(other > (found.person or 0) and other in everybody for other in found.same)
    assert len(set(found.same)) == len(found.same)
    assert 1 not in by_account or by_account[1] in (found.person, *found.same)
