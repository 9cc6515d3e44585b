"""Who is who, over a database: contacts of the team's own, and tickets that begin again."""

from __future__ import annotations

import pytest

from models.content import Contact
from models.people import Person
from tests.stages.team import Team, comment, post


def test_the_teams_own_contact_makes_nobody_a_colleague(team: Team) -> None:
    """A customer who repeats the WeChat id that a colleague wrote stays a person, and a lead, of their own."""
    team.hear(
        post(author="店长"),
        comment("c1", "加我微信 team_shop1 详聊", who="店长"),
        comment("c2", "想买，是加微信 team_shop1 吗？多少钱？我的电话13800001111", who="小王"),
    )
    assert "小王" in team.leads()
    assert team.leads()["小王"]["qualified"]


@pytest.mark.parametrize(
    ("text", "persons"),
    [("想买，微信 lily_8899", 1), ("想买，QQ群：123456789", 2), ("想买，客服电话 400-820-8820", 2)],
)
def test_only_ones_own_contact_makes_two_accounts_one(team_sqlite: Team, text: str, persons: int) -> None:
    """The number of a group or a firm is shared by many."""
    team_sqlite.hear(post(), comment("c1", text, who="小王"), source="blog")
    team_sqlite.hear(post(), comment("c2", text, who="小李"), source="shop")
    assert len(team_sqlite.rows(Person.id)) == persons
    assert len(team_sqlite.rows(Contact.id)) == 2


def test_a_recycled_ticket_begins_anew(team: Team) -> None:
    """A ticket that is assigned again after it expired has a new time to be answered by, and is not late."""
    team.hear(post(), comment("c1", "想买，多少钱？电话13800001111"))
    team.route()
    (ticket,) = team.tickets()
    team.move(ticket["id"], "expired")
    team.move(ticket["id"], "assigned")
    (again,) = team.tickets()
    assert again["due_at"] > ticket["due_at"]
    assert again["late_at"] is None
