"""A small team whose stages run over a fresh database."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from models.database import open_engine
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


@pytest.fixture
def fresh(tmp_path: Path, _sqlite_with_tables: Path) -> Callable[[], Team]:
    """Makes teams, each over an empty database."""

    def make() -> Team:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        shutil.copyfile(_sqlite_with_tables, folder / "yinliu.db")
        engine = open_engine(f"sqlite:///{folder}/yinliu.db")
        return Team(lambda: UnitOfWork(engine), folder / "data")

    return make
