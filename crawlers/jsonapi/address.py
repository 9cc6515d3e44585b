"""Where to ask: the path of a section with its placeholders, its parameters and the place in the paging."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from crawlers.problems import CrawlProblem

PLACEHOLDERS = ("post.id", "post.url", "post.path", "post.plain_path", "comment.id")
"""What ``{…}`` may name; ``post.path`` is the path as the address writes it, ``post.plain_path`` with %XX read."""

NOTHING: Mapping[str, str] = {}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_USUAL = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class About:
    """What a request is about: a post, by its id and address, and where needed one comment of it."""

    id: str
    url: str
    comment: str = ""

    @classmethod
    def of(cls, plain: Mapping[str, str]) -> Self:
        """What :meth:`plain` gave."""
        return cls(plain["id"], plain["url"], plain.get("comment", ""))

    def plain(self) -> dict[str, str]:
        """A JSON-able mapping."""
        return {"id": self.id, "url": self.url, **({"comment": self.comment} if self.comment else {})}

    def values(self) -> dict[str, str]:
        """The value of each placeholder."""
        path = path_of(self.url)
        names = dict(zip(PLACEHOLDERS, (self.id, self.url, path, unquote(path)), strict=False))
        return {**names, "comment.id": self.comment}


def path_of(url: str) -> str:
    """The path of an address; for a script's site the route after ``#``, which is the path its comments belong to."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.fragment if parts.fragment.startswith("/") else parts.path


def placeholders(text: str) -> list[str]:
    """The placeholders in a text, in order."""
    return _PLACEHOLDER.findall(text)


def fill(text: str, about: About | None, *, in_path: bool) -> str:
    """The text with its placeholders filled in; in a path every character that could mean something is escaped."""
    values = about.values() if about else {}

    def value(found: re.Match[str]) -> str:
        given = values.get(found[1], "")
        return _escaped(given) if in_path else given

    return _PLACEHOLDER.sub(value, text)


def _escaped(value: str) -> str:
    """One segment of a path; a segment of dots only would climb."""
    return value.replace(".", "%2E") if not value.strip(".") else quote(value, safe="", errors="replace")


def address(
    base: str,
    path: str,
    *,
    about: About | None = None,
    params: Mapping[str, str] = NOTHING,
    place: Mapping[str, str] = NOTHING,
) -> str:
    """The address of a section: ``path`` against ``base``, its parameters, and those of a place in the paging.

    Placeholders are filled in after the address is whole, so that none can lead to another host.
    """
    template = urlsplit(urljoin(base, path))
    pairs = {name: fill(value, about, in_path=False) for name, value in params.items()} | dict(place)
    own = fill(template.query, about, in_path=True)
    query = "&".join(part for part in (own, urlencode(pairs, errors="replace")) if part)
    return urlunsplit((template.scheme, template.netloc, fill(template.path, about, in_path=True) or "/", query, ""))


def same_site(one: str, other: str) -> bool:
    """Whether two addresses share scheme, host and port."""
    return _site(one) == _site(other)


def _site(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _USUAL.get(parts.scheme)


def followed(link: str, *, page: str, without: Collection[str]) -> str:
    """The address a page names as the next one, without the parameters that carry secrets (some sites echo them).

    ``redirect_forbidden`` when it leads to another host: what is asked there was never configured.
    """
    try:
        whole = urljoin(page, link.strip())
        same = same_site(whole, page)
    except ValueError:
        same = False
    if not same:
        raise CrawlProblem("redirect_forbidden", f"the next page is said to be at {link[:200]!r}")
    parts = urlsplit(whole)
    if not set(without) & {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}:
        return urlunsplit(parts._replace(fragment=""))
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in without]
    return urlunsplit(parts._replace(query=urlencode(kept), fragment=""))
