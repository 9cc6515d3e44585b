"""The starter's rules and one tagger over them, built once."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from nlp.pipeline import Tagger, build_tagger
from nlp.rules import Intents, Topics
from yinliu.workspace.folder import Workspace

CAMPING = Topics.model_validate(
    {
        "topics": [
            {"name": "camping", "title": "露营", "words": ["露营", "天幕", "蛋卷桌"]},
            {"name": "clothes", "title": "衣服", "words": ["衣服", "iPhone壳"], "threshold": 2},
        ]
    }
)


@pytest.fixture(scope="session")
def starter() -> Workspace:
    """The starter files as a workspace."""
    return Workspace(Path(str(files("yinliu.workspace") / "starter")))


@pytest.fixture(scope="session")
def intents(starter: Workspace) -> Intents:
    """The starter's intents."""
    return starter.intents


@pytest.fixture(scope="session")
def tagger(intents: Intents) -> Tagger:
    """A small team's tagger."""
    return build_tagger(CAMPING, intents, places=["杭州", "上海"])
