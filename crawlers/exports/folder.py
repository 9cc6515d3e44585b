"""The files of a folder that may be exports, and what their content is known by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

_NEVER = frozenset((".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".svg", ".mp4", ".mov", ".mp3", ".m4a", ".wav"))
"""Pictures, sound and video, which other crawlers save beside their tables."""

_UNFINISHED = (".crdownload", ".part", ".partial", ".tmp", ".download", ".lock")
_COMPANIONS = ("-wal", "-shm", "-journal")
_CHUNK = 1 << 20


def export_files(folder: Path, *, pattern: str) -> Iterator[Path]:
    """The files below a folder that fit the pattern, in order; hidden, temporary and picture files are passed over."""
    for path in sorted(folder.rglob(pattern)):
        if path.is_file() and not _is_passed_over(path.relative_to(folder)):
            yield path


def _is_passed_over(path: Path) -> bool:
    name = path.name.lower()
    hidden = any(part.startswith((".", "~$")) for part in path.parts)
    return hidden or name.endswith((*_UNFINISHED, *_COMPANIONS)) or path.suffix.lower() in _NEVER


def last_change(path: Path) -> float:
    """When a file or its journal was last written, in seconds since 1970."""
    journal = _journal(path)
    return max(path.stat().st_mtime, journal.stat().st_mtime if journal.is_file() else 0)


def content_digest(path: Path, *, largest: int) -> str:
    """Sixteen hexadecimal digits of the SHA-256 of what a file holds; of a larger one, of its size and last change."""
    state = path.stat()
    digest = hashlib.sha256()
    if state.st_size > largest:
        digest.update(f"{state.st_size} {state.st_mtime_ns}".encode())
        return digest.hexdigest()[:16]
    for part in (path, _journal(path)):
        if part.is_file():  # a pipe of that name would never end
            with part.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
    return digest.hexdigest()[:16]


def _journal(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")
