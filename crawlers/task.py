"""One crawl as a task: what whoever starts a crawl process tells it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from crawlers.frontier import FILE


class Visit(BaseModel):
    """A post that is due to be read again; ``known`` are the newest comments known, by external id."""

    post_id: str
    url: str
    known: tuple[str, ...] = ()


class Job(BaseModel):
    """What one crawl process is told, as one JSON line on its standard input.

    ``frontier`` is the name of its journal beside the landing file, ``digest`` what that journal belongs to.
    """

    source: dict[str, Any]
    run: str
    landing: Path
    started_at: datetime
    frontier: str = FILE
    digest: str = ""
    cursor: dict[str, Any] = {}
    since: datetime | None = None
    browser: str | None = None
    visits: tuple[Visit, ...] = ()
    known_posts: tuple[str, ...] = ()
