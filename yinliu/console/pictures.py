"""QR codes drawn (ISO/IEC 18004, by segno)."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import segno

_DARK = "#14201a"
_QUIET = 4
"""Modules of white around a code, as the standard asks."""


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
    """Write the code into a file, whose folder is made; ``ValueError`` unless its name ends in .svg or .png."""
    kind = file.suffix.lower()[1:]
    if kind not in ("svg", "png"):
        raise ValueError(file.suffix)
    file.parent.mkdir(parents=True, exist_ok=True)
    qr_of(address).save(str(file), kind=kind, border=_QUIET, scale=10)
