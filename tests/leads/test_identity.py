"""Who wrote a comment: by account, by an id that is global, by contact; never against what is vouched for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crawlers.exports.presets import shipped, shipped_names
from crawlers.settings import platforms
from models.repositories.accounts import READERS
from yinliu.leads.identity import Match, Traits, VouchedId, match, space_of, veto, vouched

XHS = "5f2a9c0e0000000001003b7d"
OPENID = "oLVPpjqs9BhvzwPj5A-vTYAX3GLc"


def known_as(*ids: tuple[str, str], accounts: set[int] | None = None, rivals: set[int] | None = None) -> Traits:
    """A person's traits."""
    return Traits(accounts or set(), {VouchedId(*one) for one in ids}, rivals or set())


def whose(own: Traits | None = None, **what: Any) -> Match:
    """The decision, with nothing known but what is given."""
    nothing: dict[str, Any] = {"known": None, "by_id": None, "by_contact": (), "traits": {}}
    return match(own or Traits({1}), **(nothing | what))


def test_a_stranger_is_a_new_person() -> None:
    """Neither account nor id nor contact is known."""
    assert whose() == Match(None, (), "new")


def test_a_known_account_is_its_person() -> None:
    """Also where nothing else is known of it; nobody else turns out to be the same."""
    assert (whose(known=9).person, whose(known=9).same) == (9, ())


def test_a_known_contact_is_its_person() -> None:
    """Of several, the earliest is kept and the others turn out to be the same."""
    assert whose(by_contact=[4]) == Match(4, (), "contact")
    assert whose(by_contact=[8, 4]) == Match(4, (8,), "contact")


def test_an_id_that_is_the_same_everywhere_is_its_person() -> None:
    """It says more than a contact."""
    assert whose(by_id=7) == Match(7, (), "verified_id")
    assert whose(by_id=7, by_contact=[3]) == Match(3, (7,), "verified_id")


def test_account_and_contact_of_two_persons_make_them_one() -> None:
    """The earlier one is kept, whichever it is."""
    assert whose(known=9, by_contact=[4]) == Match(4, (9,), "contact")
    assert whose(known=3, by_contact=[4]) == Match(3, (4,), "contact")


def test_two_ids_in_one_space_are_two_people() -> None:
    """A contact that they share does not make them one; of two candidates the second may be left out."""
    own = known_as(("source:blog", "a"))
    assert whose(own, by_contact=[4], traits={4: known_as(("source:blog", "b"))}).person is None
    traits = {4: known_as(("source:blog", "b")), 5: known_as(("source:blog", "c"))}
    assert whose(by_contact=[4, 5], traits=traits) == Match(4, (), "contact")


def test_ids_in_different_spaces_do_not_veto() -> None:
    """One person may be on two platforms."""
    traits = {4: known_as(("source:shop", "b"))}
    assert whose(known_as(("source:blog", "a")), by_contact=[4], traits=traits).person == 4


def test_who_was_said_not_to_be_the_same_is_not() -> None:
    """From whichever side it was said."""
    traits = {4: known_as(accounts={40})}
    assert whose(known_as(accounts={1}, rivals={40}), by_contact=[4], traits=traits).person is None
    traits = {4: known_as(accounts={40}, rivals={1})}
    assert whose(known_as(accounts={1}), by_contact=[4], traits=traits).person is None
    assert veto(known_as(accounts={1}), known_as(accounts={40}, rivals={1})) == "not_same"


@pytest.mark.parametrize(
    ("platform", "identity", "space"),
    [
        ("file", XHS, "xiaohongshu"),
        ("json", XHS, "xiaohongshu"),
        ("xiaohongshu", XHS, "xiaohongshu"),
        ("douyin", XHS, None),
        ("wechat_mp", OPENID, "wechat-openid"),
        ("file", "MS4wLjABAAAA2Fl1YJhVbD8pU0rQ8mqz4iLZcW3K7kY3x-1o2p3q4r5", "douyin"),
        ("wordpress", XHS, None),
        ("feed", OPENID, None),
        ("file", "1234567890", None),
        ("file", "0" * 24, None),
        ("file", "hash:" + XHS, None),
        ("wordpress", "user:1", None),
        ("file", "", None),
    ],
)
def test_only_declared_ids_are_global(platform: str, identity: str, space: str | None) -> None:
    """Short numbers, hashes and placeholders could be anybody's in another source."""
    found = space_of(platform, identity)
    assert (found.name if found else None) == space


def test_what_an_account_is_told_apart_by() -> None:
    """Its source and, where a person has one of them, its wider space; an openid is one of many, a comment nobody's."""
    file = vouched(source="a", platform="file", external_id=XHS)
    assert file == {VouchedId("source:a/file", XHS), VouchedId("xiaohongshu", XHS)}
    assert vouched(source="a", platform="wechat_mp", external_id=OPENID) == {VouchedId("source:a/wechat_mp", OPENID)}
    assert vouched(source="a", platform="feed", external_id="comment:7") == frozenset()
    assert vouched(source="a", platform="weibo", external_id="7") == {VouchedId("source:a/weibo", "7")}


def test_no_export_is_called_as_sources_are_read() -> None:
    """What names no platform is how the spiders are called, and a team's own table; every other export names one."""
    assert platforms().keys() | {"table"} == READERS
    exports = [name for name in shipped_names() if name != "table"]
    assert READERS.isdisjoint(sheet.platform for name in exports for sheet in shipped(name).sheets)


NAMED = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True).filter(lambda name: name not in ("file", "json"))
EXTERNAL = st.sampled_from((XHS, "MS4wLjABAAAA2Fl1YJhVbD8pU0rQ8mqz4iLZcW3K7kY3x-1o2p3q4r5", "123")) | st.text(
    min_size=1
)


ON = st.tuples(st.text(min_size=1), NAMED | st.just("xiaohongshu"), EXTERNAL)


@given(ON, ON)
def test_accounts_of_two_platforms_share_no_space(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    """Whatever their sources are called and their ids look like: nothing vetoes that they are one person."""
    assume(one[1] != other[1])
    some, others = (vouched(source=who[0], platform=who[1], external_id=who[2]) for who in (one, other))
    assert {mine.space for mine in some}.isdisjoint(their.space for their in others)
    assert veto(Traits(ids=set(some)), Traits(ids=set(others))) is None


IDS = st.frozensets(st.builds(VouchedId, st.sampled_from(("blog", "shop")), st.sampled_from("abc")), max_size=2)
TRAITS = st.builds(Traits, st.sets(st.integers(1, 6), max_size=2), IDS.map(set), st.sets(st.integers(1, 6), max_size=1))


@given(
    TRAITS,
    st.none() | st.integers(1, 5),
    st.none() | st.integers(1, 5),
    st.lists(st.integers(1, 5), max_size=3),
    st.dictionaries(st.integers(1, 5), TRAITS),
)
def test_the_earliest_person_is_kept(
    own: Traits, known: int | None, by_id: int | None, by_contact: list[int], traits: dict[int, Traits]
) -> None:
    """Whatever is known: the kept person comes before all others, none twice, and all are known ones."""
    found = whose(own, known=known, by_id=by_id, by_contact=by_contact, traits=traits)
    everybody = {known, by_id, *by_contact} - {None}
    assert found.person is None or found.person in everybody
    assert all(other > (found.person or 0) and other in everybody for other in found.same)
    assert len(set(found.same)) == len(found.same)
    assert known is None or known in (found.person, *found.same)


@given(TRAITS, TRAITS)
def test_a_veto_is_one_from_both_sides(one: Traits, other: Traits) -> None:
    """Whoever is asked first."""
    assert veto(one, other) == veto(other, one)
