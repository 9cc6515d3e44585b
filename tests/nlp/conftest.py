"""The starter's rules and a small team's bundle, compiled once; segmenters are shared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from nlp.bundle import Bundle, Spec
from nlp.rules import Intents, Topics, Words
from nlp.segmenter import Engine, Segmenter
from tests.nlp.teams import CAMPING, cached_segmenter, feeling_head, fixed_head, small_head
from yinliu.workspace.folder import Workspace


@pytest.fixture(scope="session", autouse=True)
def _segmenters_once() -> Iterator[None]:
    """Bundles of the same words share a segmenter."""

    def shared(words: Iterable[str], *, engine: Engine) -> Segmenter:
        return cached_segmenter(tuple(sorted(set(words))), engine)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nlp.bundle.Segmenter", shared)
        yield


@pytest.fixture(scope="session")
def starter() -> Workspace:
    """The starter files as a workspace."""
    return Workspace(Path(str(files("yinliu.workspace") / "starter")))


@pytest.fixture(scope="session")
def intents(starter: Workspace) -> Intents:
    """The starter's intents."""
    return starter.intents


@pytest.fixture(scope="session")
def small_spec(intents: Intents) -> Spec:
    """A small team's rules: camping, the starter's intents, one brand, two places."""
    words = {
        "brands": [{"name": "泠川", "also": ["LingChuan"]}],
        "competitors": [{"name": "某净"}],
        "keywords": ["蛋卷"],
    }
    topics = Topics.model_validate(CAMPING)
    return Spec(topics=topics, intents=intents, words=Words.model_validate(words), places=("杭州", "上海"))


@pytest.fixture(scope="session")
def team(small_spec: Spec) -> Bundle:
    """A small team's bundle without heads."""
    return Bundle(small_spec, {})


@pytest.fixture(scope="session")
def headed(small_spec: Spec) -> Bundle:
    """The same team's bundle with small heads of intents, sentiments and topics."""
    topics = fixed_head(("camping", "coffee"), [0, 1])
    return Bundle(small_spec, {"intents": small_head(), "sentiment": feeling_head(), "topics": topics})
