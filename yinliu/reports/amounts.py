"""Figures as a reader wants them: 3.9万, ▲ 12.5%, a dash for what nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from yinliu.language import Language, Text
from yinliu.reports.wording import say

UNKNOWN = "—"
SMALLEST = 0.001
"""Shares below this are told as "<0.1%"."""
Direction = Literal["up", "down", "same", "from_zero", "unknown"]
_UNITS: dict[Language, tuple[tuple[int, str], ...]] = {
    "zh": ((100_000_000, "亿"), (10_000, "万")),
    "en": ((1_000_000_000, "B"), (1_000_000, "M"), (10_000, "K")),
}
_STEP_OF = {"亿": 100_000_000, "万": 10_000, "B": 1_000_000_000, "M": 1_000_000, "K": 1_000}


def exact(count: int | None) -> str:
    """All digits: `38,612`; a dash when unknown."""
    return UNKNOWN if count is None else f"{count:,}"


def short(count: int | None, language: Language) -> str:
    """At most four digits: `3.9万` in Chinese, `38.6K` in English; a dash when unknown."""
    for least, unit in _UNITS[language]:
        if count is not None and count >= least:
            return f"{count / _STEP_OF[unit]:.1f}".removesuffix(".0") + unit
    return exact(count)


def ratio(part: float | None, whole: float | None) -> float | None:
    """A part of a whole, or `None` when there is no whole to take it of."""
    return None if part is None or not whole else part / whole


def percent(share: float | None) -> str:
    """`12.5%`, without decimals from 100% on; a dash when unknown."""
    if share is None:
        return UNKNOWN
    if 0 < share < SMALLEST:
        return "<0.1%"
    return f"{share:.1%}" if share < 1 else f"{share:,.0%}"


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure moved from the week before."""

    now: int | None
    before: int | None

    @property
    def direction(self) -> Direction:
        """Which way it went; a rise from 0 has no percentage and is its own case."""
        if self.now is None or self.before is None:
            return "unknown"
        if self.now == self.before:
            return "same"
        if self.before == 0:
            return "from_zero"
        return "up" if self.now > self.before else "down"

    @property
    def difference(self) -> int | None:
        """By how many it moved."""
        return None if self.now is None or self.before is None else self.now - self.before

    @property
    def share(self) -> float | None:
        """By which part of the week before it moved, without sign; `None` from 0 or from the unknown."""
        part = ratio(self.difference, self.before)
        return None if part is None else abs(part)

    def arrow(self, language: Language) -> str:
        """For a tile: `▲ 12.5%`, `▼ 8.0%`, 持平, 新增, or a dash."""
        match self.direction:
            case "up" | "from_zero" if self.share is None:
                return say(Text("▲ 新增", "▲ new"), language)
            case "up":
                return f"▲ {percent(self.share)}"
            case "down":
                return f"▼ {percent(self.share)}"
            case "same":
                return say(Text("持平", "no change"), language)
        return UNKNOWN

    def reference(self, language: Language) -> str:
        """What it is compared with: 上周 1,204, 上周为 0, 上周无数据."""
        if self.before is None:
            return say(Text("上周无数据", "no figure last week"), language)
        if self.before == 0:
            return say(Text("上周为 0", "0 last week"), language)
        return say(Text(f"上周 {short(self.before, 'zh')}", f"{short(self.before, 'en')} last week"), language)
