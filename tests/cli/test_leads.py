"""``yinliu leads``: who is interested now, who was on a day, and why."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from models.content import Comment
from models.database import open_engine
from models.onboarding import Ticket, TicketEvent
from models.people import Person
from models.unit_of_work import UnitOfWork
from tests.cli.conftest import Call

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime.now(UTC)
SOURCES = "sources:\n- {name: blog, platform: feed, url: 'https://x.example/feed'}\n"


def comment(key: str, who: str, text: str, *, days: float) -> dict[str, Any]:
    """A comment of so many days ago."""
    row = {"kind": "comment", "external_id": key, "post_id": "p1", "author": who, "author_id": who, "text": text}
    return row | {"published": (NOW - timedelta(days=days)).isoformat()}


@pytest.fixture
def options(workspace: Path, call: Call) -> list[str]:
    """A workspace in which 小王 asked 40 days ago and again yesterday, and 小张 yesterday; scored."""
    (workspace / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    rows = [
        {"kind": "run", "source": "blog", "platform": "feed", "started_at": NOW.isoformat()},
        {"kind": "post", "external_id": "p1", "url": "http://x.example/1", "title": "周末", "body": "文"},
        comment("c1", "小王", "我想买一顶，电话13912345678", days=40),
        comment("c2", "小王", "请问多少钱？", days=1),
        comment("c3", "小张", "请问多少钱？", days=1),
        {"kind": "end", "lines": 4, "requests": 1, "cursor": {}},
    ]
    file = workspace / "data" / "landing" / "blog" / "1.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    named = ["--workspace", str(workspace)]
    for stage in ("load", "tag", "qualify"):
        assert call(*named, stage).code == 0
    return named


def day(days: float) -> str:
    """The day so many days ago, as the team counts them."""
    return (NOW - timedelta(days=days)).astimezone(ZONE).date().isoformat()


def listed(call: Call, options: list[str], *more: str) -> dict[str, dict[str, Any]]:
    """Leads by name."""
    lines = call(*options, "leads", "--json", *more).out.splitlines()
    return {row["name"]: row for row in map(json.loads, lines)}


def test_leads_of_a_day_are_scored_as_of_its_end(call: Call, options: list[str]) -> None:
    """What was said later does not count, what had not faded yet does; who had said nothing was no lead."""
    now, then = listed(call, options, "--all"), listed(call, options, "--all", "--as-of", day(40))
    assert now.keys() == {"小王", "小张"}
    assert then.keys() == {"小王"}
    assert (then["小王"]["score"], then["小王"]["grade"], then["小王"]["qualified"]) == (85, "A", True)
    assert now["小王"]["score"] == sum(part["points"] for part in now["小王"]["breakdown"]) > 85
    assert listed(call, options, "--all", "--as-of", day(60)) == {}


def test_as_of_today_is_as_it_stands(call: Call, options: list[str]) -> None:
    """But for what fades until midnight; asked again where midnight came between."""
    asked = ""
    while asked != (today := datetime.now(ZONE).date().isoformat()):
        asked = today
        now, then = listed(call, options), listed(call, options, "--as-of", asked)
    assert now.keys() == then.keys() == {"小王"}
    assert 0 <= now["小王"]["score"] - then["小王"]["score"] <= 2


@pytest.fixture
def routed(call: Call, options: list[str], workspace: Path) -> list[str]:
    """小王 was given a ticket 20 days ago, was invited 5 days ago, and opted out 2 days ago."""
    assert call(*options, "route").code == 0
    engine = open_engine(f"sqlite:///{workspace / 'data' / 'yinliu.db'}")
    with UnitOfWork(engine) as work:
        ticket = work._session.scalars(select(Ticket.id)).one()
        work._session.execute(update(TicketEvent).values(happened_at=NOW - timedelta(days=20), after="assigned"))
        for before, after, days in (("assigned", "invited", 5), ("invited", "opted_out", 2)):
            row = {"ticket_id": ticket, "before": before, "after": after, "actor": "小李", "reason": ""}
            work._session.execute(insert(TicketEvent).values(**row, happened_at=NOW - timedelta(days=days)))
        work._session.execute(update(Ticket).values(state="opted_out"))
        person = select(Ticket.person_id).scalar_subquery()
        gone = update(Person).where(Person.id == person).values(suppressed_at=NOW - timedelta(days=2))
        work._session.execute(gone.execution_options(synchronize_session=False))
        work.commit()
    engine.dispose()
    return options


def test_leads_of_a_day_have_the_states_of_its_end(call: Call, routed: list[str]) -> None:
    """Before the ticket none, then where it stood; who opted out later had not; not the state of today."""
    found = {days: listed(call, routed, "--all", "--as-of", day(days))["小王"] for days in (30, 10, 3, 1)}
    assert {days: row["state"] for days, row in found.items()} == {
        30: None,
        10: "assigned",
        3: "invited",
        1: "opted_out",
    }
    assert [row["community"] is None for row in found.values()] == [True, False, False, False]
    assert [row["suppressed_at"] is None for row in found.values()] == [True, True, True, False]
    assert listed(call, routed, "--all")["小王"]["state"] == "opted_out"


def test_a_day_is_shown_with_its_states(call: Call, routed: list[str]) -> None:
    """In words; a dash where there was no ticket; who had opted out by then is left out, as today."""
    shown = {days: call(*routed, "leads", "--as-of", day(days)).out for days in (30, 10, 3, 1)}
    words = {30: "—", 10: "已分配", 3: "已邀约"}
    for days, word in words.items():
        (row,) = [line for line in shown[days].splitlines() if "小王" in line]
        assert row.rstrip().endswith(word), (days, row)
    assert "小王" not in shown[1]
    assert "已退订" in call(*routed, "leads", "--all", "--as-of", day(1)).out


def test_a_lead_of_a_day_is_explained_with_its_ticket(call: Call, routed: list[str]) -> None:
    """What was done until then, and not what came after."""
    number = str(listed(call, routed, "--all")["小王"]["id"])
    explain = ("leads", "--explain", number, "--as-of")
    found = {days: json.loads(call(*routed, *explain, day(days), "--json").out) for days in (30, 10, 3)}
    assert [[event["after"] for event in row["events"]] for row in found.values()] == [
        [],
        ["assigned"],
        ["assigned", "invited"],
    ]
    assert found[30]["ticket"] is None
    assert "已邀约" not in call(*routed, *explain, day(10)).out
    assert "尚未分配" in call(*routed, *explain, day(30)).out


def test_a_score_is_explained_with_what_faded_and_what_changed(call: Call, options: list[str]) -> None:
    """Each part before and after decay, the grade's least and floor, the week's changes, and when it falls."""
    number = str(listed(call, options)["小王"]["id"])
    told = call(*options, "leads", "--explain", number).out
    assert all(word in told for word in ("原为 30 分，已随时间衰减", "A 级：80 分起，低于 77 分才降级", "合计"))
    assert all(word in told for word in ("一周以来", "询问价格 +2", "没有新动作的话", "降级"))
    row = json.loads(call(*options, "leads", "--explain", number, "--json").out)
    assert (row["least"], row["hysteresis"], row["kept"]) == (80, 3, False)
    assert row["score"] - row["week_before"]["score"] == sum(one["after"] - one["before"] for one in row["changes"])
    assert datetime.fromisoformat(row["falls_at"]) > NOW


def test_a_score_of_a_day_is_explained(call: Call, options: list[str]) -> None:
    """As it was at its end; a grade that is kept says so."""
    number = str(listed(call, options)["小王"]["id"])
    then = json.loads(call(*options, "leads", "--explain", number, "--as-of", day(10), "--json").out)
    assert (then["grade"], then["least"]) == ("B", 60)
    kept = call(*options, "leads", "--explain", number, "--as-of", day(24)).out
    assert "A 级：80 分起" in kept
    assert "曾经达到，暂时保留" in kept


def test_a_day_that_is_none_is_refused(call: Call, options: list[str]) -> None:
    """With the form that it has."""
    said = call(*options, "leads", "--as-of", "yesterday")
    assert said.code == 2
    assert "2026-11-22（年-月-日）" in said.err


@pytest.mark.parametrize("when", ["9999-12-31", "0001-01-01"])
def test_a_day_at_the_end_of_time_is_refused(call: Call, options: list[str], when: str) -> None:
    """Of the list and of one lead; so is a number that no row can have."""
    for words in ([], ["--explain", "1"]):
        said = call(*options, "leads", *words, "--as-of", when, "--json")
        assert (said.code, json.loads(said.out)["error"]) == (2, "bad_as_of")
    said = call(*options, "leads", "--explain", "9" * 30, "--json")
    assert (said.code, json.loads(said.out)["error"]) == (2, "usage")


def test_a_lead_of_a_day_is_explained_by_what_was_written_until_then(call: Call, options: list[str]) -> None:
    """No comment, contact, intent, account or post from after it, in the table neither."""
    number = str(listed(call, options)["小王"]["id"])
    explain = ("leads", "--explain", number, "--as-of")
    told = call(*options, *explain, day(20)).out
    assert "我想买一顶" in told and "请问多少钱" not in told and "139****5678" in told
    before = call(*options, *explain, day(60)).out
    assert "到这一天为止，TA 还没有留过言" in before
    assert not [word for word in ("我想买一顶", "请问", "139", "周末", "http", "意图", "blog") if word in before]
    row = json.loads(call(*options, *explain, day(60), "--json").out)
    assert (row["comments"], row["contacts"], row["accounts"], row["post"], row["qualified_at"]) == (
        [],
        [],
        [],
        None,
        None,
    )
    assert row["score"] == 0


def test_a_contact_left_later_is_not_in_the_list_of_a_day(call: Call, options: list[str]) -> None:
    """小张 and 小王 are listed with what they had left by then."""
    assert listed(call, options, "--all", "--as-of", day(0))["小王"]["contacts"]
    with UnitOfWork(open_engine(f"sqlite:///{options[1]}/data/yinliu.db")) as work:
        work._session.execute(update(Comment).where(Comment.text.contains("13912345678")).values(published_at=NOW))
        work.commit()
    assert listed(call, options, "--all", "--as-of", day(20))["小王"]["contacts"] == []


def test_who_rose_or_fell_in_a_week_is_listed(call: Call, options: list[str]) -> None:
    """Those that moved most first, with what moved them; who did not qualify and does not only with --all."""
    told = call(*options, "leads", "--changed", "--all")
    rows = [json.loads(line) for line in call(*options, "leads", "--changed", "--all", "--json").out.splitlines()]
    assert [row["name"] for row in rows] == sorted(
        (row["name"] for row in rows), key=lambda name: -abs(next(r["points"] for r in rows if r["name"] == name))
    )
    by_name = {row["name"]: row for row in rows}
    assert by_name["小张"]["week_before"] == {"score": 0, "grade": None}
    for row in rows:
        assert row["points"] == row["score"] - row["week_before"]["score"]
        assert row["points"] == sum(change["after"] - change["before"] for change in row["changes"])
    assert "较上周" in told.out and f"{by_name['小张']['points']:+d}" in told.out and "— → " in told.out
    assert "询问价格 +" in told.out
    assert [json.loads(line)["name"] for line in call(*options, "leads", "--changed", "--json").out.splitlines()] == [
        "小王"
    ]


def test_the_change_of_a_week_is_what_one_lead_is_explained_with(call: Call, options: list[str]) -> None:
    """The same points and the same parts, as of a day too."""
    for at in (day(0), day(20), day(38)):
        for line in call(*options, "leads", "--changed", "--all", "--json", "--as-of", at).out.splitlines():
            row = json.loads(line)
            one = json.loads(call(*options, "leads", "--explain", str(row["id"]), "--json", "--as-of", at).out)
            assert (row["score"], row["grade"], row["changes"]) == (one["score"], one["grade"], one["changes"])
            assert row["week_before"]["score"] == one["week_before"]["score"]


def test_a_week_in_which_nothing_happened_lists_nobody(call: Call, options: list[str]) -> None:
    """Long before anybody wrote."""
    assert call(*options, "leads", "--changed", "--all", "--json", "--as-of", day(90)).out == ""
    assert "较上周有变化的线索 0 条" in call(*options, "leads", "--changed", "--as-of", day(90)).out
