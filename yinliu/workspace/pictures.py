"""The pictures of groups that a team puts into its workspace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

LARGEST_PICTURE = 2 * 1024 * 1024
"""Bytes; a picture must be smaller."""
_BEGINNINGS = {
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's bytes and what kind it is."""

    content: bytes
    mime: str


def read_picture(folder: Path, name: str | None) -> Picture | None:
    """A picture of the workspace; None for a place outside it, what is no picture, or one that is too large.

    The first bytes decide, not the name alone.
    """
    try:
        path = (folder / (name or "")).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file() or path.stat().st_size >= LARGEST_PICTURE:
            return None
        content = path.read_bytes()
    except (OSError, ValueError):
        return None
    return _known(path.suffix.lower(), content)


def _known(suffix: str, content: bytes) -> Picture | None:
    if suffix == ".svg":
        return Picture(content, "image/svg+xml") if b"<svg" in content[:4096] else None
    mime, beginning = _BEGINNINGS.get(suffix, ("", b"-"))
    return Picture(content, mime) if mime and content.startswith(beginning) else None
