"""An opt-out that was misheard, or a slip, is taken back: everything is as if it had never been."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update

from models.content import Account
from models.people import Identity, Lead, Misheard, Person, Suppression, Withdrawal
from models.repositories import withdrawing as taking_back
from models.repositories.withdrawing import Undone
from models.unit_of_work import UnitOfWork
from tests.patience import PATIENCE
from tests.stages.team import HOT, MONDAY, KeywordTagger, Team, comment, phone, post
from yinliu.errors import Misconfigured
from yinliu.stages import persons
from yinliu.stages.withdrawing import withdraw

GUARDED = KeywordTagger(words=(*KeywordTagger().words, ("别联系我", "guard", "opt_out")))
ASKS = f"想买，多少钱？{phone(1)}"
MISTAKE = comment("o1", f"千万别联系我老公 {phone(1)}", "甲")


@pytest.fixture(autouse=True)
def _guarded(request: pytest.FixtureRequest) -> None:
    """The tagger knows who asks not to be contacted."""
    if "team" in request.fixturenames:
        request.getfixturevalue("team").tagger = GUARDED


def silent(team: Team) -> set[str]:
    """The accounts whose persons are suppressed, by name."""
    query = select(Account.name).join(Identity, Identity.account_id == Account.id)
    query = query.join(Person, Person.id == Identity.person_id).where(Person.suppressed_at.is_not(None))
    with team.begin() as work:
        return {str(name) for name in work._session.scalars(query)}


def person_of(team: Team, name: str) -> int:
    """Whose account is called so."""
    query = select(Identity.person_id).join(Account, Account.id == Identity.account_id).where(Account.name == name)
    with team.begin() as work:
        return int(work._session.scalars(query).one())


def leave_alone(team: Team, name: str) -> None:
    """An operator's word."""
    persons.opt_out(team.begin, person_of(team, name), actor="小李", reason="打错编号")


def take_back(team: Team, name: str) -> Undone:
    """An operator's other word."""
    return withdraw(team.begin, person_of(team, name), actor="店长", reason="听错了")


def refused(team: Team, name: str, *, reason: str = "听错了") -> str:
    """The code with which it is refused."""
    with pytest.raises(Misconfigured) as caught:
        withdraw(team.begin, person_of(team, name), actor="店长", reason=reason)
    return caught.value.code


def states(team: Team) -> list[str]:
    """The states of all tickets, by number."""
    return [ticket["state"] for ticket in sorted(team.tickets(), key=lambda one: one["id"])]


def retag(team: Team, version: str) -> None:
    """Everything is tagged and qualified by another version."""
    team.tagger = replace(GUARDED, version=version, words=(*GUARDED.words, ("千万", "intent", "praise")))
    assert team.tag()["comments"]
    team.qualify()


def misheard(team: Team) -> None:
    """Somebody with a ticket writes what is taken for an opt-out, and that is taken back."""
    team.hear(post(), comment("c1", ASKS, "甲"))
    team.route()
    team.hear(MISTAKE)
    assert (silent(team), states(team)) == ({"甲"}, ["opted_out"])
    take_back(team, "甲")


def test_a_misheard_comment_suppresses_nobody_any_more(team: Team) -> None:
    """Nor when it is qualified or tagged anew, nor when its writer says something else."""
    misheard(team)
    retag(team, "v2")
    team.colleagues = ("别人",)
    assert team.qualify()["comments"]
    team.hear(comment("c22", "想买", "甲"))
    assert silent(team) == set()
    with team.begin() as work:
        assert work._session.scalars(select(Suppression.account_id)).all() == []
        assert work._session.execute(select(Misheard.actor, Misheard.reason)).all() == [("店长", "听错了")]


def test_they_are_brought_and_exported_again(team: Team) -> None:
    """By a new ticket, at once: the one that ended stays ended, and nobody rests from a mistake."""
    misheard(team)
    assert team.export()[0]["sent"] == 1
    team.qualify()
    assert team.route()["tickets"] == 1
    assert states(team) == ["opted_out", "assigned"]


def test_what_was_taken_back_is_told(team: Team) -> None:
    """What stood, the comments, the leads and the tickets; it stays known."""
    team.hear(post(), comment("c1", ASKS, "甲"))
    team.route()
    team.hear(MISTAKE)
    done = take_back(team, "甲")
    assert [(row["actor"], row["said"], row["text"]) for row in done.said] == [("yinliu", True, MISTAKE["text"])]
    assert (done.others, done.causes, done.leads, done.tickets) == ([], [], [1], [1])
    assert [text for _, text in done.comments] == [MISTAKE["text"]]
    with team.begin() as work:
        (row,) = work.persons.withdrawals(1)
    assert (row["actor"], row["reason"], row["said_by"], row["said"]) == ("店长", "听错了", "yinliu", True)


def test_a_new_comment_suppresses_as_ever(team: Team) -> None:
    """The same words written once more are said once more."""
    misheard(team)
    team.hear(comment("o22", MISTAKE["text"], "甲"))
    assert silent(team) == {"甲"}


def test_a_misheard_comment_that_is_edited_is_a_new_one(team: Team) -> None:
    """Other words are read anew, and so are the old ones where these were taken back last."""
    misheard(team)
    team.hear(comment("o1", "真的别联系我", "甲"))
    assert silent(team) == {"甲"}
    take_back(team, "甲")
    assert silent(team) == set()
    team.hear(MISTAKE)
    assert silent(team) == {"甲"}


def test_what_nobody_read_yet_is_not_taken_back(team: Team) -> None:
    """A comment that was tagged and not qualified: whoever took back the other did not know of it."""
    team.hear(post(), comment("c1", ASKS, "甲"), MISTAKE)
    team.land(comment("o22", "别联系我", "甲"))
    team.load()
    team.tag()
    take_back(team, "甲")
    assert silent(team) == set()
    team.qualify()
    assert silent(team) == {"甲"}


EDITED = comment("o1", "别联系我！！再联系就举报", "甲")


def heard_before(team: Team, name: str) -> None:
    """An account was suppressed after the first crawl, and before any other began."""
    account = select(Account.id).where(Account.name == name).scalar_subquery()
    earlier = update(Suppression).where(Suppression.account_id == account)
    with team.begin() as work:
        work._session.execute(earlier.values(happened_at=MONDAY + timedelta(minutes=90)))
        work.commit()


@pytest.mark.parametrize("tagged", [False, True])
def test_an_edit_that_nobody_read_yet_is_not_taken_back(team: Team, tagged: bool) -> None:
    """The words that were misheard became a request: it is heard when it is read."""
    team.hear(post(), comment("c1", ASKS, "甲"), MISTAKE)
    team.land(EDITED)
    team.load()
    if tagged:
        heard_before(team, "甲")
        team.tag()
    assert take_back(team, "甲").comments == []
    assert silent(team) == set()
    team.tag()
    team.qualify()
    assert silent(team) == {"甲"}


def test_an_edit_is_not_read_by_what_another_account_said_later(team: Team) -> None:
    """One person's two accounts, suppressed before it and after it; what was read as it is was misheard."""
    team.hear(post(), comment("c1", ASKS, "甲"), MISTAKE)
    team.hear(post(), comment("c2", f"想买 {phone(1)}", "乙"), source="shop")
    team.hear(comment("o22", "别联系我", "甲"))
    team.land(EDITED)
    team.load()
    team.tag()
    heard_before(team, "甲")
    assert person_of(team, "甲") == person_of(team, "乙")
    assert [text for _, text in take_back(team, "甲").comments] == ["别联系我"]
    team.tag()
    team.qualify()
    assert "甲" in silent(team)


def test_words_that_wait_for_a_new_tagger_are_taken_back(team: Team) -> None:
    """They are as they were when they were heard, though not read by what reads now."""
    team.hear(post(), comment("c1", ASKS, "甲"), MISTAKE)
    team.tagger = replace(GUARDED, version="v2", words=(*GUARDED.words, ("千万", "intent", "praise")))
    team.tag()
    assert [text for _, text in take_back(team, "甲").comments] == [MISTAKE["text"]]
    team.qualify()
    assert silent(team) == set()


def test_an_operators_slip_is_taken_back(team: Team) -> None:
    """No comment had said so: none is misheard; who was meant can be left alone afterwards."""
    team.hear(post(), comment("c1", ASKS, "甲"), comment("c2", HOT, "乙"))
    team.route()
    leave_alone(team, "甲")
    done = take_back(team, "甲")
    assert [(row["actor"], row["reason"], row["comment_id"]) for row in done.said] == [("小李", "打错编号", None)]
    assert (done.comments, silent(team)) == ([], set())
    leave_alone(team, "乙")
    leave_alone(team, "甲")
    assert silent(team) == {"甲", "乙"}


CHAIN = (
    comment("c1", f"想买，多少钱？{phone(1)}", "甲"),
    comment("c2", f"想买，多少钱？{phone(1)} {phone(2)}", "乙"),
    comment("c3", f"想买，多少钱？{phone(2)}", "丙"),
    comment("c4", f"想买，多少钱？{phone(4)}", "丁"),
)


def test_who_was_silent_by_a_contact_alone_is_free_too(team: Team) -> None:
    """From contact to contact; they are told, routed again, and their tickets too."""
    team.hear(post(), *CHAIN)
    team.route()
    leave_alone(team, "甲")
    assert silent(team) == {"甲", "乙", "丙"}
    done = take_back(team, "甲")
    assert (done.others, done.leads, done.tickets) == ([2, 3], [1, 2, 3], [1, 2, 3])
    assert silent(team) == set()
    assert team.route()["tickets"] == 3


def test_who_is_not_asked_by_themselves_is_told_who_was(team: Team) -> None:
    """Nothing is done: whoever said so is to be asked about."""
    team.hear(post(), *CHAIN)
    leave_alone(team, "甲")
    assert refused(team, "丙") == "silent_by_contact"
    assert silent(team) == {"甲", "乙", "丙"}
    with team.begin() as work:
        assert not work._session.scalars(select(Withdrawal.id)).all()


def test_another_cause_holds(team: Team) -> None:
    """Who shares a contact with somebody else who asked stays silent, and both are told; then that is taken back."""
    team.hear(post(), *CHAIN)
    leave_alone(team, "甲")
    team.hear(comment("o3", "别联系我", "丙"))
    done = take_back(team, "甲")
    assert (done.causes, done.others, done.leads) == ([3], [], [])
    assert silent(team) == {"甲", "乙", "丙"}
    assert refused(team, "甲") == "silent_by_contact"
    assert take_back(team, "丙").others == [1, 2]
    assert silent(team) == set()


def test_who_asked_for_it_later_stays_silent(team: Team) -> None:
    """Silent by a contact first, then by their own word, or an operator's."""
    team.hear(post(), *CHAIN, comment("x1", "想买，多少钱？", "戊"))
    leave_alone(team, "甲")
    leave_alone(team, "乙")
    done = take_back(team, "甲")
    assert done.causes == [2]
    assert silent(team) == {"甲", "乙", "丙"}


def test_a_link_that_is_gone_holds_nobody_for_ever(team: Team) -> None:
    """Who was silenced by a contact that nobody shares any more can be freed by their own number."""
    team.hear(post(), comment("c1", ASKS, "甲"), comment("c2", ASKS, "乙"))
    leave_alone(team, "甲")
    team.hear(comment("c2", "想买，多少钱？", "乙"))
    take_back(team, "甲")
    assert silent(team) == {"乙"}
    take_back(team, "乙")
    assert silent(team) == set()


def test_persons_who_became_one_are_free_together_and_apart(team: Team) -> None:
    """Opted out before the merge, taken back after it: undoing the merge does not bring the opt-out back."""
    team.hear(post(), comment("c1", HOT, "甲"))
    team.land(post(), comment("c2", f"想买，多少钱？{phone(2)}", "乙"), source="shop")
    team.hear()
    team.route()
    leave_alone(team, "甲")
    event, keep = persons.merge(team.begin, 1, 2, actor="店长", reason="同一人")
    assert silent(team) == {"甲", "乙"}
    withdraw(team.begin, keep, actor="店长", reason="听错了")
    assert silent(team) == set()
    team.qualify()
    team.route()
    assert sorted(states(team)) == ["assigned", "opted_out", "opted_out"]
    persons.unmerge(team.begin, event, actor="店长")
    assert silent(team) == set()


def test_undoing_a_merge_revives_no_ticket_of_a_mistake(team: Team) -> None:
    """The opt-out came after the merge: its person gets a new ticket, once."""
    team.hear(post(), comment("c1", HOT, "甲"))
    team.land(post(), comment("c2", f"想买，多少钱？{phone(2)}", "乙"), source="shop")
    team.hear()
    event, keep = persons.merge(team.begin, 1, 2, actor="店长", reason="同一人")
    team.qualify()
    team.route()
    withdraw_after_opt_out(team, keep)
    persons.unmerge(team.begin, event, actor="店长")
    assert (silent(team), states(team)) == (set(), ["opted_out"])
    team.qualify()
    team.route()
    assert states(team) == ["opted_out", "assigned", "assigned"]


def withdraw_after_opt_out(team: Team, person: int) -> None:
    """Both, one after the other."""
    persons.opt_out(team.begin, person, actor="小李", reason="打错编号")
    withdraw(team.begin, person, actor="店长", reason="听错了")


def test_twice_is_an_error(team: Team) -> None:
    """And so is who never opted out, and no reason."""
    team.hear(post(), comment("c1", HOT, "甲"))
    assert refused(team, "甲") == "not_opted_out"
    leave_alone(team, "甲")
    assert refused(team, "甲", reason="  ") == "no_reason"
    take_back(team, "甲")
    assert refused(team, "甲") == "not_opted_out"


@pytest.mark.parametrize("step", ["_mishear", "_note", "_suppress_still", "refresh_suppressions", "_let_route"])
def test_killed_in_the_middle_nothing_is_done(team: Team, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """It is one transaction; the second time it is done."""
    team.hear(post(), *CHAIN, MISTAKE)

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(taking_back, step, killed)
        with pytest.raises(KeyboardInterrupt):
            take_back(team, "甲")
    assert silent(team) == {"甲", "乙", "丙"}
    with team.begin() as work:
        assert not work._session.scalars(select(Misheard.comment_id)).all()
    take_back(team, "甲")
    assert silent(team) == set()


def test_of_two_at_once_one_takes_it_back(postgres_engine: Engine, tmp_path: Path) -> None:
    """The other is told that there is nothing left; everything is noted once."""
    team = Team(lambda: UnitOfWork(postgres_engine), tmp_path / "data", tagger=GUARDED)
    team.hear(post(), *CHAIN, MISTAKE)
    told: list[str] = []

    def take() -> None:
        try:
            take_back(team, "甲")
            told.append("done")
        except Misconfigured as error:
            told.append(error.code)

    both = [threading.Thread(target=take) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(PATIENCE)
    assert sorted(told) == ["done", "not_opted_out"]
    with team.begin() as work:
        assert len(work._session.scalars(select(Withdrawal.id)).all()) == len({"甲", "乙", "丙"})


@dataclass(frozen=True)
class World:
    """What was said in which order, and which of it is a mistake: 0 is one, by a comment or by an operator's slip."""

    said: tuple[tuple[str, str], ...]
    before: int
    between: int
    by_comment: bool
    routed: bool


WHO = ("甲", "乙", "丙", "丁")
SAID = st.tuples(
    st.sampled_from(WHO),
    st.one_of(
        st.lists(st.integers(1, 3), min_size=1, max_size=2, unique=True).map(
            lambda numbers: "想买，多少钱？" + " ".join(map(phone, numbers))
        ),
        st.just("想买，多少钱？"),
    ),
)
GENUINE = st.tuples(st.sampled_from(WHO[1:]), st.just("请退订"))
WORLD = st.builds(
    World,
    said=st.lists(st.one_of(SAID, SAID, SAID, GENUINE), min_size=1, max_size=7).map(tuple),
    before=st.integers(0, 7),
    between=st.integers(0, 3),
    by_comment=st.booleans(),
    routed=st.booleans(),
)
Picture = tuple[Any, ...]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=WORLD)
def test_opted_out_and_taken_back_is_as_never_opted_out(fresh: Callable[[], Team], world: World) -> None:
    """Who is silent, how leads are scored, who is brought where, and what is said next: as had nobody erred."""
    assert lived(fresh(), world, mistaken=True) == lived(fresh(), world, mistaken=False)


def lived(team: Team, world: World, *, mistaken: bool) -> tuple[Picture, Picture]:
    """The team's whole story with or without the mistake about 甲; how it stands after it, and in the end."""
    words = [*KeywordTagger().words, ("退订", "guard", "opt_out")]
    words += [("别联系我", "guard", "opt_out")] if mistaken else []
    team.tagger = KeywordTagger(words=tuple(words))
    rows = [comment(f"c{place}", text, who) for place, (who, text) in enumerate(world.said)]
    until = world.before + world.between
    hear(team, [post(), comment("a", "想买，多少钱？", "甲"), *rows[: world.before]])
    if world.routed:
        team.route()
    if world.by_comment:
        hear(team, [comment("b", "我老公说别联系我", "甲")])
    elif mistaken:
        leave_alone(team, "甲")
    hear(team, rows[world.before : until])
    if mistaken:
        take_back(team, "甲")
        team.qualify()
    if world.routed:
        team.route()
    after = picture(team)
    hear(team, rows[until:])
    team.colleagues = ("别人",)  # all is read again
    hear(team, [comment("z", f"想买，多少钱？{phone(9)}", "甲")])
    team.route()
    return after, picture(team)


def hear(team: Team, rows: list[dict[str, Any]]) -> None:
    """One after the other, as they are said."""
    for row in rows:
        team.hear(row)


def picture(team: Team) -> Picture:
    """Who is silent by whom, the leads, and who is being brought."""
    columns = (Lead.person_id, Lead.score, Lead.grade, Lead.qualified, Lead.qualified_at.is_(None))
    with team.begin() as work:
        silenced = work._session.execute(select(Suppression.account_id, Suppression.said)).all()
        leads = work._session.execute(select(*columns).order_by(Lead.person_id)).all()
    brought = sorted(row["person_id"] for row in team.tickets() if row["state"] != "opted_out")
    return sorted(map(tuple, silenced)), silent(team), list(map(tuple, leads)), brought
