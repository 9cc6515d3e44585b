"""What every platform's spider shares: its options, its cursor, its frontier, and a name for every failure."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import scrapy
from msgspec.structs import replace
from scrapy import Request
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from crawlers.ask import Ask
from crawlers.budget import Budget
from crawlers.failures import explain_failure, explain_status, passed_limit, short
from crawlers.frontier import Frontier
from crawlers.items import Item, MetricItem, ProblemItem, Scope
from crawlers.options import SourceOptions, is_web_address
from crawlers.problems import REMEDIES, CrawlProblem
from crawlers.quoting import without
from crawlers.task import Visit
from crawlers.text import decode

Cursor = dict[str, Any]
Yield = Iterator[Item | Ask]

_GONE = (404, 410)
_REFUSALS = frozenset(("blocked_by_site", "auth_expired"))
_REFUSALS_MOST = 3
"""So many refused pages in a row mean that the site refuses us, not one page."""

_SHORTEST_SECRET = 4
_TRIES_MOST = 5
"""Crawls that may fail to get an address before it is given up."""


@dataclass(slots=True)
class Standing:
    """How a crawl stands: why no more is asked (a code), successes, refusals, and what must be answered first."""

    stopped: str = ""
    successes: int = 0
    refusals: int = 0
    refused: list[tuple[Ask, str]] = field(default_factory=list)
    first: list[Ask] = field(default_factory=list)
    preparing: int = 0


class PlatformSpider(scrapy.Spider):
    """One source gathered once.

    A platform gives ``name``, ``Options``, :meth:`first_requests` and, where it can ask for news only,
    :meth:`next_cursor`. ``cursor`` is what the last complete crawl left; ``since`` overrides it. ``visits`` are posts
    to be read again, ``known_posts`` the newest that are known. ``memory`` is small, JSON-able and survives a kill.
    """

    Options: ClassVar[type[SourceOptions]] = SourceOptions
    news_first: ClassVar[bool] = True
    """Whether :meth:`first_requests` are asked again, and first, where an earlier crawl left addresses."""

    obeys_robots: ClassVar[bool] = True
    """False only for an API that its owner gave us a key to."""

    def __init__(
        self,
        *,
        options: SourceOptions,
        cursor: Cursor,
        since: datetime | None,
        visits: tuple[Visit, ...] = (),
        known_posts: tuple[str, ...] = (),
        frontier: Frontier | None = None,
        budget: Budget | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.options = options
        self.cursor = cursor
        self.since = since
        self.visits = visits
        self.known_posts = frozenset() if since else frozenset(known_posts)
        self.zone = ZoneInfo(options.timezone)
        self.now = datetime.now(UTC)
        self.memory: dict[str, Any] = frontier.memory if frontier else {}
        self.standing = Standing()
        self.offered: tuple[str, ...] = ()
        self._known = {visit.post_id: frozenset(visit.known) for visit in visits}
        self._frontier, self._budget = frontier, budget

    # What a platform gives

    def first_requests(self) -> Yield:
        """Where the crawl begins."""
        raise NotImplementedError

    def preparation(self) -> Yield:
        """What must be answered first in every process, also one that resumes; it is asked anew each time."""
        return iter(())

    def next_cursor(self) -> Cursor:
        """What the next crawl needs to ask for news only; called after a crawl without a source-wide problem."""
        return self.cursor

    def dress(self, request: Request, ask: Ask) -> None:
        """Give a request what is not JSON-able, just before it is sent."""

    def secret_headers(self) -> dict[str, str]:
        """Headers that only the source's own host gets, and no file or log."""
        return {}

    def secret_params(self) -> dict[str, str]:
        """Query parameters that only the source's own host gets, and no file or log."""
        return {}

    def secret_json(self) -> dict[str, str]:
        """Fields for the JSON body of a request with ``meta={"secret_json": True}``, and for no file or log."""
        return {}

    def secrets(self) -> tuple[str, ...]:
        """Values that no problem may quote: whatever is put into requests, unless a platform knows better."""
        return (*self.secret_headers().values(), *self.secret_params().values(), *self.secret_json().values())

    def given_up(self, ask: Ask, code: str) -> None:
        """Told of a request that failed for good: nobody will ask it again by itself."""

    # What a platform calls

    def known_comments(self, post_id: str) -> frozenset[str]:
        """The newest known comments of a post that is visited; empty for any other."""
        return self._known.get(post_id, frozenset())

    def ask(self, url: str, callback: Callable[..., Yield], **kwargs: Any) -> Yield:
        """A request (:class:`~crawlers.ask.Ask` tells the options) whose every failure becomes a problem.

        Only web addresses are asked: a page may link to ``file:///`` or to something that is no address at all.
        """
        if is_web_address(url):
            yield Ask(url=url, callback=callback.__name__, **kwargs)
        else:
            scope = kwargs.get("scope", "item")
            yield ProblemItem(code="not_html", url=url, detail="not an address of a web page", scope=scope)

    # How it runs

    @property
    def frontier(self) -> Frontier:
        """What is asked and not answered."""
        assert self._frontier is not None
        return self._frontier

    @property
    def budget(self) -> Budget:
        """How many requests are left."""
        assert self._budget is not None
        return self._budget

    async def start(self) -> AsyncIterator[Any]:
        """Scrapy's entry; requests come from the frontier (:class:`crawlers.scheduler.FrontierScheduler`)."""
        prepared = list(self._reported(self.preparation, scope="source"))
        self.standing.first = [one for one in prepared if isinstance(one, Ask)]
        self.standing.preparing = len(self.standing.first)
        self.frontier.commit(None, list(self._storable(one for one in prepared if not isinstance(one, Ask))))
        if not self.frontier.resumed and (self.news_first or not self.frontier.left_over):
            self.offered = tuple(visit.post_id for visit in self.visits)
            self.frontier.begin(self._storable(self._reported(self.first_requests, scope="source")))
        elif not self.frontier.resumed:
            self.frontier.begin(iter(()))
        return
        yield

    def next_request(self) -> Request | None:
        """The next request, for the scheduler; None when nothing may be asked now."""
        if self.standing.first:
            return self._request(self.standing.first.pop(0))
        if self.standing.stopped or self.standing.preparing or self.budget.limit:
            return None
        ask = self.frontier.next()
        return self._request(ask) if ask else None

    @property
    def has_more(self) -> bool:
        """Whether :meth:`next_request` has more to give, now or soon."""
        open_ = not self.standing.stopped and not self.budget.limit
        return bool(self.standing.first) or (open_ and self.frontier.queued > 0)

    def _request(self, ask: Ask) -> Request:
        meta = {"ask": ask, "dont_obey_robotstxt": not self.obeys_robots, **ask.meta}
        request = Request(
            ask.url,
            callback=self._answered,
            errback=self._failed,
            method=ask.method,
            body=ask.body or b"",
            headers=ask.headers,
            meta=meta,
            dont_filter=True,
        )
        self.dress(request, ask)
        return request

    def _answered(self, response: Response) -> None:
        """Scrapy's callback: everything that comes of an answer, in one transaction."""
        assert response.request
        ask: Ask = response.request.meta["ask"]
        success = 200 <= response.status < 300 or response.status in ask.accepts  # noqa: PLR2004
        if response.status in _GONE and ask.on_missing:
            method = getattr(self, ask.on_missing)
            self._commit(ask, list(self._reported(lambda: method(ask.url, **ask.kwargs), ask)))
        elif success:
            self.standing.refusals = 0
            self.standing.successes += 1
            self._commit(ask, list(self._reported(lambda: self._read(response, ask), ask)))
        else:
            self._give_up(response.request, *explain_status(response.status))

    def _read(self, response: Response, ask: Ask) -> Yield:
        """What a parser yields; a page's own script can make it larger than what was loaded."""
        if len(response.body) > self.options.max_body:
            raise CrawlProblem("body_too_large", passed_limit("body_too_large", options=self.options))
        yield from getattr(self, ask.callback)(response, **ask.kwargs)

    def _reported(self, work: Callable[[], Yield], ask: Ask | None = None, *, scope: Scope = "item") -> Yield:
        """What ``work`` yields; its failure is a problem, our own faults (``unreadable``) among them."""
        url, scope = (ask.url, ask.scope) if ask else (self.options.url, scope)
        try:
            yield from work()
        except CrawlProblem as problem:
            if scope == "source" and problem.code in _REFUSALS:
                self.standing.stopped = problem.code
            yield ProblemItem(code=problem.code, url=url, detail=problem.detail, scope=scope)
        except Exception as error:
            traceback.print_exc()
            yield ProblemItem(code="unreadable", url=url, detail=short(error), scope=scope)

    def _failed(self, failure: Failure) -> None:
        """Scrapy's errback: a request without an answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        code, detail = explain_failure(failure.value, host=urlsplit(request.url).hostname or "")
        if not isinstance(failure.value, CrawlProblem):
            detail = passed_limit(code, options=self.options) or detail
        code = "redirect_forbidden" if code == "address_not_allowed" and "redirect_urls" in request.meta else code
        self._give_up(request, code, detail)

    def _give_up(self, request: Request, code: str, detail: str) -> None:
        """Say what went wrong; what may pass is asked again by the next crawl, a few times."""
        ask: Ask = request.meta["ask"]
        if "redirect_urls" in request.meta:
            detail = f"-> {request.url}: {detail}"
        # a try in a crawl without any success says something of the site, nothing of this address
        patience = ask.tries + 1 < _TRIES_MOST or not self.standing.successes
        later = code in _REFUSALS or (REMEDIES.get(code) == "retry" and patience)
        self._mind_refusal(code, ask)
        if not later:
            self.given_up(ask, code)
        problem = ProblemItem(code=code, url=ask.url, detail=detail, scope=ask.scope)
        ask.tries += 1
        self._commit(ask, [problem], later=[ask] if later else [])

    def _mind_refusal(self, code: str, ask: Ask) -> None:
        """A site that refuses us is left alone: at once where the crawl hangs on it, else after a few in a row."""
        if code in _REFUSALS:
            self.standing.refusals += 1
            self.standing.refused.append((ask, code))
        hangs = ask.scope == "source" and (code in _REFUSALS or not ask.id)
        if hangs or self.standing.refusals >= _REFUSALS_MOST:
            self.standing.stopped = code

    def conclude(self) -> None:
        """The crawl is over: what one page refused is given up, what a site refused waits until somebody acted."""
        if not self.standing.stopped:
            self.frontier.drop([ask for ask, _ in self.standing.refused])
            for ask, code in self.standing.refused:
                self.given_up(ask, code)
        if not self.standing.successes:
            self.frontier.forgive()

    def _storable(self, output: Iterable[Item | Ask]) -> Yield:
        """What may be kept: no secret in a problem, no counter below 0 or dated before a resumed run."""
        for one in output:
            if isinstance(one, ProblemItem):
                yield masked(one, self.secrets())
            else:
                yield self._believable(one) if isinstance(one, MetricItem) else one

    def _believable(self, metric: MetricItem) -> MetricItem:
        value = None if metric.value is not None and metric.value < 0 else metric.value
        taken = self.now if metric.taken is None and self.frontier.resumed else metric.taken
        return metric if (value, taken) == (metric.value, metric.taken) else replace(metric, value=value, taken=taken)

    def _commit(self, ask: Ask, output: list[Item | Ask], later: list[Ask] | None = None) -> None:
        standing, journaled = self.standing, ask.id > 0
        first = [one for one in output if isinstance(one, Ask) and one.first]
        standing.first += first
        standing.preparing += len(first) - (not journaled)
        rest = list(self._storable(one for one in output if not isinstance(one, Ask) or not one.first))
        self.frontier.commit(ask if journaled else None, rest, later=(later or []) if journaled else [])


def masked(problem: ProblemItem, secrets: tuple[str, ...]) -> ProblemItem:
    """The problem without these values, however they are written."""
    if not secrets:
        return problem
    texts = {"url": problem.url, "detail": problem.detail, "payload": problem.payload}
    clean = {name: text and without(secrets, text, shortest=_SHORTEST_SECRET) for name, text in texts.items()}
    return replace(problem, **clean)


def response_text(response: Response) -> tuple[str, tuple[str, ...]]:
    """A response's text and its flaws, whatever encoding its label claims; an empty body is a problem."""
    if not response.body.strip():
        raise CrawlProblem("empty_body", f"HTTP {response.status}, 0 B")
    declared = response._declared_encoding() if isinstance(response, TextResponse) else None
    return decode(response.body, declared=declared)
