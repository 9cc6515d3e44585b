"""Bytes to text, HTML to text, text to times and numbers: pure functions, each saying what was wrong with its input."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

import lxml.html
from charset_normalizer import from_bytes

FUTURE_TOLERANCE = timedelta(days=1)
"""A time further ahead than this is not believed: clocks differ by minutes and zones by hours, not by days."""

_WEB_BEGAN = 1990
_MILLISECOND_DIGITS = 13
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_BLOCKS = frozenset(
    ("address", "article", "blockquote", "dd", "div", "dl", "dt", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "li")
).union(("ol", "p", "pre", "section", "table", "tr", "ul"))
_SILENT = frozenset(("script", "style", "template", "noscript"))
_SOURCE_BREAK = re.compile(r"[ \t\r\f]*\n\s*|\t+")
_CHINESE_TIME = re.compile(
    r"(\d{4})\s*[年/.-]\s*(\d{1,2})\s*[月/.-]\s*(\d{1,2})\s*日?(?:[\sT]*(\d{1,2})\s*[:：时]\s*(\d{1,2})(?:\s*[:：分]\s*(\d{1,2}))?)?"
)


def decode(body: bytes, *, declared: str | None) -> tuple[str, tuple[str, ...]]:
    """The text of a body and its flaws: ``charset_mismatch`` when the declared encoding was wrong, ``invalid_text``
    when some bytes fit no encoding (they become U+FFFD).

    Valid multi-byte UTF-8 is believed over any label: other Chinese encodings practically never form it by chance.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body.decode(name, errors="replace"), ()
    label = (declared or "utf-8").lower().replace("_", "-")
    for name in dict.fromkeys(("utf-8", _widened(label), *_detected(body, label))):
        try:
            text = body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        return text, () if name == _widened(label) or body.isascii() else ("charset_mismatch",)
    return body.decode("utf-8", errors="replace"), ("invalid_text",)


def _widened(label: str) -> str:
    """GB2312 and GBK pages are read as their superset, as browsers do."""
    return "gb18030" if label in ("gb2312", "gbk", "gb18030") else label


def _detected(body: bytes, label: str) -> list[str]:
    """Encodings to try after the declared one failed, the likeliest first."""
    if label == "utf-8" and _is_utf8(body):
        return []
    best = from_bytes(body[:65536], cp_isolation=["gb18030", "big5"]).best()
    return [best.encoding] if best and best.encoding == "big5" else ["gb18030", "big5"]


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without control characters and lone surrogates, which no database keeps; joiners of emoji stay."""
    whole = text.encode("utf-8", errors="replace").decode("utf-8") if _has_surrogate(text) else text
    kept = _CONTROLS.sub("", whole)
    return kept.strip(), ("invalid_text",) if kept != text else ()


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


def html_text(markup: str) -> str:
    """What a reader sees of a piece of HTML: paragraphs as lines, emoji pictures as their alternative text."""
    bare = markup.replace("\x00", "")
    if not bare.strip():
        return ""
    return element_text(lxml.html.fragment_fromstring(bare, create_parent="div"))


def element_text(element: Any) -> str:
    """What a reader sees of an lxml element."""
    pieces: list[str] = []
    _collect(element, pieces)
    lines = (line.replace("\u00a0", " ").strip() for line in "".join(pieces).split("\n"))
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()


def _collect(element: Any, pieces: list[str]) -> None:
    tag = element.tag if isinstance(element.tag, str) else ""
    if tag and tag not in _SILENT:
        edge = "\n" if tag in _BLOCKS else ""
        pieces.append(edge + _own_text(element, tag))
        for child in element:
            _collect(child, pieces)
            pieces.append(_unwrapped(child.tail))
        pieces.append(edge)


def _own_text(element: Any, tag: str) -> str:
    if tag == "br":
        return "\n"
    if tag == "img":
        return str(element.get("alt") or "")
    return _unwrapped(element.text)


def _unwrapped(text: str | None) -> str:
    """A line break in the source is a space to a reader; spaces that somebody typed within a line stay."""
    return _SOURCE_BREAK.sub(" ", text or "")


def parse_time(raw: str | None, *, zone: ZoneInfo, now: datetime) -> tuple[datetime | None, tuple[str, ...]]:
    """The moment written in ``raw`` (ISO 8601, RFC 2822, Unix seconds, 2026年8月1日 9:00), read in ``zone`` where it
    names none; None and ``bad_timestamp`` when it is missing, unreadable or in the future."""
    moment = _moment(raw.strip(), zone) if raw else None
    if moment is None or moment > now + FUTURE_TOLERANCE or moment.year < _WEB_BEGAN:
        return None, ("bad_timestamp",)
    return moment, ()


def _moment(raw: str, zone: ZoneInfo) -> datetime | None:
    for read in (_iso, _mail, _unix, _chinese):
        try:
            found = read(raw)
        except (ValueError, OverflowError, TypeError, OSError):
            continue
        if found is not None:
            return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    return None


def _iso(raw: str) -> datetime:
    return datetime.fromisoformat(raw)


def _mail(raw: str) -> datetime:
    return parsedate_to_datetime(raw)


def _unix(raw: str) -> datetime | None:
    if not re.fullmatch(r"\d{9,10}(\.\d+)?|\d{13}", raw):
        return None
    return datetime.fromtimestamp(float(raw) / (1000 if len(raw) == _MILLISECOND_DIGITS else 1), tz=UTC)


def _chinese(raw: str) -> datetime | None:
    found = _CHINESE_TIME.search(raw)
    return datetime(*(int(part or 0) for part in found.groups())) if found else None  # type: ignore[arg-type]


def parse_count(raw: str) -> int | None:
    """The whole number written in ``raw`` ("3,456", "赞 12"); None when there is none or it is a rounded one."""
    found = re.fullmatch(r"\D*?(\d{1,3}(?:,\d{3})+|\d+)\s*(?:次|人|个|条)?[^\d万亿wkWK+]*", raw.strip())
    return int(found[1].replace(",", "")) if found else None
