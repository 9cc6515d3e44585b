"""The weekly content report as one HTML page that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from yinliu import titles
from yinliu.language import Language, Text
from yinliu.reports import amounts, palette, wording
from yinliu.reports.charts import MOST_ROWS, days_chart, intents_chart, topics_chart
from yinliu.reports.definitions import DEFINITIONS
from yinliu.reports.facts import PostLine, SourceLine, WeeklyFacts
from yinliu.reports.funnel import funnel, whole_way
from yinliu.reports.outside import Mask, masked
from yinliu.reports.summary import busiest, is_empty, ranked, summary
from yinliu.reports.tiles import tiles

Line = TypeVar("Line", SourceLine, PostLine)
_CHARTS = {"days": days_chart, "topics": topics_chart, "intents": intents_chart}


def render(facts: WeeklyFacts, *, language: Language = "zh", mask: Mask) -> str:
    """The page in one language; every text in the facts passes through `mask` first, so no contact detail is shown."""
    safe = _named(masked(facts, mask=mask), language)
    return _template().render(
        facts=safe,
        language=language,
        empty=is_empty(safe),
        summary=summary(safe, language=language),
        busiest=busiest(safe, language=language),
        tiles=tiles(safe.this, safe.before, language=language),
        charts=_drawn(safe, language),
        most_rows=MOST_ROWS,
        funnel=funnel(safe.this, safe.before),
        whole_way=whole_way(safe.this, language),
        posts=ranked(safe.top_posts),
        topic_titles={line.name: line.title or line.name for line in safe.topics},
        definitions=DEFINITIONS,
        zone=ZoneInfo(safe.timezone),
        **_spoken(language),
    )


def _named(facts: WeeklyFacts, language: Language) -> WeeklyFacts:
    """The facts with what platforms are called instead of their codes."""
    sources = tuple(_called(line, language) for line in facts.sources)
    return replace(facts, sources=sources, top_posts=tuple(_called(line, language) for line in facts.top_posts))


def _called(line: Line, language: Language) -> Line:
    return replace(line, platform=line.platform and wording.say(titles.platform(line.platform), language))


def _drawn(facts: WeeklyFacts, language: Language) -> dict[str, dict[str, Markup]]:
    # Already escaped: altair data goes through Vega's own escaping, names and descriptions through `svg.inline`.
    return {
        name: {size: Markup(draw(facts, language=language, size=size)) for size in ("wide", "narrow")}
        for name, draw in _CHARTS.items()
    }


def _spoken(language: Language) -> dict[str, Callable[..., str]]:
    return {
        "t": lambda zh, en: wording.say(Text(zh, en), language),
        "say": lambda text: wording.say(text, language),
        "short": lambda count: amounts.short(count, language),
        "share": lambda part, whole: amounts.percent(amounts.ratio(part, whole)),
        "week_name": lambda week: wording.week_name(week, language),
        "week_dates": lambda week: wording.week_dates(week, language),
        "day": lambda day: wording.calendar_day(day, language, year=True),
        "clock": lambda moment: wording.clock(moment, language),
    }


@cache
def _template() -> Template:
    house = Environment(
        loader=PackageLoader("yinliu.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    house.globals |= {"exact": amounts.exact, "offset": wording.offset, "palette": palette}
    return house.get_template("weekly.html.j2")
