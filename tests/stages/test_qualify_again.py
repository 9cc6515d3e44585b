"""qualify over time: scores fade, signals come late or are withdrawn, answers count, who says no is left alone."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from models.database import open_engine
from models.people import Lead, Person, Signal
from models.repositories.bulk import Bulk
from models.repositories.suppressing import with_contacts
from models.unit_of_work import UnitOfWork
from models.vault import Vault, new_key
from tests.stages.team import HOT, MONDAY, SCORING, KeywordTagger, Team, comment, phone, post
from yinliu.stages.qualify import qualify
from yinliu.stages.replay import replay
from yinliu.workspace.policies import Scoring

WORDS = KeywordTagger().words
GUARDED = KeywordTagger(words=(*WORDS, ("同行", "guard", "peer"), ("别联系我", "guard", "opt_out")))
FADING = Scoring.model_validate(
    SCORING.model_dump(exclude={"signals"})
    | {
        "signals": SCORING.model_dump()["signals"]
        | {
            "contact_left": {"points": 40, "half_life_days": 0},
            "engagement": {"points": 7, "most": 2},
            "competitor": {"points": -200},
        },
        "half_life_days": 10,
        "hysteresis": 5,
    }
)


@pytest.fixture
def small(team_sqlite: Team) -> Team:
    """Points fade, and the tagger knows guards; over SQLite alone."""
    team_sqlite.scoring, team_sqlite.tagger = FADING, GUARDED
    return team_sqlite


def at(team: Team, moment: datetime) -> dict[str, int]:
    """Qualify as of a moment."""
    rules = {"version": team.tagger.version, "policy": team.scoring, "served_topics": ("camping",)}
    return qualify(team.begin, colleagues=team.colleagues, moment=moment, **rules)


def hear(team: Team, *records: dict[str, Any], moment: datetime) -> dict[str, int]:
    """Land, load, tag, and qualify as of a moment."""
    team.land(*records)
    team.load()
    team.tag()
    return at(team, moment)


def lead(team: Team) -> tuple[Any, ...]:
    """The only lead: score, grade, qualified, route_at, rescore_at."""
    (row,) = team.rows(Lead.score, Lead.grade, Lead.qualified, Lead.route_at, Lead.rescore_at)
    return row


def test_a_lead_is_scored_again_when_its_grade_falls(team: Team) -> None:
    """Not before; then it is routed no more, and nothing is left to do."""
    team.scoring = FADING
    hear(team, post(), comment("c1", HOT), moment=MONDAY + timedelta(hours=1))
    points, grade, qualified, route_at, rescore_at = lead(team)
    assert (points, grade, qualified, route_at) == (95, "A", True, MONDAY + timedelta(minutes=2))
    assert at(team, rescore_at - timedelta(seconds=1))["scored"] == 0
    assert at(team, rescore_at)["scored"] == 1
    assert lead(team)[1:3] == ("B", True)
    while (again := lead(team)[4]) is not None:
        assert at(team, again)["scored"] == 1
        assert at(team, again)["scored"] == 0
    assert lead(team)[1:4] == ("C", False, None)


def test_the_stored_parts_always_add_up(small: Team) -> None:
    """However much of them has faded."""
    hear(small, post(), comment("c1", HOT), comment("c2", "好看"), moment=MONDAY + timedelta(days=17))
    ((parts, total),) = small.rows(Lead.breakdown, Lead.score)
    assert sum(part["points"] for part in parts) == total
    assert any(part["points"] < part["full"] for part in parts)


def test_who_asks_again_is_routed_again(small: Team) -> None:
    """A lead that stopped qualifying and qualifies again is given to route."""
    hear(small, post(), comment("c1", HOT), moment=MONDAY + timedelta(hours=1))
    at(small, MONDAY + timedelta(days=300))
    assert lead(small)[2:4] == (False, None)
    late = (MONDAY + timedelta(days=300)).isoformat()
    hear(small, comment("c2", "想买，多少钱", published=late), moment=MONDAY + timedelta(days=300, hours=1))
    assert lead(small)[2]
    assert lead(small)[3] is not None


@pytest.fixture
def fresh(tmp_path: Path, _sqlite_with_tables: Path) -> Callable[[], Team]:
    """Makes further teams, each over an empty database."""
    vault = Vault(new_key())

    def make() -> Team:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        shutil.copyfile(_sqlite_with_tables, folder / "yinliu.db")
        engine = open_engine(f"sqlite:///{folder}/yinliu.db")
        return Team(lambda: UnitOfWork(engine), folder / "data", tagger=GUARDED, scoring=FADING, vault=vault)

    return make


def test_arrival_in_any_order_and_batches_makes_the_same_leads(fresh: Callable[[], Team]) -> None:
    """Comments of three people, shuffled, some twice, in pieces: the same signals and scores as in order."""
    said = ["想买", "多少钱", "好看", "露营", f"电话{phone(1)}", "代运营"]
    rows = [
        comment(f"c{n}", said[n % 6], f"买家{n % 3}", published=(MONDAY + timedelta(hours=n)).isoformat())
        for n in range(18)
    ]
    rows.append(rows[6] | {"external_id": "r1", "author": "买家1", "author_id": "买家1", "parent_id": "c3"})
    random, moment, outcomes = Random(7), MONDAY + timedelta(days=9), []
    for size in (19, 5, 3, 1):
        team, order = fresh(), [*rows, *rows[:6]] if size == 19 else random.sample([*rows, *rows[:6]], len(rows) + 6)
        for start in range(0, len(order), size):
            hear(team, post(), *order[start : start + size], moment=moment)
        outcomes.append(outcome(team))
    assert outcomes[0][0]
    assert all(one == outcomes[0] for one in outcomes)


def outcome(team: Team) -> list[Any]:
    """What was concluded, without row numbers."""
    with team.begin() as work:
        leads = [(row["score"], row["grade"]) for row in work.leads.listing(qualified=False)]
        query = text("SELECT kind, evidence, happened_at FROM signal WHERE withdrawn_at IS NULL")
        return [sorted(leads), sorted(tuple(row) for row in work._session.execute(query))]


ANSWER = comment("r1", "好", "小张", parent_id="c1")


def engagements(team: Team) -> list[tuple[Any, ...]]:
    """The signals of answers that stand: whose, by evidence."""
    rows = team.rows(Signal.account_id, Signal.evidence, Signal.kind, Signal.withdrawn_at)
    return [row[:2] for row in rows if row[2] == "engagement" and row[3] is None]


def test_an_answer_counts_for_whom_it_answers(team: Team) -> None:
    """The writer is scored again though they wrote nothing; an answer of their own counts for nobody."""
    team.scoring = FADING
    hear(team, post(), comment("c1", HOT), moment=MONDAY + timedelta(hours=1))
    hear(team, ANSWER, comment("r2", "在吗", parent_id="c1"), moment=MONDAY + timedelta(hours=1))
    assert [evidence for _, evidence in engagements(team)] == ["answered:blog:c1@blog:r1"]
    assert team.leads()["小王"]["score"] == 95 + 7 + 5


def test_an_answer_that_comes_before_what_it_answers_counts(small: Team) -> None:
    """As soon as that is known."""
    hear(small, post(), ANSWER, moment=MONDAY)
    assert engagements(small) == []
    hear(small, comment("c1", HOT), moment=MONDAY)
    assert [evidence for _, evidence in engagements(small)] == ["answered:blog:c1@blog:r1"]


def test_adverts_and_colleagues_answer_in_vain(small: Team) -> None:
    """Whichever comes first; an answer that turns into an advert is withdrawn."""
    small.colleagues = ("运营",)
    advert, own = ANSWER | {"text": "代运营"}, ANSWER | {"external_id": "r2", "author": "运营", "author_id": "运营"}
    hear(small, post(), advert, own, moment=MONDAY)
    hear(small, comment("c1", HOT), moment=MONDAY)
    assert engagements(small) == []
    hear(small, ANSWER, moment=MONDAY)
    assert len(engagements(small)) == 1
    before = small.leads()["小王"]["score"]
    hear(small, advert, moment=MONDAY)
    assert (engagements(small), small.leads()["小王"]["score"]) == ([], before - 7)


def test_somebody_of_the_trade_never_qualifies(small: Team) -> None:
    """Whatever else they say."""
    hear(small, post(), comment("c1", f"同行，{HOT}"), moment=MONDAY)
    assert not small.leads()["小王"]["qualified"]


def test_what_is_taken_back_stays_in_the_log(team: Team) -> None:
    """Withdrawn and not deleted; said again, it stands again as the same row."""
    team.hear(post(), comment("c1", HOT))
    rows = len(team.rows(Signal.id))
    team.hear(comment("c1", "好看"))
    gone = {row[1] for row in team.rows(Signal.id, Signal.kind, Signal.withdrawn_at) if row[2] is not None}
    assert gone == {"contact_left", "purchase_intent", "price_inquiry"}
    team.hear(comment("c1", HOT))
    assert len(team.rows(Signal.id)) == rows + 1
    assert team.leads()["小王"]["score"] == 110


def test_two_comments_that_say_the_same_lose_it_one_by_one(small: Team) -> None:
    """A contact left twice is still known when one comment takes it back."""
    hear(small, post(), comment("c1", f"电话{phone(1)}"), comment("c2", f"电话{phone(1)}"), moment=MONDAY)
    hear(small, comment("c1", "好看"), moment=MONDAY)
    assert "contact_left" in {part["kind"] for part in small.leads()["小王"]["breakdown"]}
    hear(small, comment("c2", "好看"), moment=MONDAY)
    assert "contact_left" not in {part["kind"] for part in small.leads()["小王"]["breakdown"]}


def test_who_asks_not_to_be_contacted_is_never_routed(team: Team) -> None:
    """Not in the same comment, not later, however keen."""
    team.scoring, team.tagger = FADING, GUARDED
    hear(
        team, post(), comment("c1", f"别联系我 {HOT}"), comment("c2", HOT.replace("139", "138"), "小张"), moment=MONDAY
    )
    assert [row[0] is None for row in team.rows(Person.suppressed_at)] == [False, True]
    hear(team, comment("c3", HOT), moment=MONDAY)
    assert {row[0]: row[1] for row in team.rows(Lead.person_id, Lead.route_at)}[1] is None
    assert [row[1] for row in team.rows(Lead.person_id, Lead.route_at)].count(None) == 1


def test_a_second_account_with_the_contact_of_who_said_no_is_left_alone_too(team: Team) -> None:
    """Two ids of one source are two persons; the number that would be rung is one."""
    team.scoring, team.tagger = FADING, GUARDED
    hear(team, post(), comment("c1", "别联系我 电话13912345678"), moment=MONDAY)
    hear(
        team,
        comment("c2", HOT, "小王二号"),
        comment("c3", HOT.replace("139", "138"), "小张"),
        moment=MONDAY,
    )
    assert [row[0] is None for row in team.rows(Person.suppressed_at)] == [False, False, True]


def test_who_was_routed_and_says_something_new_is_looked_at_again(team: Team) -> None:
    """There may be another community for them; a reading that brings nothing new asks for no look."""
    team.scoring, team.tagger = FADING, GUARDED
    hear(team, post(), comment("c1", HOT), moment=MONDAY)
    team.route(at=MONDAY + timedelta(minutes=30))
    assert lead(team)[3] is None
    at(team, MONDAY + timedelta(hours=1))
    assert lead(team)[3] is None
    hear(team, comment("c2", "露营 想买"), moment=MONDAY + timedelta(hours=2))
    assert lead(team)[3] == MONDAY + timedelta(hours=2)


def test_a_wish_and_then_a_no_ends_the_route(small: Team) -> None:
    """The lead was waiting to be routed."""
    hear(small, post(), comment("c1", HOT), moment=MONDAY)
    assert lead(small)[3] is not None
    hear(small, comment("c2", "别联系我"), moment=MONDAY)
    assert lead(small)[3] is None


def test_a_clock_ahead_of_ours_hides_nobody(small: Team) -> None:
    """What was seen did happen."""
    hear(small, post(), comment("c1", HOT), moment=MONDAY - timedelta(days=1))
    assert lead(small)[:2] == (95, "A")


def test_a_replay_is_the_score_of_that_day(small: Team) -> None:
    """The same as somebody had stored who scored then."""
    hear(small, post(), comment("c1", HOT), moment=MONDAY + timedelta(days=1))
    then = lead(small)[:2]
    later = (MONDAY + timedelta(days=30)).isoformat()
    hear(small, comment("c2", "想买", published=later), moment=MONDAY + timedelta(days=31))
    with small.begin() as work:
        found = replay(work, [1], policy=FADING, at=MONDAY + timedelta(days=1))
    assert (found[1].total, found[1].grade) == then != lead(small)[:2]


def test_new_work_is_found_by_an_index(team: Team) -> None:
    """Neither comments nor leads nor signals are read whole, however many there are."""
    team.hear(post(), comment("c1", HOT))
    with team.begin() as work:
        work.people.take_turn()
        work.identities.suppress({1: None}, actor="", now=MONDAY)
        bulk, plans = Bulk(work._session), list[str]()
        explain = "EXPLAIN QUERY PLAN " if bulk.sqlite else "EXPLAIN "
        find = Bulk.find

        def explained(self: Bulk, sql: str, keys: Any = None, **values: Any) -> list[tuple[Any, ...]]:
            plans.extend(str(row[-1]) for row in find(self, explain + sql, keys, **values))
            return find(self, sql, keys, **values)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Bulk, "find", explained)
            work.people.unqualified("v1", reading="r", limit=5)
            work.people.outdated("s", now=MONDAY, limit=5)
            work.people.answered([1])
            work.people.answers([1], reading="r")
            work.people.leads_of([1])
            work.people.last_states([1])
            work.people.said_now([1])
            work.identities.silent([1])
            with_contacts(bulk, {1: None})
            work.signals.replace([1], [], version="r", now=MONDAY)
            work.signals.of_persons([1], version="r")
    tables = ("comment", "signal", "lead", "ticket", "identity", "account", " c", " s", " i", " p", " a")
    whole = [plan for plan in plans if ("SCAN" in plan or "Seq Scan" in plan) and "json_each" not in plan]
    assert not [plan for plan in whole if plan.rstrip().endswith(tables) or "Seq Scan on" in plan]
    assert plans


@pytest.mark.parametrize("moment", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)])
def test_any_moment_gives_a_score(small: Team, moment: datetime) -> None:
    """Long before, long after."""
    assert hear(small, post(), comment("c1", HOT), moment=moment)["scored"] == 1
