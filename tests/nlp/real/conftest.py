"""The team of real texts, compiled once; every test here reads texts beside the repository, or is skipped."""

from __future__ import annotations

import pytest

from nlp.bundle import Bundle
from tests.nlp.real.corpus import DATA, team_of
from yinliu.workspace.folder import Workspace


@pytest.fixture(scope="session", autouse=True)
def _real_texts() -> None:
    """Skips where the texts are not."""
    if not DATA.is_dir():
        pytest.skip("../shared/data/nlp is not here")


@pytest.fixture(scope="session")
def shop(starter: Workspace) -> Bundle:
    """The team's bundle, with the heads that we ship."""
    return team_of(starter)
