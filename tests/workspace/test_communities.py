"""communities.yaml: the shipped examples are valid as they stand, and when their marks are removed."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from yinliu.workspace.communities import Communities
from yinliu.workspace.folder import Workspace

DEMO = files("yinliu.demo") / "workspace"
STARTER = files("yinliu.workspace") / "starter"


def without_marks(text: str) -> str:
    """The file with its commented keys as keys; what is said between them stays a comment."""
    key = re.compile(r"^( {0,2})# (?=(- |  +\S|(operators|hubs|calendar):$))")
    return "\n".join(key.sub(r"\1", line) for line in text.splitlines()) + "\n"


@pytest.fixture
def demo(folder: Path) -> Workspace:
    """The demo's topics."""
    (folder / "topics.yaml").write_text((DEMO / "topics.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return Workspace(folder)


def read(workspace: Workspace, text: str) -> Communities:
    """A file with that text."""
    path = workspace.folder / "NEW.yaml"
    path.write_text(text, encoding="utf-8")
    return workspace.communities_of(path)


def test_the_starters_examples_are_valid(folder: Path) -> None:
    """Groups, a tier, shifts, quotas."""
    found = read(Workspace(folder), without_marks((STARTER / "communities.yaml").read_text(encoding="utf-8")))
    assert [rule.tier for rule in found.communities] == ["open", "members"]
    assert [group.closed for group in found.communities[1].groups] == [False, True]
    assert [shift.told.en for shift in found.operator("运营一").shifts] == [
        "workdays 09:30-18:30",
        "holidays 10:00-16:00",
    ]
    assert found.calendar.works(date(2027, 2, 11)) is False and found.calendar.works(date(2027, 2, 20)) is True
    assert found.everybody == ["运营一", "运营二", "主管"]
    assert [hub.kind for hub in found.hubs] == ["matrix"]


def test_the_demos_examples_are_valid(demo: Workspace) -> None:
    """A paid group above the open one, and shifts for everybody."""
    found = read(demo, without_marks((DEMO / "communities.yaml").read_text(encoding="utf-8")))
    assert found.by_name["camping_club"].seats == 40
    assert len(found.operators) == len(found.everybody) == 7
    assert found.calendar.off and found.calendar.work


def test_the_demos_numbers(demo: Workspace) -> None:
    """Two communities are small, so that some people wait."""
    found = read(demo, (DEMO / "communities.yaml").read_text(encoding="utf-8"))
    assert [rule.seats for rule in found.communities] == [12, 30, 30, 30, 6]
    assert not found.operators
