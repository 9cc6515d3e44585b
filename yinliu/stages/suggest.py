"""suggest: terms that rose this week and are in no topic yet, with the topic each could join or a new one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from nlp.discovery import Saying, Term, discover
from nlp.discovery.companions import Near, beside, clusters, near_topics
from nlp.discovery.naming import name_for
from yinliu.errors import NothingToDo
from yinliu.language import Text
from yinliu.reports.week import Week
from yinliu.stages.counts import Begin

WEEKS_BEFORE = 4
"""Weeks that a week is compared with; those in which nobody said anything do not count."""


@dataclass(frozen=True, slots=True)
class NewTopic:
    """A topic that is proposed: ``terms`` are said together. ``name`` is None where no name can be spelled."""

    name: str | None
    title: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A term, the topics it is said with (the nearest first), other terms beside it, and what to do with it."""

    term: Term
    near: tuple[Near, ...]
    beside: tuple[str, ...]
    joins: str | None
    new_topic: NewTopic | None


def suggest(
    begin: Begin,
    *,
    week: Week,
    zone: ZoneInfo,
    topics: Mapping[str, Collection[str]],
    dismissed: Collection[str],
    most: int,
) -> list[Suggestion]:
    """Suggestions of a week, what rose most first; ``topics`` are words by name. :class:`NothingToDo` when nobody
    said anything in that week."""
    said = _said(begin, week, zone)
    if not said:
        raise _nobody_spoke(week)
    known = {*dismissed, *(word for words in topics.values() for word in words)}
    terms = discover(said, _weeks_before(begin, week, zone), known=known, most=most)
    return _proposed(terms, said, topics)


def _said(begin: Begin, week: Week, zone: ZoneInfo) -> list[Saying]:
    with begin() as work:
        rows = work.texts.said(*week.bounds(zone))
    return [Saying(row.text, row.account, row.post, row.title) for row in rows]


def _weeks_before(begin: Begin, week: Week, zone: ZoneInfo) -> Iterator[list[Saying]]:
    for _ in range(WEEKS_BEFORE):
        week = week.previous
        yield _said(begin, week, zone)


def _proposed(terms: Sequence[Term], said: Sequence[Saying], topics: Mapping[str, Collection[str]]) -> list[Suggestion]:
    near = near_topics(said, terms, topics)
    others = beside(terms, texts=len(said))
    joins = [next((one.topic for one in topics_near if one.joins), None) for topics_near in near]
    alone = [term.text for term, topic in zip(terms, joins, strict=True) if topic is None]
    fresh = _new_topics(alone, dict(zip((term.text for term in terms), others, strict=True)), topics)
    return [
        Suggestion(term, topics_near, names, topic, fresh.get(term.text))
        for term, topics_near, names, topic in zip(terms, near, others, joins, strict=True)
    ]


def _new_topics(
    alone: Sequence[str], friends: Mapping[str, Collection[str]], topics: Collection[str]
) -> dict[str, NewTopic]:
    """Of each term that joins no topic the new one it could be in."""
    taken = set(topics)
    found: dict[str, NewTopic] = {}
    for circle in clusters(alone, friends):
        name = name_for(circle[0], taken)
        taken.update([name] if name else [])
        found.update(dict.fromkeys(circle, NewTopic(name, circle[0], circle)))
    return found


def _nobody_spoke(week: Week) -> NothingToDo:
    text = Text(
        f"{week.label} 没有文章，也没有评论，无从建议。换一周：--week，或先 yinliu crawl 与 yinliu load。",
        f"{week.label} has neither posts nor comments. Name another --week, or crawl and load first.",
    )
    return NothingToDo(text, code="empty_week")
