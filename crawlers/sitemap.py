"""Sitemaps as the protocol of sitemaps.org has them: ``urlset``, ``sitemapindex``, one address a line, gzip of each."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.etree

from crawlers.charsets import decode
from crawlers.problems import CrawlProblem
from crawlers.quoting import beginning

MOST_ADDRESSES = 50_000
"""The protocol's limit of a file."""
LARGEST = 50 << 20
"""Bytes of a file after decompression: the protocol's limit."""

_LONGEST_ADDRESS = 2048
_GZIP = b"\x1f\x8b"
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_LABEL = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_MOST_MEMBERS = 1000
_PORTS = {"http": 80, "https": 443}

Entry = tuple[str, str | None]
"""An address, and when it last changed as it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What one file lists, each address once, in its order: ``pages``, and ``children`` that are sitemaps themselves.

    ``skipped`` counts addresses that were left out: no http(s), another host's, too long, beyond the limit.
    """

    pages: list[Entry]
    children: list[Entry]
    skipped: int = 0


def parse_sitemap(body: bytes | str, *, url: str, any_host: bool = False) -> Sitemap:
    """The sitemap that ``url`` answered with. Other hosts' addresses are taken only with ``any_host`` (sitemaps.org:
    a sitemap speaks for its own host).

    Broken XML is read as far as it goes. Raises :class:`CrawlProblem`: ``empty_body``, ``decompressed_too_large``,
    ``truncated`` (gzip), ``xml_entities_refused``, ``not_sitemap``.
    """
    text = _text(body)
    if not text.strip():
        raise CrawlProblem("empty_body", f"{len(body)} B")
    if not text.lstrip().startswith("<"):
        return _chosen(_lines(text), url=url, any_host=any_host, index=False)
    root = _root(text)
    index = _name(root) == "sitemapindex"
    return _chosen(_entries(root, "sitemap" if index else "url"), url=url, any_host=any_host, index=index)


def sitemaps_of_robots(text: str) -> list[str]:
    """The sitemaps that a robots.txt names, each once; they may be on other hosts (sitemaps.org, "Submitting")."""
    found = (address for address in _SITEMAP_LINE.findall(text) if len(address) <= _LONGEST_ADDRESS)
    return list(dict.fromkeys(address for address in found if _host(address)))


def _text(body: bytes | str) -> str:
    if isinstance(body, str):
        return body.removeprefix("\ufeff")
    plain = _unzipped(body) if body.startswith(_GZIP) else body
    if len(plain) > LARGEST:
        raise CrawlProblem("decompressed_too_large", f"{len(plain)} B, {LARGEST} are read")
    label = _LABEL.match(plain[:300])
    return decode(plain, declared=label[1].decode("ascii") if label else None)[0]


def _unzipped(body: bytes) -> bytes:
    """Every member of a gzip file, never more than the limit in memory."""
    plain, rest, members = b"", body, 0
    while rest.startswith(_GZIP):
        members += 1
        if members > _MOST_MEMBERS:
            raise CrawlProblem("decompressed_too_large", f"more than {_MOST_MEMBERS} gzip members")
        unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            plain += unzip.decompress(rest, LARGEST + 1 - len(plain))
        except zlib.error as error:
            raise CrawlProblem("truncated", f"gzip: {error}") from error
        if len(plain) > LARGEST:
            raise CrawlProblem("decompressed_too_large", f"more than {LARGEST} B of {len(body)} B gzip")
        if not unzip.eof:
            raise CrawlProblem("truncated", f"gzip ends after {len(body)} B, in the middle")
        rest = unzip.unused_data
    return plain


def _root(text: str) -> Any:
    if _ENTITY.search(text):
        raise CrawlProblem("xml_entities_refused", "the sitemap declares entities of its own")
    parser = lxml.etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = lxml.etree.fromstring(_DECLARATION.sub("", text).encode("utf-8", "replace"), parser)
    except lxml.etree.LxmlError as error:
        raise CrawlProblem("not_sitemap", f"{str(error)[:100]}; {beginning(text)}") from error
    if root is None or _name(root) not in ("urlset", "sitemapindex"):
        found = "nothing" if root is None else f"<{_name(root)[:60]}>"
        raise CrawlProblem("not_sitemap", f"{found} instead of <urlset> or <sitemapindex>; {beginning(text)}")
    return root


def _name(element: Any) -> str:
    """The name without its namespace; nothing for a comment."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _entries(root: Any, name: str) -> Iterator[Entry]:
    for element in root.iter():
        if _name(element) == name:
            fields = {_name(child): (child.text or "").strip() for child in reversed(element)}
            yield fields.get("loc", ""), fields.get("lastmod") or None


def _lines(text: str) -> Iterator[Entry]:
    """A sitemap of one address a line; any other line says that it is none."""
    for line in filter(None, map(str.strip, text.splitlines())):
        if not line.lower().startswith(("http://", "https://")):
            raise CrawlProblem("not_sitemap", f"a line without an address: {line[:60]!r}")
        yield line, None


def _chosen(entries: Iterable[Entry], *, url: str, any_host: bool, index: bool) -> Sitemap:
    own, kept, skipped = _host(url), dict[str, str | None](), 0
    for written, changed in entries:
        address = _absolute(url, written)
        if address in kept:
            continue
        host = _host(address)
        if host is None or not (any_host or host == own) or len(kept) >= MOST_ADDRESSES:
            skipped += 1
        else:
            kept[address] = changed
    listed = list(kept.items())
    return Sitemap(pages=[] if index else listed, children=listed if index else [], skipped=skipped)


def _absolute(base: str, written: str) -> str:
    try:
        return urljoin(base, written) if 0 < len(written) <= _LONGEST_ADDRESS else ""
    except ValueError:
        return ""


def _host(address: str) -> tuple[str, int] | None:
    """Host and port of an http(s) address, alike for both schemes' own ports; None for anything else."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host:
        return None
    return host.rstrip("."), 0 if port in (None, _PORTS[parts.scheme]) else port or 0
