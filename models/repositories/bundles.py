"""Which bundles tagged anything, and what they were made of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.labels import Bundle
from models.repositories.upsert import upsert


class BundleRepository:
    """Bundles by version, in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def remember(self, version: str, ingredients: dict[str, Any], *, at: datetime) -> None:
        """Keep what a version is made of, once."""
        row = {"version": version, "ingredients": ingredients, "first_used_at": at}
        upsert(self._session, Bundle, [row], key=("version",), update=())

    def ingredients(self, version: str) -> dict[str, Any] | None:
        """What a version was made of; None where nobody knows."""
        return self._session.scalars(select(Bundle.ingredients).where(Bundle.version == version)).first()
