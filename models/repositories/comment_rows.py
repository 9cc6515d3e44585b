"""A comment as the row of values that is stored of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec

from models.repositories.gathered import RELATIVE, CommentLike

ANONYMOUS = "comment:"
"""Begins the external id of an account that stands for nobody in particular: the writer of one comment."""

EXTERNAL, POST, PARENT, URL, TEXT, AT, RAW, FLAWS, AUTHOR, HASH = range(10)
"""The places in what :func:`row_reader` gives."""


def two_writers(known: str, given: str) -> bool:
    """Two accounts that are really two: neither only stands for a comment's unknown writer."""
    return known != given and not known.startswith(ANONYMOUS) and not given.startswith(ANONYMOUS)


@lru_cache(maxsize=1024)
def flaws_json(flaws: tuple[str, ...]) -> str:
    """Flaws as the JSON column keeps them."""
    return json.dumps(list(flaws))


def row_reader(*, sqlite: bool) -> Callable[[CommentLike], tuple[Any, ...]]:
    """What reads an item into the values that are stored, its account, and the digest of what it means.

    How its time was written is no part of that: 昨天 12:30 is 11-20 12:30 a day later.
    """
    encode, width = msgspec.msgpack.Encoder().encode, 26 if sqlite else 32

    def body(item: CommentLike) -> tuple[Any, ...]:
        published, external = item.published, item.external_id
        if published is not None and published.tzinfo is not UTC:
            published = published.astimezone(UTC)
        values = (
            external,
            item.post_id,
            item.parent_id,
            item.url,
            item.text,
            published.isoformat(" ", "microseconds")[:width] if published is not None else None,
            item.published_raw,
            flaws_json(item.flaws),
            item.author_id or ANONYMOUS + external,
        )
        at = None if RELATIVE in item.flaws else values[AT]
        meant = (*values[:AT], at, *values[FLAWS:])
        return (*values, blake2b(encode(meant), digest_size=16).hexdigest())

    return body
