"""QR codes drawn (ISO/IEC 18004, by segno), and the pictures of groups that a team puts into its workspace."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import segno

LARGEST_PICTURE = 2 * 1024 * 1024
"""Bytes; a picture must be smaller."""
_BEGINNINGS = {
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
}
_DARK = "#14201a"
_QUIET = 4
"""Modules of white around a code, as the standard asks."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's bytes and what kind it is."""

    content: bytes
    mime: str


def qr_of(address: str) -> segno.QRCode:
    """The code of an address; letters beyond ASCII are escaped, for not all readers guess their encoding alike."""
    return segno.make_qr(quote(address, safe="!#$%&'()*+,/:;=?@[]~"), error="m")


def svg_of(address: str) -> bytes:
    """The code as an SVG file that grows with its place."""
    out = io.BytesIO()
    qr_of(address).save(out, kind="svg", border=_QUIET, dark="#000", light="#fff", scale=8)
    return out.getvalue()


@lru_cache(maxsize=256)
def png_uri_of(address: str) -> str:
    """The code as a picture inside a page: phones recognise a code in a picture that is pressed, not in a drawing.

    The card it stands on is white, so that half of the quiet zone is the page's.
    """
    return str(qr_of(address).png_data_uri(scale=8, border=_QUIET // 2, dark=_DARK, light="#fff"))


def write_qr(address: str, file: Path) -> None:
    """Write the code into a file; ``ValueError`` unless its name ends in .svg or .png."""
    kind = file.suffix.lower()[1:]
    if kind not in ("svg", "png"):
        raise ValueError(file.suffix)
    qr_of(address).save(str(file), kind=kind, border=_QUIET, scale=10)


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
