"""report: the same figures in the file, in the row and in the database, however often it is made."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from models.runs import Report
from nlp.contacts import mask_text
from tests.stages.team import HOT, Team, buyers, comment, metric, post
from yinliu.reports.facts import WeeklyFacts
from yinliu.reports.week import Week
from yinliu.stages import move as moving
from yinliu.stages.links import credit, link_for
from yinliu.stages.report import report

CHINA = ZoneInfo("Asia/Shanghai")
KEY = b"k" * 32


def made(team: Team, folder: Path, week: Week | None = None) -> tuple[Path, WeeklyFacts]:
    """The report of the week in which the team's public speaks."""
    return report(
        team.begin,
        week=week or Week.parse("2026-W47"),
        folder=folder,
        team="测试",
        zone=CHINA,
        topic_titles={"camping": "露营"},
        sources={"blog": "feed"},
        version="v1",
        language="zh",
        mask=mask_text,
    )


def test_figures_are_counted_from_the_database(team: Team, tmp_path: Path) -> None:
    """Posts, comments, commenters, leads and tickets of that week."""
    published = "2026-11-17T02:00:00+00:00"
    team.hear(post(published=published), comment("c1", HOT), comment("c2", "好看", "小张"), metric(7, "7"))
    team.route()
    _, facts = made(team, tmp_path)
    this = facts.this
    assert (this.posts, this.comments, this.commenters, this.leads, this.tickets, this.likes) == (1, 2, 2, 1, 1, 7)
    assert this.views is None


def test_who_joined_is_credited_to_a_post(team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of the code they came by, or else of their lead; in the week in which they joined, once."""
    moment = datetime(2026, 11, 15, 15, 59, tzinfo=UTC)  # the last minute of a week in Shanghai
    monkeypatch.setattr(moving, "now", lambda: moment)
    old = {"published": "2026-01-05T02:00:00+00:00"}
    team.hear(post("p1", title="一", **old), post("p2", title="二", **old), *[one | old for one in buyers(3)])
    team.route()
    first, other, *rest = [row["id"] for row in team.tickets()]
    for ticket in (first, other, *rest):
        team.move(ticket, "joined")
    with team.begin() as work:
        (second,) = (one["id"] for one in work.links.posts() if one["title"] == "二")
        code = link_for(work, key=KEY, post_id=second, now=moment)
        credit(work, first, code, key=KEY, actor="小李", now=moment)
        work.commit()
    team.move(other, "left")
    week = Week.of(moment, CHINA)
    _, facts = made(team, tmp_path, week)
    assert (facts.this.joined, facts.this.leads) == (3, 0)
    assert [(line.title, line.joined) for line in facts.top_posts] == [("一", 2), ("二", 1)]
    assert [line.joined for line in facts.communities] == [3]
    assert made(team, tmp_path, week.previous)[1].this.joined == 0


def test_a_report_again_is_the_same_row_and_file(team: Team, tmp_path: Path) -> None:
    """Written over, never beside."""
    team.hear(post(), comment("c1", HOT))
    assert made(team, tmp_path)[0] == made(team, tmp_path)[0]
    assert len(team.rows(Report.id)) == 1
    assert [path.name for path in tmp_path.glob("*.html")] == ["2026-W47.html"]


def test_a_week_without_anything_has_a_report(team_sqlite: Team, tmp_path: Path) -> None:
    """Which says so rather than failing."""
    path, facts = made(team_sqlite, tmp_path)
    assert path.exists()
    assert facts.this.posts == facts.this.comments == 0
