"""A small team whose stages run over a fresh database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from models.unit_of_work import UnitOfWork
from tests.stages.team import Team


@pytest.fixture
def team(begin: Callable[[], UnitOfWork], tmp_path: Path) -> Team:
    """Over either database."""
    return Team(begin, tmp_path / "data")


@pytest.fixture
def team_sqlite(begin_sqlite: Callable[[], UnitOfWork], tmp_path: Path) -> Team:
    """Over SQLite alone."""
    return Team(begin_sqlite, tmp_path / "data")
