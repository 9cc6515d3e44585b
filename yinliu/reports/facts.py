"""What a weekly report is drawn from: plain values, counted by whoever knows the database.

`None` in a figure always means "unknown" and is printed as a dash, never as 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from yinliu.language import Text
from yinliu.reports.week import Week


@dataclass(frozen=True, slots=True)
class PostLine:
    """One post and what it brought in this week; `joined` are people who came into a group because of it."""

    title: str
    url: str
    source: str
    platform: str
    published: datetime | None
    comments: int
    commenters: int
    leads: int
    likes: int | None
    views: int | None
    topics: tuple[str, ...] = ()
    joined: int = 0


@dataclass(frozen=True, slots=True)
class WeekTally:
    """The figures of one week.

    `comments` includes `replies` (comments written under another comment); `commenters` are people, each counted
    once; `likes` and `views` are those of the week's posts, up to now; `tickets` are those of these leads;
    `tickets_waiting` are
    `blocked_full`, waiting for a free seat, when the report was made; `joined` are people who came into a group this
    week, whenever they commented.
    """

    posts: int
    comments: int
    replies: int
    commenters: int
    likes: int | None
    views: int | None
    people_interested: int
    leads: int
    tickets: int
    tickets_waiting: int
    joined: int = 0


@dataclass(frozen=True, slots=True)
class TopicLine:
    """One topic: the posts and comments tagged with it, and the leads that came through them."""

    name: str
    title: str
    posts: int
    comments: int
    leads: int


@dataclass(frozen=True, slots=True)
class IntentLine:
    """How many comments show one intent, this week and the week before; shown by `title`, or else by `name`."""

    name: str
    comments: int
    previous_comments: int | None
    title: str = ""


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of the week."""

    day: date
    posts: int
    comments: int
    leads: int


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source (an account or a feed we gather from) and how many of its items had a problem."""

    name: str
    platform: str
    posts: int
    comments: int
    leads: int
    problems: int


@dataclass(frozen=True, slots=True)
class CommunityLine:
    """One community: its seats, how many are taken, tickets opened this week, who waits for a seat, who joined."""

    name: str
    title: str
    seats: int
    taken: int
    new_this_week: int
    waiting: int
    joined: int = 0


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One kind of data problem and what to do about it; a plain `str` is printed as it is in every edition."""

    code: str
    source: str
    count: int
    what: Text | str
    next_step: Text | str


@dataclass(frozen=True, slots=True)
class WeeklyFacts:
    """Everything one weekly report says; `before` is `None` when the week before was not observed."""

    week: Week
    made_at: datetime
    team: str
    timezone: str
    this: WeekTally
    before: WeekTally | None
    days: tuple[DayLine, ...]
    topics: tuple[TopicLine, ...]
    intents: tuple[IntentLine, ...]
    top_posts: tuple[PostLine, ...]
    sources: tuple[SourceLine, ...]
    communities: tuple[CommunityLine, ...]
    problems: tuple[ProblemLine, ...]
    model_version: str
