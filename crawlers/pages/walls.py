"""Whether a redirect led to a wall (a login, a captcha) instead of the page that was asked for."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

_WALL = re.compile(
    r"(?:[a-z]+[-_]?)?(?:log-?in|sign[-_]?in|passport|captcha|verify|verification)(?:\.[a-z]+)?", re.IGNORECASE
)
"""A whole part of a path, like ``user_login.php``, or of a host name."""


def has_moved(asked: str, came: str) -> bool:
    """Whether a page came from another path than the one asked for; a slash at the end makes no difference."""
    return _path(asked) != _path(came)


def is_wall(address: str) -> bool:
    """Whether an address looks like a login or a test for robots."""
    parts = urlsplit(address)
    return any(_WALL.fullmatch(part) for part in (*(parts.hostname or "").split("."), *parts.path.split("/")))


def place(asked: str, came: str) -> str:
    """Where a redirect led, without the parameters that tell the way back (``?next=/post/1``)."""
    parts, origin = urlsplit(came), _path(asked)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if origin not in unquote(value)]
    return f"{parts.netloc}{parts.path}?{urlencode(kept)}"


def _path(address: str) -> str:
    return urlsplit(address).path.rstrip("/") or "/"
