"""The figures at the top of the report, each beside the week before."""

from __future__ import annotations

from dataclasses import dataclass

from yinliu.language import Language, Text
from yinliu.reports.amounts import Change
from yinliu.reports.facts import WeekTally
from yinliu.reports.wording import say


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure: its name, its value with the week before, a short remark; `goal` where it is what we are here for."""

    name: str
    change: Change
    remark: str = ""
    goal: bool = False


def tiles(this: WeekTally, before: WeekTally | None, *, language: Language) -> tuple[Tile, ...]:
    """All eight, in the order of the way from a post to a ticket."""
    return tuple(
        Tile(
            say(name, language),
            Change(getattr(this, field), getattr(before, field, None)),
            remark,
            goal=field in {"leads", "tickets"},
        )
        for field, name, remark in _figures(this, language)
    )


def _figures(this: WeekTally, language: Language) -> tuple[tuple[str, Text, str], ...]:
    replies = say(Text(f"其中回复 {this.replies:,}", f"{this.replies:,} of them replies"), language)
    return (
        ("posts", Text("发布内容", "Posts"), ""),
        ("views", Text("阅读/播放", "Views"), ""),
        ("likes", Text("点赞", "Likes"), ""),
        ("comments", Text("评论", "Comments"), replies if this.replies else ""),
        ("commenters", Text("留言人数", "People commenting"), ""),
        ("people_interested", Text("有意向", "Interested"), ""),
        ("leads", Text("合格线索", "Qualified leads"), ""),
        ("tickets", Text("入群工单", "Onboarding tickets"), _afterwards(this, language)),
    )


def _afterwards(this: WeekTally, language: Language) -> str:
    joined = Text(f"本周进群 {this.joined:,} 人", f"{this.joined:,} joined")
    waiting = Text(f"另有 {this.tickets_waiting:,} 人等位", f"{this.tickets_waiting:,} waiting for a seat")
    told = [say(text, language) for number, text in ((this.joined, joined), (this.tickets_waiting, waiting)) if number]
    return ("，" if language == "zh" else ", ").join(told)
