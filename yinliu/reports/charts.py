"""The charts of the weekly report: facts in, SVG out; an empty text when there is nothing to draw.

Each is drawn twice, wide for a screen and paper, narrow for a phone: one drawing scaled down could not be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import altair as alt

from yinliu.language import Language, Text
from yinliu.reports.amounts import Change, exact, short
from yinliu.reports.facts import DayLine, IntentLine, TopicLine, WeeklyFacts
from yinliu.reports.fitting import fit
from yinliu.reports.palette import COMMENTS, DOWN, LEADS, MUTED, POSTS, UP
from yinliu.reports.panels import NAME_SIZE, Panel, Row, bars, columns, names, rows_of, texts
from yinliu.reports.svg import inline
from yinliu.reports.wording import calendar_day, say, weekday

Size = Literal["wide", "narrow"]
MOST_ROWS = 8
_STEP = 30
_POSTS = Text("发布", "Posts")
_COMMENTS = Text("评论", "Comments")
_LEADS = Text("合格线索", "Leads")
_COLOURS = {"up": UP, "from_zero": UP, "down": DOWN, "same": MUTED, "unknown": MUTED}
_WORSE = {"up": DOWN, "from_zero": DOWN, "down": UP, "same": MUTED, "unknown": MUTED}
_COLOURS_OF = {"after_sales_complaint": _WORSE, "spam_ad": _WORSE, "chat_other": dict.fromkeys(_COLOURS, MUTED)}
"""More complaints and adverts are no good news, and chat is none at all."""


def days_chart(facts: WeeklyFacts, *, language: Language, size: Size) -> str:
    """Posts, comments and leads by day, each to its own scale, since comments outnumber leads many times."""
    if not any(day.posts or day.comments or day.leads for day in facts.days):
        return ""
    data = rows_of([_day_row(day, language) for day in facts.days])
    width, height = (288, 150) if size == "wide" else (330, 112)
    drawn = [
        columns(data, field, width=width, height=height, top=top, colour=colour, title=say(title, language))
        for field, title, colour, top in _day_series(facts.days)
    ]
    chart = alt.hconcat(*drawn, spacing=40) if size == "wide" else alt.vconcat(*drawn, spacing=22)
    title = Text("每日发布、评论与合格线索", "Posts, comments and qualified leads by day")
    return inline(chart, name=f"days-{size}", title=say(title, language), description=_days_told(facts.days, language))


def topics_chart(facts: WeeklyFacts, *, language: Language, size: Size) -> str:
    """The most discussed topics: how many posts, comments and leads each had."""
    topics = _leading_topics(facts)
    if not topics:
        return ""
    widths = (132, 44, 166, 104) if size == "wide" else (92, 32, 116, 76)
    data = rows_of([_topic_row(line, language, room=widths[0]) for line in topics])
    chart = alt.hconcat(*_topic_columns(data, topics, widths, language), spacing=12)
    title = Text("各话题的发布、评论与合格线索", "Posts, comments and qualified leads by topic")
    told = "; ".join(f"{_shown(line)} {line.posts} / {line.comments} / {line.leads}" for line in topics)
    return inline(chart, name=f"topics-{size}", title=say(title, language), description=told)


def intents_chart(facts: WeeklyFacts, *, language: Language, size: Size) -> str:
    """The comments of each intent as bars, last week's as marks over them, and the change."""
    intents = _leading_intents(facts)
    if not intents:
        return ""
    widths = (112, 254, 84) if size == "wide" else (84, 158, 70)
    rows = [_intent_row(line, language, room=widths[0]) for line in intents]
    chart = alt.hconcat(*_intent_columns(rows_of(rows), intents, widths, language), spacing=12)
    title = Text("各意向的评论数与上周对比", "Comments by intent, against the week before")
    told = "; ".join(
        f"{_shown(line)} {line.comments} ({row['change']})" for line, row in zip(intents, rows, strict=True)
    )
    return inline(chart, name=f"intents-{size}", title=say(title, language), description=told)


def _day_series(days: Sequence[DayLine]) -> list[tuple[str, Text, str, int]]:
    return [
        ("posts", _POSTS, POSTS, max(day.posts for day in days)),
        ("comments", _COMMENTS, COMMENTS, max(day.comments for day in days)),
        ("leads", _LEADS, LEADS, max(day.leads for day in days)),
    ]


def _day_row(line: DayLine, language: Language) -> Row:
    date = say(Text(f"{line.day.month}/{line.day.day}", calendar_day(line.day, "en")), language)
    label = f"{weekday(line.day, language)}|{date}"
    return {"day": label, **_figures(language, posts=line.posts, comments=line.comments, leads=line.leads)}


def _days_told(days: Sequence[DayLine], language: Language) -> str:
    return "; ".join(f"{weekday(day.day, language)} {day.posts} / {day.comments} / {day.leads}" for day in days)


def _leading_topics(facts: WeeklyFacts) -> list[TopicLine]:
    spoken_of = [line for line in facts.topics if line.posts or line.comments or line.leads]
    return sorted(spoken_of, key=lambda line: (-line.comments, -line.leads, -line.posts))[:MOST_ROWS]


def _topic_row(line: TopicLine, language: Language, *, room: int) -> Row:
    words = {"name": _cut(_shown(line), room), "posts": exact(line.posts), "colour": MUTED}
    return {**words, **_figures(language, comments=line.comments, leads=line.leads)}


def _topic_columns(
    data: alt.InlineData, topics: Sequence[TopicLine], widths: tuple[int, int, int, int], language: Language
) -> list[Panel]:
    most_comments, most_leads = max(line.comments for line in topics), max(line.leads for line in topics)
    posts, comments, leads = (say(title, language) for title in (_POSTS, _COMMENTS, _LEADS))
    return [
        names(data, width=widths[0], step=_STEP),
        texts(data, "posts", width=widths[1], step=_STEP, title=posts),
        bars(data, "comments", width=widths[2], step=_STEP, top=most_comments, colour=COMMENTS, title=comments),
        bars(data, "leads", width=widths[3], step=_STEP, top=most_leads, colour=LEADS, title=leads),
    ]


def _leading_intents(facts: WeeklyFacts) -> list[IntentLine]:
    shown = [line for line in facts.intents if line.comments or line.previous_comments]
    return sorted(shown, key=lambda line: (-line.comments, -(line.previous_comments or 0)))[:MOST_ROWS]


def _intent_row(line: IntentLine, language: Language, *, room: int) -> Row:
    change = Change(line.comments, line.previous_comments)
    return {
        **_figures(language, comments=line.comments),
        "name": _cut(_shown(line), room),
        "previous": line.previous_comments,
        "comments_end": max(line.comments, line.previous_comments or 0),
        "change": change.arrow(language),
        "colour": _COLOURS_OF.get(line.name, _COLOURS)[change.direction],
    }


def _intent_columns(
    data: alt.InlineData, intents: Sequence[IntentLine], widths: tuple[int, int, int], language: Language
) -> list[Panel]:
    top = max(max(line.comments, line.previous_comments or 0) for line in intents)
    comments, change = say(_COMMENTS, language), say(Text("较上周", "Change"), language)
    return [
        names(data, width=widths[0], step=_STEP),
        bars(
            data,
            "comments",
            width=widths[1],
            step=_STEP,
            top=top,
            colour=COMMENTS,
            title=comments,
            beside="previous",
        ),
        texts(data, "change", width=widths[2], step=_STEP, title=change),
    ]


def _shown(line: TopicLine | IntentLine) -> str:
    return line.title or line.name


def _cut(text: str, room: int) -> str:
    return fit(text, ems=room / NAME_SIZE)


def _figures(language: Language, **figures: int) -> dict[str, str | int | None]:
    """Each figure with its label and the place where that label stands."""
    row: dict[str, str | int | None] = {}
    for field, count in figures.items():
        row |= {field: count, f"{field}_text": short(count, language), f"{field}_end": count}
    return row
