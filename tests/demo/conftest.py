"""The demo content of one fixed Saturday, and the site that serves it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from yinliu.demo.composition import DemoContent, compose
from yinliu.demo.schedule import SHANGHAI
from yinliu.demo.site import serve

SATURDAY = datetime(2026, 11, 21, 15, 30, tzinfo=SHANGHAI)


@pytest.fixture(scope="session")
def content() -> DemoContent:
    """The content as it stands on that Saturday."""
    return compose(now=SATURDAY)


@pytest.fixture(scope="session")
def site(content: DemoContent) -> Iterator[str]:
    """The base URL of the running site."""
    with serve(content) as base:
        yield base
