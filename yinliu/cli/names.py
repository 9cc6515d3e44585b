"""Names as they are shown: people put their numbers into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nlp.contacts import mask_text


def masked(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose ``name``, and those of its ``accounts``, show no contact."""
    accounts = {"accounts": all_masked(row["accounts"])} if "accounts" in row else {}
    return {**row, "name": mask_text(row["name"] or "") or None, **accounts}


def all_masked(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every row so."""
    return [masked(row) for row in rows]
