"""The way from a comment to a ticket, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from yinliu.language import Language, Text
from yinliu.reports.amounts import UNKNOWN, Direction, percent, ratio, short
from yinliu.reports.facts import WeekTally
from yinliu.reports.wording import say

_NAMES = (
    Text("评论", "Comments"),
    Text("留言人数", "People commenting"),
    Text("有意向", "Interested"),
    Text("合格线索", "Qualified leads"),
    Text("入群工单", "Onboarding tickets"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: how many got here, which part of the step before that is, and what it was last week."""

    name: Text
    count: int
    rate: float | None
    before_rate: float | None
    width: float
    people: bool

    def told(self, language: Language) -> str:
        """转化率 57.7%; the step from comments to people is an average, for one person may comment many times."""
        if self.people:
            return say(Text(f"转化率 {percent(self.rate)}", f"{percent(self.rate)} conversion"), language)
        each = UNKNOWN if not self.rate else f"{1 / self.rate:.1f}"
        return say(Text(f"人均 {each} 条", f"{each} comments each"), language)

    @property
    def points(self) -> float | None:
        """By how many percentage points the rate moved; `None` where either week has no rate or it is no conversion."""
        if not self.people or self.rate is None or self.before_rate is None:
            return None
        return round((self.rate - self.before_rate) * 100, 1)

    @property
    def direction(self) -> Direction:
        """Which way the rate moved."""
        if self.points is None:
            return "unknown"
        return "same" if not self.points else "up" if self.points > 0 else "down"

    def compared(self, language: Language) -> str:
        """较上周 +3.6 个百分点; empty where there is nothing to compare."""
        if self.points is None:
            return ""
        points = f"{self.points:+.1f}".replace("-", "−")
        return say(Text(f"较上周 {points} 个百分点", f"{points} pp"), language)


def funnel(this: WeekTally, before: WeekTally | None) -> tuple[Step, ...]:
    """The five steps of this week beside the rates of the week before."""
    counts, earlier = _counts(this), _counts(before) if before else (None,) * len(_NAMES)
    widest = max(*counts, 1)
    return tuple(
        Step(name, count, *_rates(place, counts, earlier), width=count / widest, people=place > 1)
        for place, (name, count) in enumerate(zip(_NAMES, counts, strict=True))
    )


def whole_way(this: WeekTally, language: Language) -> str:
    """From people commenting to tickets, as one rate."""
    rate = percent(ratio(this.tickets, this.commenters))
    people, tickets = short(this.commenters, language), short(this.tickets, language)
    zh = f"留言到入群工单，整体转化率 {rate}（{people} 人 → {tickets} 张）"
    return say(Text(zh, f"All the way: {rate} of people commenting got a ticket ({people} → {tickets})"), language)


def _counts(tally: WeekTally) -> tuple[int, ...]:
    return tally.comments, tally.commenters, tally.people_interested, tally.leads, tally.tickets


def _rates(place: int, counts: tuple[int, ...], earlier: tuple[int | None, ...]) -> tuple[float | None, float | None]:
    if place == 0:
        return None, None
    return ratio(counts[place], counts[place - 1]), ratio(earlier[place], earlier[place - 1])
