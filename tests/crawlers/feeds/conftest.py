"""A site on loopback and crawls of its feed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawlers.feeds.crawling import Crawls
from tests.hostile.server import Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that answers what the test says."""
    with serving() as running:
        yield running


@pytest.fixture
def crawl(site: Site, tmp_path: Path) -> Crawls:
    """Crawls of the site, one after the other."""
    return Crawls(site, tmp_path / "landing")
