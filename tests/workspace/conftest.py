"""A workspace of starter files in which one file can be spoilt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from yinliu.bootstrap import App
from yinliu.errors import Misconfigured
from yinliu.settings import Settings
from yinliu.workspace.folder import Workspace, write_starter

OPTIONS = {name: spider.Options for name, spider in App(Settings()).platforms.items()}
READERS: dict[str, Callable[[Workspace], Any]] = {
    "yinliu.yaml": lambda workspace: workspace.general,
    "topics.yaml": lambda workspace: workspace.topics,
    "intents.yaml": lambda workspace: workspace.intents,
    "words.yaml": lambda workspace: workspace.words,
    "scoring.yaml": lambda workspace: workspace.scoring,
    "communities.yaml": lambda workspace: workspace.communities,
    "crm.yaml": lambda workspace: workspace.crm,
    "sources.yaml": lambda workspace: workspace.sources(OPTIONS),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A fresh starter."""
    write_starter(tmp_path / "team")
    return tmp_path / "team"


Refused = Callable[[str, str | bytes], Misconfigured]


@pytest.fixture
def refused(folder: Path) -> Refused:
    """The error with which a file of this content is answered."""

    def read(name: str, content: str | bytes) -> Misconfigured:
        (folder / name).write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        with pytest.raises(Misconfigured) as caught:
            READERS[name](Workspace(folder))
        return caught.value

    return read
