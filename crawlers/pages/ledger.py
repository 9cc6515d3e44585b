"""Which addresses have been asked, in a cursor of bounded size; and by it, which of a sitemap's pages are news."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

MOST_REMEMBERED = 20_000
"""Addresses that a cursor remembers, four bytes each; those asked last stay.

With a full memory one new address in 200,000 is taken for one of them (CRC-32).
"""

OVERLAP = timedelta(days=1)
"""What changed so shortly before the newest change of the last crawl is looked at again."""

MOST_OWED = 500
"""Addresses that could not be had and are tried again, those that failed last first."""

_MOST_RECENT = 5_000
_SHARED = 20
"""So many pages that changed in the same second did not change."""
_SETTLED = timedelta(days=2)
"""A change that is dated by its day alone may be followed by another of that day, until it is over everywhere."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An address of a sitemap, and when what it leads to last changed; None where that is unknown."""

    address: str
    changed: datetime | None = None


def checksum(*texts: str) -> int:
    """32 bits that stand for some texts."""
    return zlib.crc32("\x00".join(texts).encode("utf-8", "replace"))


def pack(numbers: Iterable[int]) -> str:
    """Checksums as a text."""
    return base64.b64encode(b"".join(struct.pack(">I", number) for number in numbers)).decode("ascii")


def unpack(text: str) -> list[int]:
    """The checksums of :func:`pack`."""
    return [number for (number,) in struct.iter_unpack(">I", base64.b64decode(text))]


def believed(pages: Sequence[Listed]) -> list[Listed]:
    """The pages, without the time that most of them share: it is when the site was built, not when they changed."""
    common = Counter(page.changed for page in pages if page.changed).most_common(1)
    if not common or common[0][1] < max(_SHARED, len(pages) / 2):
        return list(pages)
    return [Listed(page.address) if page.changed == common[0][0] else page for page in pages]


class Ledger:
    """What earlier crawls asked (``cursor``) and what this one does (``memory``, which it keeps JSON-able).

    ``reading`` says how pages are read: where that has changed, pages that could not be read get another chance.
    """

    def __init__(
        self, cursor: dict[str, Any], memory: dict[str, Any], *, reading: dict[str, Any], now: datetime
    ) -> None:
        self._reading = checksum(json.dumps(reading, sort_keys=True))
        before = cursor if cursor.get("reading") == self._reading else {}
        self._memory, self._now = memory, now
        self._before = unpack(before.get("seen", ""))
        self._earlier = frozenset(self._before)
        self._recent = frozenset(unpack(before.get("recent", "")))
        self._mark = _moment(before.get("mark"))
        self._whole = bool(before.get("whole"))
        self._loose = bool(before.get("loose"))
        for name in ("asked", "recent"):
            memory.setdefault(name, [])
        memory.setdefault("owed", list(before.get("owed", ())))
        self._asked = set(memory["asked"])
        self._ground = self._earlier.union(memory["asked"][: memory.get("kept", 0)])
        self._seen = self._asked.union(self._before)

    def __contains__(self, address: str) -> bool:
        """Whether an address was asked, by this crawl or an earlier one."""
        return checksum(address) in self._seen

    def begin(self) -> None:
        """A new crawl: what those before it asked is ground too while they can be continued where they stopped."""
        self._memory["kept"] = 0 if self._memory.pop("torn", False) else len(self._memory["asked"])
        self._ground = self._earlier.union(self._memory["asked"][: self._memory["kept"]])

    def tear(self) -> None:
        """A walk through a list broke off and cannot be continued: only what a complete crawl left is ground."""
        self._memory["torn"] = True

    def knew(self, address: str) -> bool:
        """Whether what lies behind an address was read: a complete crawl met it, or one that is being continued."""
        return checksum(address) in self._ground

    @property
    def has_ground(self) -> bool:
        """Whether a complete crawl left anything to stop at."""
        return bool(self._earlier)

    def note(self, address: str) -> None:
        """An address is asked."""
        number = checksum(address)
        if number not in self._asked:
            self._memory["asked"].append(number)
            self._asked.add(number)
            self._seen.add(number)

    def owe(self, address: str, code: str, *, again: bool) -> None:
        """An address could not be had; it is tried again before others, or after them where it failed before."""
        rest = [one for one in self._memory["owed"] if one[0] != address]
        mine = [address, code]
        self._memory["owed"] = [*rest[: MOST_OWED - 1], mine] if again else [mine, *rest][:MOST_OWED]

    def collect(self) -> tuple[str, str] | None:
        """The next address that is owed, which is no longer, and why it was; None without any."""
        owed = self._memory["owed"]
        self._memory["owed"] = owed[1:]
        return (owed[0][0], owed[0][1]) if owed else None

    @property
    def _since(self) -> datetime | None:
        return self._mark - OVERLAP if self._mark else None

    def news(self, pages: Iterable[Listed]) -> list[Listed]:
        """Those to be asked: what was never seen, then what has changed since; in each the latest first."""
        return sorted(filter(self._is_news, pages), key=lambda page: (page.address in self, _age(page)))

    def _is_news(self, page: Listed) -> bool:
        number = checksum(page.address)
        if number in self._asked:
            return False
        old = page.changed is not None and self._since is not None and page.changed <= self._since
        if old and self._whole and len(self._before) >= MOST_REMEMBERED:
            return False
        changed = page.changed is not None and self._since is not None and not old
        return number not in self._seen or (changed and _version(page) not in self._recent)

    def look(self, pages: list[Listed], asked: Iterable[Listed]) -> None:
        """Take note of a file's pages, of which some are asked: the newest change, and the latest versions known."""
        taken = {page.address for page in asked}
        for page in pages:
            if page.changed is None:
                continue
            self._memory["mark"] = max(self._memory.get("mark") or "", _stamp(page.changed))
            if (page.address in taken and self._is_settled(page.changed)) or _version(page) in self._recent:
                self._memory["recent"].append([page.changed.timestamp(), _version(page)])
        self._memory["recent"] = self._after(self._mark or _moment(self._memory.get("mark")))

    def _after(self, mark: datetime | None) -> list[list[Any]]:
        """The versions that the next crawl will look at again, the latest first."""
        start = (mark - OVERLAP).timestamp() if mark else 0
        return sorted((one for one in self._memory["recent"] if one[0] > start), reverse=True)[:_MOST_RECENT]

    def _is_settled(self, changed: datetime) -> bool:
        by_day = changed.minute == 0 and changed.second == 0
        return not by_day or self._now - changed > _SETTLED

    def may_skip(self, child: Listed) -> bool:
        """Whether a sitemap of an index holds nothing new; its date counts while it has never been wrong."""
        known = self._since is not None and self._whole and not self._loose and not self._memory.get("loose")
        return known and child.changed is not None and self._since is not None and child.changed <= self._since

    def compare(self, child: Listed, pages: list[Listed]) -> None:
        """A sitemap that lists a later change than its own date has a date that says nothing."""
        times = [page.changed for page in pages if page.changed]
        if child.changed and times and max(times) > child.changed + OVERLAP:
            self._memory["loose"] = True

    def cut(self) -> None:
        """Not all that is new was asked."""
        self._memory["cut"] = True

    def cursor(self) -> dict[str, Any]:
        """What the next crawl needs to know. What was not asked stays news: the mark does not pass it."""
        cut, before = bool(self._memory.get("cut")), _stamp(self._mark) if self._mark else ""
        seen = list(dict.fromkeys((*reversed(self._memory["asked"]), *self._before)))[:MOST_REMEMBERED]
        mark = before if cut and before else max(before, self._memory.get("mark") or "")
        recent = dict.fromkeys(number for _, number in self._after(_moment(mark)))
        found = {"seen": pack(seen), "recent": pack(recent), "mark": mark, "whole": not cut}
        loose = self._loose or bool(self._memory.get("loose"))
        return {"reading": self._reading, **found, "loose": loose, "owed": self._memory["owed"]}


def _version(page: Listed) -> int:
    return checksum(page.address, _stamp(page.changed) if page.changed else "")


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _age(page: Listed) -> float:
    """The latest change first, what is undated last."""
    return -page.changed.timestamp() if page.changed else 0.0


def _moment(stamp: str | None) -> datetime | None:
    return datetime.fromisoformat(stamp) if stamp else None
