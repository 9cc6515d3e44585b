"""When a post's comments are read again: at the ages reports ask about, and sooner where people are talking."""

from __future__ import annotations

from datetime import datetime, timedelta

MILESTONES = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(hours=72),
    timedelta(days=7),
    timedelta(days=30),
)
"""Ages of a post at which its counters and comments are wanted: where the windows of its snapshots begin."""

EXPECTED = 5
"""A visit is worth its requests where about so many new comments wait."""

SOONEST, LATEST = timedelta(hours=1), timedelta(days=7)
"""The shortest and the longest wait between two visits to a post that people talk about."""

SILENCE = timedelta(days=7)
"""After so long without a comment nobody talks about a post any more."""


def next_visit(
    *,
    published: datetime | None,
    first_seen: datetime,
    visited: datetime | None,
    newest_comment: datetime | None,
    comments_per_day: float,
    now: datetime,
) -> datetime | None:
    """When to read a post again, always later than ``now``; None: it rests, until the sweep over resting posts.

    The earlier of two moments:

    1. the next age of :data:`MILESTONES` that the post has not reached (its age counts from ``published``, or from
       ``first_seen`` where that is unknown or lies before it);
    2. where people talk, the moment at which about :data:`EXPECTED` new comments are to be expected at
       ``comments_per_day`` (as the last visit found it), after the visit at ``visited`` (None: never, so from now),
       but not within :data:`SOONEST` of now and no later than :data:`LATEST` after now. A post whose newest comment
       is younger than :data:`SILENCE` is talked about too, however slowly.

    Past the last milestone and without comments lately there is neither: the post rests.
    """
    born = first_seen if published is None else min(published, first_seen)
    moments = [born + age for age in MILESTONES if born + age > now][:1]
    wait = _wait(comments_per_day, talked=newest_comment is not None and newest_comment > now - SILENCE)
    if wait is not None:
        expected = (now if visited is None else visited) + wait
        moments.append(min(max(expected, now + SOONEST), now + LATEST))
    return min(moments, default=None)


def _wait(comments_per_day: float, *, talked: bool) -> timedelta | None:
    """How long it takes until enough was written; None where nobody writes."""
    if comments_per_day <= 0:
        return LATEST if talked else None
    return max(SOONEST, timedelta(days=min(EXPECTED / comments_per_day, LATEST.days)))
