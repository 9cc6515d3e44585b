"""The pages of posts' comments that a landing file holds, put together to whole walks, however they are mixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crawlers.items import VisitItem
from models.repositories.visits import Visited, Walked
from models.unit_of_work import UnitOfWork
from yinliu.cadence import next_visit


@dataclass(slots=True)
class _Pages:
    """What is there of one walk: the numbers of its pages, their ids, and how it ended."""

    numbers: set[int] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    times: list[datetime] = field(default_factory=list)
    last: int | None = None
    whole: bool = False
    grounded: bool = False

    def add(self, page: VisitItem) -> None:
        """One page more."""
        self.numbers.add(page.page)
        self.ids.update(page.ids)
        if page.oldest is not None:
            self.times = [min((page.oldest, *self.times))]
        if page.last:
            # an empty last page that is not the end of the list was lost or refused: what follows is not known
            self.last, self.whole, self.grounded = page.page, page.whole, page.whole or bool(page.ids)

    @property
    def complete(self) -> bool:
        """Whether no page is missing."""
        return self.last is not None and all(number in self.numbers for number in range(1, self.last + 1))


class Walks:
    """The walks of one file: complete ones are given out once, incomplete ones say nothing about deletions."""

    def __init__(self) -> None:
        self._open: dict[str, _Pages] = {}
        self._gone: list[str] = []
        self._left: set[str] = set()
        self._met: set[str] = set()

    def add(self, pages: Sequence[VisitItem]) -> None:
        """Take note of pages."""
        for page in pages:
            self._met.add(page.post_id)
            if page.gone:
                self._gone.append(page.post_id)
                self._left.add(page.post_id)
            else:
                self._open.setdefault(page.post_id, _Pages()).add(page)

    def settle(self, work: UnitOfWork, *, source: str, began: datetime) -> tuple[int, list[Visited]]:
        """Apply what is complete: how many posts and comments are gone by it, and the visits that are in doubt."""
        done = {post: pages for post, pages in self._open.items() if pages.complete}
        walks = [
            Walked(post, frozenset(pages.ids), pages.whole, min(pages.times, default=None), pages.grounded)
            for post, pages in done.items()
        ]
        for post in done:
            del self._open[post]
        work.visits.bring_back([one.post for one in walks if one.ids and one.post not in self._left], source=source)
        visited = work.visits.finish(walks, source=source, now=began)
        rows = [
            (one.post_id, began, None if one.resting else _due(one, began), one.newest, one.seen) for one in visited
        ]
        work.visits.plan(rows, source=source)
        left = work.visits.leave(self._gone, source=source, now=began)
        self._gone = []
        return left + sum(one.gone for one in visited), [one for one in visited if one.doubtful]

    def end(self, work: UnitOfWork, *, source: str) -> None:
        """The file is read: of walks that are still open a part is missing, and the next ones do not stop early."""
        work.visits.distrust(list(self._open), source=source)

    def postpone(self, work: UnitOfWork, offered: Sequence[str], *, source: str, began: datetime) -> None:
        """Posts that were asked for and of which a complete crawl said nothing cannot be visited: on to their next age.

        A post that is gone goes on resting, behind the others that rest.
        """
        silent = [post for post in offered if post not in self._met]
        born = work.visits.born(silent, source=source)
        rows = [(key, None if gone else _unheard(published, seen, began)) for key, published, seen, gone in born]
        work.visits.put_off(rows, now=began)
        work.visits.step_back(list(self._open), source=source, now=began)


def _due(visited: Visited, began: datetime) -> datetime | None:
    return next_visit(
        published=visited.published,
        first_seen=visited.first_seen,
        visited=began,
        newest_comment=visited.newest,
        comments_per_day=visited.lately,
        now=began,
    )


def first_visits(
    work: UnitOfWork, posts: Sequence[tuple[int, datetime | None]], *, source: str, began: datetime
) -> None:
    """Plan the first visit to posts (id, when published) that are new or back: nothing is known of their comments."""
    rows = [(post, began, _unheard(published, began, began), None, None) for post, published in posts]
    work.visits.plan(rows, source=source)


def _unheard(published: datetime | None, first_seen: datetime, began: datetime) -> datetime | None:
    return next_visit(
        published=published, first_seen=first_seen, visited=None, newest_comment=None, comments_per_day=0, now=began
    )
