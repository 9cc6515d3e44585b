"""The small pieces sentences are made of: counted things, movements, and safe filling in."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from yinliu.language import Language, Text
from yinliu.reports.amounts import Change, percent
from yinliu.reports.wording import say


@dataclass(frozen=True, slots=True)
class Counted:
    """How a number of these is said: with its measure word in Chinese, in singular or plural in English."""

    measure: str
    one: str
    many: str

    def of(self, count: int) -> Text:
        """This many of them."""
        return Text(f"{count:,} {self.measure}", f"{count:,} {self.one if count == 1 else self.many}")


POSTS = Counted("篇", "post", "posts")
COMMENTS = Counted("条评论", "comment", "comments")
PEOPLE = Counted("人", "person", "people")
LEADS = Counted("条", "lead", "leads")
QUALIFIED = Counted("条", "qualified lead", "qualified leads")
TICKETS = Counted("张", "onboarding ticket", "onboarding tickets")
KINDS = Counted("类", "kind", "kinds")


def sentence(text: Text, language: Language, **values: Text | str) -> Markup:
    """Fill in the values, each escaped; only the text itself may carry markup."""
    return Markup(say(text, language)).format(**{name: say(value, language) for name, value in values.items()})


def listed(parts: list[Markup], language: Language) -> Markup:
    """甲、乙 or A, B."""
    return Markup("、" if language == "zh" else ", ").join(parts)


def moved(change: Change) -> Text:
    """How a figure moved, as part of a sentence."""
    count, share = abs(change.difference or 0), percent(change.share)
    match change.direction:
        case "up":
            return Text(f"比上周多 {count:,}（▲ {share}）", f"{count:,} more than last week (▲ {share})")
        case "down":
            return Text(f"比上周少 {count:,}（▼ {share}）", f"{count:,} fewer than last week (▼ {share})")
        case "from_zero":
            return Text("上周为 0", "up from none last week")
        case "same":
            return Text("与上周持平", "the same as last week")
    return Text("上周没有数据可比", "with no figure from last week to compare")
