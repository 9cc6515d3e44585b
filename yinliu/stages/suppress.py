"""suppress: whoever asked not to be contacted is left alone from now on, everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from models.unit_of_work import UnitOfWork


def suppress(
    work: UnitOfWork, *, accounts: Mapping[int, int | None], actor: str, now: datetime, reason: str = ""
) -> int:
    """Leave the persons of these accounts alone; gives how many were not suppressed before.

    ``accounts``: each with the comment that said so, None where an operator says so. They are never routed, exported
    or contacted again; what was under way for them ends as ``opted_out`` and its seat is free.
    """
    return len(work.identities.suppress(accounts, actor=actor, now=now, reason=reason)) if accounts else 0
