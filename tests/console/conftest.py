"""A workspace with two communities behind the server, called without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine

from models.vault import new_key
from tests.stages.signposted import NOW, add_groups, add_post
from yinliu.bootstrap import App
from yinliu.console import clicks
from yinliu.console.server import create_app
from yinliu.settings import Settings
from yinliu.stages.links import link_for
from yinliu.workspace.folder import write_starter

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0.50"
GROUP_URL = "https://hub.example/g/AbC123"
RULES = f"""\
communities:
  - name: camping
    title: 露营同好群
    topics: [how_to]
    operators: [小栗]
    groups:
      - {{name: one, title: 露营一群, capacity: 2, invite_url: "https://hub.example/g/first"}}
      - {{name: two, title: 露营二群, capacity: 2, invite_url: "{GROUP_URL}"}}
  - {{name: welcome, title: 来坐坐, capacity: 5, operators: [小栗]}}
"""


@dataclass
class Place:
    """A team's workspace, its database and its server."""

    app: App

    @cached_property
    def client(self) -> TestClient:
        """A visitor's browser, without cookies."""
        return TestClient(create_app(self.app), raise_server_exceptions=False, headers={"User-Agent": PHONE})

    @property
    def folder(self) -> Path:
        """The workspace."""
        return self.app.workspace.folder

    def rules(self, text: str) -> None:
        """Write ``communities.yaml``."""
        (self.folder / "communities.yaml").write_text(text, encoding="utf-8")

    def link(self, **what: Any) -> str:
        """A link's code."""
        key = self.app.vault.links_key
        with self.app.begin() as work:
            code = link_for(work, key=key, now=NOW, **what)
            work.commit()
        return code

    def clicks(self) -> int:
        """How many were counted in all."""
        with self.app.begin() as work:
            return sum(row["clicks"] for row in work.links.listing())

    def visit(self, path: str, **what: Any) -> Any:
        """What a visitor is answered."""
        return self.client.get(path, **what)


@pytest.fixture
def place_of(tmp_path: Path) -> Callable[[Engine], Place]:
    """Make a place over a database: post 1 belongs to camping, whose first group is full."""

    def make(engine: Engine) -> Place:
        write_starter(tmp_path / "ws")
        (tmp_path / "ws" / "communities.yaml").write_text(RULES, encoding="utf-8")
        url = SecretStr(engine.url.render_as_string(hide_password=False))
        app = App(Settings(workspace=tmp_path / "ws", database_url=url, key=SecretStr(new_key())))
        with app.begin() as work:
            add_post(work, 1, title="三顶入门帐篷", topics=("how_to",))
            add_groups(work, "camping", ("one", 2, 2), ("two", 2, 0))
            work.commit()
        return Place(app)

    return make


@pytest.fixture(autouse=True)
def _counted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A visit is written down when its page is there, however slow the machine is."""
    monkeypatch.setattr(clicks, "PATIENCE", 60.0)


@pytest.fixture
def place(sqlite_engine: Engine, place_of: Callable[[Engine], Place]) -> Iterator[Place]:
    """Over SQLite, where the database makes no difference."""
    made = place_of(sqlite_engine)
    yield made
    made.app.engine.dispose()


@pytest.fixture
def any_place(engine: Engine, place_of: Callable[[Engine], Place]) -> Iterator[Place]:
    """Over either database."""
    made = place_of(engine)
    yield made
    made.app.engine.dispose()
