"""simulate: the same people under two files, and not a row of any table changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from models.tables import metadata
from tests.stages.team import Team, buyers, comment, communities, phone, post
from yinliu.leads.replay import Comparison
from yinliu.stages.counts import now
from yinliu.stages.simulate import simulate
from yinliu.workspace.communities import Communities

CHINA = ZoneInfo("Asia/Shanghai")


def compared(team: Team, new: Communities, *, since: datetime | None = None) -> Comparison:
    """The team's file against another."""
    start = since or now() - timedelta(days=1)
    return simulate(team.begin, now=team.rules, new=new, since=start, zone=CHINA)


def whole(team: Team) -> dict[str, list[Any]]:
    """Every row of every table."""
    with team.begin() as work:
        return {
            name: sorted(map(repr, work._session.execute(text(f'SELECT * FROM "{name}"')))) for name in metadata.tables
        }


def test_nothing_is_written(team: Team) -> None:
    """Not a row of any table, whatever the new file says."""
    team.hear(post(), *buyers(5))
    team.route()
    team.hear(comment("c9", f"想买，多少钱？{phone(9)}", "新人"))
    before = whole(team)
    assert sum(map(len, before.values())) > 50
    compared(team, communities({"name": "new", "capacity": 2}, {"name": "all", "topics": ["coffee"]}))
    assert whole(team) == before


def test_who_goes_where_and_who_changes(team: Team) -> None:
    """Everybody, with both places and the reasons."""
    team.hear(post(), *buyers(2), comment("c7", f"咖啡想买，多少钱？{phone(7)}", "豆豆"))
    found = compared(
        team, communities({"name": "all"}, {"name": "coffee", "topics": ["coffee"], "operators": ["阿禾"]})
    )
    assert found.people == 3
    assert (found.now.people["all"], found.new.people["all"], found.new.people["coffee"]) == (3, 2, 1)
    assert (found.now.operators, found.new.operators) == ({"小李": 3}, {"小李": 2, "阿禾": 1})
    (change,) = found.changes
    assert (change.name, change.lead) == ("豆豆", team.leads()["豆豆"]["id"])
    assert change.now and change.new
    assert (change.now.community, change.new.community, change.new.reasons) == ("all", "coffee", ("topic:coffee",))


def test_what_starves_is_told(team: Team) -> None:
    """Communities and operators with nobody, leads without a community, and those who wait."""
    team.hear(post(), *buyers(3))
    found = compared(team, communities({"name": "all", "capacity": 1}, {"name": "tea", "topics": ["coffee"]}))
    assert (found.idle_communities, found.idle_operators) == (["tea"], [])
    assert found.new.waiting == {"all": 2}
    nobody = compared(team, communities({"name": "tea", "topics": ["coffee"], "operators": ["阿禾"]}))
    assert (len(nobody.new.unmatched), nobody.idle_operators) == (3, ["阿禾"])
    assert [change.new for change in nobody.changes] == [None] * 3


def test_seats_that_were_taken_before_are_taken(team: Team) -> None:
    """And those that were given since are free again."""
    team.rules = communities({"name": "all", "capacity": 4})
    team.hear(post(), *buyers(3))
    team.route()
    since = now()
    team.hear(*[comment(f"d{n}", f"想买，多少钱？{phone(50 + n)}", f"后来{n}") for n in range(2)])
    team.route()
    found = compared(team, team.rules, since=since)
    assert (found.people, found.now.people["all"], found.now.waiting["all"]) == (2, 1, 1)
    assert found.changes == []
    assert compared(team, team.rules).now.people["all"] == 3 + 1


def test_the_same_file_changes_nobody(team: Team) -> None:
    """Also with shifts and quotas."""
    rules = communities(
        {"name": "c1", "operators": ["甲", "乙"]},
        {"name": "c2", "operators": ["乙"]},
        operators=[
            {"name": "甲", "shifts": [{"days": "workdays", "from": "09:00", "to": "18:00"}]},
            {"name": "乙", "daily_quota": 2},
        ],
    )
    team.hear(post(), *buyers(9))
    team.rules = rules
    found = compared(team, rules)
    assert (found.changes, found.other_operator, found.now) == ([], 0, found.new)


def test_nobody_qualified_since(team: Team) -> None:
    """An empty answer, and no error."""
    found = compared(team, communities({"name": "all"}))
    assert (found.people, found.changes, found.idle_communities) == (0, [], ["all"])


def test_who_qualified_before_is_not_asked(team: Team) -> None:
    """Also where nobody routed them yet."""
    team.hear(post(), *buyers(2))
    since = now()
    team.hear(comment("d1", f"想买，多少钱？{phone(51)}", "后来"))
    found = compared(team, communities({"name": "tea"}), since=since)
    assert [change.name for change in found.changes] == ["后来"]
