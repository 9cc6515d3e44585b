"""deliver: the week's report under its lasting name, or a word that there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.runs import Report
from tests.stages.team import MONDAY, Team
from yinliu.errors import ActionNeeded
from yinliu.reports.week import Week
from yinliu.stages.deliver import deliver

WEEK = Week.parse("2026-W47")


def reported(team: Team, file: str) -> None:
    """A row that says that a report was made."""
    with team.begin() as work:
        work.runs.keep_report(
            {"iso_year": 2026, "iso_week": 47, "edition": "weekly-zh", "file": file, "figures": {}, "made_at": MONDAY}
        )
        work.commit()


@pytest.mark.parametrize("row", [True, False])
def test_a_week_without_a_report_needs_somebody(team_sqlite: Team, tmp_path: Path, row: bool) -> None:
    """Whether nobody made it or its file is gone; the message says which command makes it."""
    if row:
        reported(team_sqlite, "gone.html")
    with pytest.raises(ActionNeeded, match="yinliu report --week 2026-W47") as caught:
        deliver(team_sqlite.begin, week=WEEK, folder=tmp_path, language="zh")
    assert caught.value.code == "no_report"
    assert list(tmp_path.glob("*latest*")) == []


def test_a_report_is_delivered(team: Team, tmp_path: Path) -> None:
    """As latest.html, over the one before, with the time."""
    (tmp_path / "2026-W47.html").write_text("周报", encoding="utf-8")
    (tmp_path / "latest.html").write_text("上周", encoding="utf-8")
    reported(team, "2026-W47.html")
    path = deliver(team.begin, week=WEEK, folder=tmp_path, language="zh")
    assert (path.name, path.read_text(encoding="utf-8")) == ("latest.html", "周报")
    assert sorted(file.name for file in tmp_path.glob("*html*")) == ["2026-W47.html", "latest.html"]
    assert team.rows(Report.delivered_at)[0][0] is not None


def test_the_english_report_has_its_own_name(team_sqlite: Team, tmp_path: Path) -> None:
    """A Chinese one is not delivered for it."""
    (tmp_path / "2026-W47.html").write_text("周报", encoding="utf-8")
    reported(team_sqlite, "2026-W47.html")
    with pytest.raises(ActionNeeded):
        deliver(team_sqlite.begin, week=WEEK, folder=tmp_path, language="en")
