"""What every request of the ``json`` platform shares: its address, its secrets, and an answer that is one."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from scrapy.http import Response

from crawlers.ask import Ask
from crawlers.items import Item, ProblemItem
from crawlers.jsonapi.address import About, address, followed, same_site
from crawlers.jsonapi.answer import parse_answer, rows_of
from crawlers.jsonapi.mapping import Reading
from crawlers.jsonapi.options import JsonOptions, ListSection, Section
from crawlers.jsonapi.paging import Page, Paging, Place
from crawlers.jsonapi.secrets import plain_of, secrets_of, values_of
from crawlers.quoting import without
from crawlers.spider import PlatformSpider, Yield, response_text
from crawlers.walk import Step

HERE: Place = {"kind": "none"}
"""The place of what is no list."""

Output = Generator[Item | Ask, None, Any]
"""What is yielded on the way to a value."""


class JsonAsking(PlatformSpider):
    """A spider whose requests are sections of :class:`~crawlers.jsonapi.options.JsonOptions`."""

    options: JsonOptions

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._headers: dict[str, str] = {}
        self._params: dict[str, str] = {}
        self._secrets: tuple[str, ...] = ()

    def preparation(self) -> Yield:
        """Read the secrets; ``secret_missing`` names the one that is not there, and nothing is asked then."""
        self.standing.stopped = "secret_missing"
        self._headers = secrets_of(self.options.headers, os.environ)
        self._params = secrets_of(self.options.params, os.environ)
        texts = {**self.options.headers, **{f"?{name}": text for name, text in self.options.params.items()}}
        self._secrets = tuple(dict.fromkeys(values_of(texts, os.environ)))
        self.standing.stopped = ""
        yield from ()

    def secrets(self) -> tuple[str, ...]:
        """The bare values: a site repeats a token without the ``Bearer`` before it."""
        return self._secrets

    def secret_headers(self) -> dict[str, str]:
        """The headers that refer to the environment."""
        return self._headers

    def secret_params(self) -> dict[str, str]:
        """The parameters that refer to the environment."""
        return self._params

    def ask_section(
        self,
        section: Section,
        callback: Callable[..., Yield],
        *,
        paging: Paging | None = None,
        place: Place = HERE,
        about: About | None = None,
        **options: Any,
    ) -> Yield:
        """Ask for a section at a place of its paging; ``options`` as :meth:`ask` takes them.

        Whoever gave us a key allows what it opens, whatever robots.txt says to strangers (Ghost's forbids its API).
        """
        if about and (empty := [name for name in sorted(section.wants()) if not about.values()[name]]):
            detail = f"post {about.id[:100]!r} has no {', '.join(empty)} to ask with"
            yield ProblemItem(code="item_incomplete", url=self.options.url, detail=detail)
            return
        own = same_site(urljoin(self.options.url, section.path), self.options.url)
        plain = plain_of(self.options.headers) if own else {}
        params = {**(plain_of(self.options.params) if own else {}), **section.params}
        query = paging.query(place) if paging else {}
        url = place.get("url") or address(self.options.url, section.path, about=about, params=params, place=query)
        meta = {"dont_obey_robotstxt": True} if own and self._has_key else {}
        yield from self.ask(url, callback, headers={"Accept": "application/json", **plain}, meta=meta, **options)

    @property
    def _has_key(self) -> bool:
        texts = (self.options.headers, self.options.params)
        return any(len(plain_of(one)) < len(one) for one in texts)

    def answer_of(self, response: Response) -> Output:
        """The parsed JSON of an answer."""
        text, flaws = response_text(response)
        yield from (ProblemItem(code=flaw, url=response.url, detail="it was read all the same") for flaw in flaws[:1])
        return parse_answer(without(self._secrets, text), ok=self.options.ok, error=self.options.error)

    def rows_at(self, response: Response, items: str, *, name: str, first: bool) -> Output:
        """The page of an answer and its rows."""
        answer = yield from self.answer_of(response)
        rows = rows_of(answer, items=items, section=name, first=first)
        names = ((key.decode("latin-1").lower(), values) for key, values in response.headers.items())
        headers = {key: without(self._secrets, b", ".join(values).decode("latin-1")) for key, values in names}
        return Page(answer, len(rows), headers), rows

    def following(self, paging: Paging, place: Place, page: Page, *, url: str) -> Place | None:
        """The place after an answer; a link is followed on the same host only."""
        found = paging.following(place, page)
        if found is None or "url" not in found:
            return found
        return {**found, "url": followed(found["url"], page=url, without=self._params)}

    def reading(self, url: str, section: str) -> Reading:
        """How rows of an answer are read."""
        return Reading(url=url, section=section, zone=self.zone, now=self.now)

    def is_old(self, published: datetime | None) -> bool:
        """Whether something lies before the window that was asked for."""
        return bool(self.since and published and published < self.since)


def bounded(step: Step, section: ListSection, *, page: int, cut: str) -> tuple[Step, str]:
    """The step, ended at the section's own limit; and that limit, where it ended a list that goes on."""
    if step.go_on and page >= section.max_pages:
        return Step(False, False, step.repeats, step.walk), f"max_pages {section.max_pages}"
    if cut and step.whole:
        return Step(False, False, step.repeats, step.walk), cut
    return step, ""


def cut_short(limit: str, *, url: str, name: str) -> Yield:
    """That a limit of the configuration ended a list before its end."""
    if limit:
        yield ProblemItem(code="list_too_long", url=url, detail=f"> {name}.{limit}")
