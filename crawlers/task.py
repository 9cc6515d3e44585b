"""One crawl as a task: what whoever starts a crawl process tells it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel


class Job(BaseModel):
    """What one crawl process is told, as one JSON line on its standard input."""

    source: dict[str, Any]
    run: str
    landing: Path
    started_at: datetime
    cursor: dict[str, Any] = {}
    since: datetime | None = None
    browser: str | None = None
