"""report: the weekly content report as one HTML file, and a row that says which figures it gave."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from models.unit_of_work import UnitOfWork
from yinliu import problems, wording
from yinliu.language import Language
from yinliu.reports.facts import (
    CommunityLine,
    DayLine,
    IntentLine,
    PostLine,
    ProblemLine,
    SourceLine,
    TopicLine,
    WeeklyFacts,
    WeekTally,
)
from yinliu.reports.week import Week
from yinliu.stages.counts import Begin, now

_AFTERWARDS = timedelta(days=7)
"""A report is read in the week after: what is wrong then is told too, what comes later is not its matter."""

TOP_POSTS = 10
"""Rows of the table of top posts."""


def report(
    begin: Begin,
    *,
    week: Week,
    folder: Path,
    team: str,
    zone: ZoneInfo,
    topic_titles: dict[str, str],
    sources: dict[str, str],
    version: str,
    language: Language,
    mask: Callable[[str], str],
) -> tuple[Path, WeeklyFacts]:
    """Write the report of a week; a second time the same file and row are written anew."""
    from yinliu.reports.weekly import render  # charts take half a second to import

    with begin() as work:
        facts = _Gathering(work, week, zone, topic_titles, sources).facts(team=team, version=version)
    edition = f"weekly-{language}"
    path = folder / f"{week.label}{'' if language == 'zh' else '-en'}.html"
    _write_whole(path, render(facts, language=language, mask=mask))
    with begin() as work:
        work.runs.keep_report(
            {
                "iso_year": week.year,
                "iso_week": week.week,
                "edition": edition,
                "file": path.name,
                "figures": asdict(facts.this),
                "made_at": facts.made_at,
            }
        )
        work.commit()
    return path, facts


def _write_whole(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


class _Gathering:
    """The facts of one week, from the database."""

    def __init__(
        self, work: UnitOfWork, week: Week, zone: ZoneInfo, topic_titles: dict[str, str], sources: dict[str, str]
    ) -> None:
        self._weekly = work.weekly
        self._week = week
        self._zone = zone
        self._titles = topic_titles
        self._platforms = dict(sources)
        self._start, self._end = week.bounds(zone)
        self._posts = self._weekly.posts(self._start, self._end)
        self._comments = self._weekly.comments(self._start, self._end)
        self._leads = self._weekly.leads(self._start, self._end)
        self._joins = self._weekly.joins(self._start, self._end)
        met = {row["post_id"] for row in (*self._comments, *self._joins) if row["post_id"]}
        self._known = {row["id"]: row for row in self._weekly.posts_by_id(met | {row["id"] for row in self._posts})}
        self._topics: dict[int, list[str]] = defaultdict(list)
        for post, topic in self._weekly.tags_of_posts(self._known):
            self._topics[post].append(topic)

    def facts(self, *, team: str, version: str) -> WeeklyFacts:
        """Everything the report shows."""
        return WeeklyFacts(
            week=self._week,
            made_at=now(),
            team=team,
            timezone=self._zone.key,
            this=self._tally(self._week),
            before=self._tally(self._week.previous),
            days=self._days(),
            topics=self._topic_lines(),
            intents=self._intents(),
            top_posts=self._top_posts(),
            sources=self._sources(),
            communities=self._communities(),
            problems=self._problems(),
            model_version=version,
        )

    def _tally(self, week: Week) -> WeekTally:
        start, end = week.bounds(self._zone)
        posts = self._weekly.posts(start, end)
        comments, leads = self._weekly.comments(start, end), self._weekly.leads(start, end)
        return WeekTally(
            posts=len(posts),
            comments=len(comments),
            replies=sum(row["reply"] for row in comments),
            commenters=len({_who(row) for row in comments}),
            likes=self._counted("likes", posts),
            views=self._counted("views", posts),
            people_interested=self._weekly.interested(start, end),
            leads=len(leads),
            tickets=self._weekly.tickets(row["person_id"] for row in leads),
            tickets_waiting=self._weekly.waiting(end) if week == self._week else 0,
            joined=len({row["person_id"] for row in self._weekly.joins(start, end)}),
        )

    def _counted(self, name: str, posts: list[dict[str, Any]]) -> int | None:
        """The sum of a counter over posts; None when it is known of none of them."""
        known = self._weekly.counters(name, (row["id"] for row in posts))
        return sum(known.values()) if known else None

    def _days(self) -> tuple[DayLine, ...]:
        posts, comments, leads = (self._by_day(rows) for rows in (self._posts, self._comments, self._leads))
        return tuple(
            DayLine(day=day, posts=posts[day], comments=comments[day], leads=leads[day]) for day in self._week.days
        )

    def _by_day(self, rows: Iterable[dict[str, Any]]) -> Counter[Any]:
        return Counter(row["at"].astimezone(self._zone).date() for row in rows)

    def _topic_lines(self) -> tuple[TopicLine, ...]:
        posts = Counter(topic for row in self._posts for topic in self._topics[row["id"]])
        comments = Counter(topic for row in self._comments for topic in self._topics[row["post_id"]])
        leads = Counter(topic for row in self._leads for topic in self._topics[row["post_id"]])
        names = sorted({*posts, *comments, *leads}, key=lambda name: (-comments[name], name))
        return tuple(
            TopicLine(name=n, title=self._titles.get(n, n), posts=posts[n], comments=comments[n], leads=leads[n])
            for n in names
        )

    def _intents(self) -> tuple[IntentLine, ...]:
        this = self._weekly.intents(self._start, self._end)
        before = self._weekly.intents(*self._week.previous.bounds(self._zone))
        names = sorted({*this, *before}, key=lambda name: (-this.get(name, 0), name))
        return tuple(
            IntentLine(
                name=n, title=str(wording.signal(n)), comments=this.get(n, 0), previous_comments=before.get(n, 0)
            )
            for n in names
        )

    def _top_posts(self) -> tuple[PostLine, ...]:
        comments = Counter(row["post_id"] for row in self._comments if row["post_id"])
        leads = Counter(row["post_id"] for row in self._leads if row["post_id"])
        joined = Counter(row["post_id"] for row in self._joins)
        ranked = sorted(self._known, key=lambda post: (-leads[post], -joined[post], -comments[post], post))[:TOP_POSTS]
        people: dict[int, set[Any]] = defaultdict(set)
        for row in self._comments:
            people[row["post_id"]].add(_who(row))
        likes, views = (self._weekly.counters(name, ranked) for name in ("likes", "views"))
        return tuple(
            PostLine(
                title=self._known[post]["title"],
                url=self._known[post]["url"],
                source=self._known[post]["source"],
                platform=self._known[post]["platform"],
                published=self._known[post]["published_at"],
                comments=comments[post],
                commenters=len(people[post]),
                leads=leads[post],
                likes=likes.get(post),
                views=views.get(post),
                topics=tuple(self._topics[post]),
                joined=joined[post],
            )
            for post in ranked
        )

    def _sources(self) -> tuple[SourceLine, ...]:
        posts, comments, leads = (
            Counter(row["source"] for row in rows) for rows in (self._posts, self._comments, self._leads)
        )
        failed: Counter[str] = Counter()
        for _, source, count in self._weekly.problems(self._start, self._end + _AFTERWARDS):
            failed[source] += count
        return tuple(
            SourceLine(
                name=n,
                platform=self._platforms.get(n, ""),
                posts=posts[n],
                comments=comments[n],
                leads=leads[n],
                problems=failed[n],
            )
            for n in sorted({*self._platforms, *posts, *comments, *leads})
        )

    def _communities(self) -> tuple[CommunityLine, ...]:
        joined = Counter(row["community"] for row in self._joins)
        return tuple(
            CommunityLine(
                name=row["name"],
                title=row["title"],
                seats=row["capacity"],
                taken=row["taken"],
                new_this_week=row["new"],
                waiting=row["waiting"],
                joined=joined[row["name"]],
            )
            for row in self._weekly.communities(self._start, self._end)
        )

    def _problems(self) -> tuple[ProblemLine, ...]:
        return tuple(
            ProblemLine(
                code=code, source=source, count=count, what=problems.what(code), next_step=problems.next_step(code)
            )
            for code, source, count in self._weekly.problems(self._start, self._end + _AFTERWARDS)
        )


def _who(row: dict[str, Any]) -> tuple[str, int]:
    """The person, or the account where nobody decided yet whose it is."""
    return ("person", row["person_id"]) if row["person_id"] else ("account", row["account_id"])
