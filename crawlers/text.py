"""Bytes to text, HTML to text, text to times and numbers: pure functions, each saying what was wrong with its input."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import lxml.etree
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
_TABS = re.compile(r"\t+")
_TAG = re.compile(r"<[^<>]*>")
_NO_CHARSETS = frozenset(("idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "utf-7"))
"""Python's codecs that no page is written in."""
_SNIFFED, _SAMPLE = 65536, 1 << 20
_LONGEST_TIME, _LONGEST_COUNT = 100, 100
_CHINESE_TIME = re.compile(
    r"(\d{4})\s*[年/.-]\s*(\d{1,2})\s*[月/.-]\s*(\d{1,2})\s*日?"
    r"(?:[\sT]*(上午|凌晨|早上|中午|下午|晚上)?\s*(\d{1,2})\s*[:：时点]\s*(\d{1,2})?(?:\s*[:：分]\s*(\d{1,2}))?)?"
)
_NOON = 12
_COUNT = re.compile(
    r"\D*?(\d{1,3}(?:,\d{3}){1,4}|\d{1,15})\s*(?![万亿千百十+]|[wkmb](?![a-z]))[^\d万亿+]*", re.IGNORECASE
)


def decode(body: bytes, *, declared: str | None) -> tuple[str, tuple[str, ...]]:
    """The text of a body and its flaws: ``charset_mismatch`` when the declared encoding was wrong, ``invalid_text``
    when some bytes fit no encoding (they become U+FFFD, the rest is kept).

    Valid multi-byte UTF-8 is believed over any label: other Chinese encodings practically never form it by chance.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _forgiving(body, name)
    label = _label(declared)
    flaw = () if label == "utf-8" or body.isascii() else ("charset_mismatch",)
    text = _strict(body, "utf-8")
    if text is not None:
        return text, flaw
    if _mostly_utf8(body):
        return body.decode("utf-8", errors="replace"), (*flaw, "invalid_text")
    names = list(dict.fromkeys((label, *_detected(body))))
    for name in names:
        text = _strict(body, name)
        if text is not None:
            return text, () if name == label else ("charset_mismatch",)
    return min((_forgiving(body, name) for name in names), key=lambda found: found[0].count("\ufffd"))


def _label(declared: str | None) -> str:
    """The codec a label names, UTF-8 without a usable one; GB2312 and GBK mean their superset, as in browsers."""
    label = (declared or "utf-8").lower().replace("_", "-")
    try:
        "a".encode(label)
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return "utf-8"
    if name in ("gb2312", "gbk"):
        return "gb18030"
    return "utf-8" if name in _NO_CHARSETS else name


def _strict(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (ValueError, LookupError):
        return None


def _forgiving(body: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    text = _strict(body, name)
    return (text, ()) if text is not None else (body.decode(name, errors="replace"), ("invalid_text",))


def _mostly_utf8(body: bytes) -> bool:
    """Broken here and there, but UTF-8: far more three-byte characters come out whole than broken."""
    text = body[:_SAMPLE].decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return broken * 5 <= sum(char >= "\u0800" for char in text) - broken


def _detected(body: bytes) -> list[str]:
    """Encodings to try after the declared one failed, the likeliest first."""
    best = from_bytes(body[:_SNIFFED], cp_isolation=["gb18030", "big5"]).best()
    return ["big5", "gb18030"] if best and best.encoding == "big5" else ["gb18030", "big5"]


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without control characters and lone surrogates, which no database keeps; joiners of emoji stay."""
    whole = text.encode("utf-8", errors="replace").decode("utf-8") if _has_surrogate(text) else text
    kept = _CONTROLS.sub("", whole)
    return kept.strip(), ("invalid_text",) if kept != text else ()


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


def read_html(markup: str) -> tuple[str, tuple[str, ...]]:
    """What a reader sees of a piece of HTML, as a database keeps it, and the flaws of it."""
    bare, spoilt = clean(markup)
    text, also = clean(html_text(bare))
    return text, spoilt or also


def html_text(markup: str) -> str:
    """What a reader sees of a piece of HTML: paragraphs as lines, emoji pictures as their alternative text."""
    bare = clean(markup)[0]
    if not bare:
        return ""
    root = parse_html(f"<html><body>{bare}")
    return element_text(root) if root is not None else unescape(_TAG.sub(" ", bare)).strip()


def parse_html(document: str) -> Any:
    """The root element of an HTML document; None when it is nested too deeply to be read (2,048 levels)."""
    parser = lxml.html.HTMLParser(huge_tree=True)
    root = lxml.html.document_fromstring(document, parser=parser)
    return None if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log) else root


def element_text(element: Any) -> str:
    """What a reader sees of an lxml element."""
    lines = (line.replace("\u00a0", " ").strip() for line in "".join(_pieces(element)).split("\n"))
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()


def _pieces(element: Any) -> Iterator[str]:
    """The texts below an element in document order, without recursion: a page may be nested as deep as it likes."""
    walk = lxml.etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        edge = "\n" if node.tag in _BLOCKS else ""
        if event == "start":
            if node.tag in _SILENT:
                walk.skip_subtree()
            else:
                yield edge + _own_text(node)
            continue
        yield edge
        if node is not element:
            yield _unwrapped(node.tail)


def _own_text(element: Any) -> str:
    if element.tag == "br":
        return "\n"
    if element.tag == "img":
        return str(element.get("alt") or "")
    return _unwrapped(element.text)


def _unwrapped(text: str | None) -> str:
    """A line break in the source is a space to a reader; spaces that somebody typed within a line stay."""
    first, *rest = (text or "").split("\n")
    if rest:
        last = rest.pop()
        middle = (line.strip() for line in rest)
        first = " ".join((first.rstrip(" \t\r\f"), *(line for line in middle if line), last.lstrip()))
    return _TABS.sub(" ", first)


def parse_time(raw: str | None, *, zone: ZoneInfo, now: datetime) -> tuple[datetime | None, tuple[str, ...]]:
    """The moment written in ``raw`` (ISO 8601, RFC 2822, Unix seconds, 2026年8月1日 9:00), read in ``zone`` where it
    names none; None and ``bad_timestamp`` when it is missing, unreadable or in the future."""
    moment = _moment(raw.strip(), zone) if raw and len(raw) <= _LONGEST_TIME else None
    if moment is None or moment > now + FUTURE_TOLERANCE or moment.year < _WEB_BEGAN:
        return None, ("bad_timestamp",)
    return moment, ()


def _moment(raw: str, zone: ZoneInfo) -> datetime | None:
    for read in (_iso, _mail, _unix, _chinese):
        try:
            found = read(raw)
            if found is not None:
                return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError, TypeError, OSError):
            continue
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
    if found is None:
        return None
    year, month, day, half, *clock = found.groups()
    hour, minute, second = (int(part or 0) for part in clock)
    late = half in ("下午", "晚上") and hour < _NOON
    return datetime(int(year), int(month), int(day), hour + _NOON * late, minute, second)


def parse_count(raw: str) -> int | None:
    """The whole number written in ``raw`` ("3,456", "赞 12"); None when there is none or it is a rounded one."""
    found = _COUNT.fullmatch(raw.strip()) if len(raw) <= _LONGEST_COUNT else None
    return int(found[1].replace(",", "")) if found else None
