"""WeChat official account (微信公众号): published articles, their figures and comments, by the account's own API.

``docs/wechat_mp.md`` says what is documented where. The list gives what was published without notice, the figures also
what was sent to the followers; both have an article as ``mid_idx``, which is also what its comments are asked by. The
access token is asked for by every process anew, and its secret is read from the environment: neither is in any file.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar, Literal

from pydantic import Field

from crawlers.items import PostItem, ProblemItem, VisitItem
from crawlers.options import SourceOptions
from crawlers.spider import Cursor, Yield
from crawlers.walk import Walk
from crawlers.wechat.api import AccountOptions, AccountSpider
from crawlers.wechat.articles import Publication, is_number, parse_publications, total_of
from crawlers.wechat.comments import parse_comments
from crawlers.wechat.days import SHANGHAI, days_since, end_of, last_ready_day, publication_days
from crawlers.wechat.figures import Figures, parse_figures, tie
from crawlers.wechat.refusals import COMMENTS, FIGURES, LIST, NO_ARTICLE, Refusal

COMMENTS_AT_ONCE = 49
"""“获取数目（>=50会被拒绝）” (comment/list)."""

_LISTED_MOST, _LISTED_DAYS = 300, 40
_SEEN_MOST = 300
"""Articles of the list that the cursor keeps: known ground for the next walk."""

_LONGEST_TITLE = 200

Pair = list[str]
"""An article's id and the ``msgid`` its comments are asked by."""


class WechatMpOptions(AccountOptions):
    """An official account: which of it is read, and how much of it at once."""

    platform: Literal["wechat_mp"]
    comments: bool = True
    days: int = Field(default=7, ge=1, le=30)
    page_size: int = Field(default=10, ge=1, le=20)
    posts_overlap: int = Field(default=10, ge=1, le=200)

    @property
    def identity(self) -> str:
        """An account is its appid."""
        return f"{self.platform} {self.appid}"

    @property
    def own_accounts(self) -> tuple[str, ...]:
        """The account answers its readers: that is no lead."""
        return (f"account:{self.appid}",)


class WechatMpSpider(AccountSpider):
    """The account's articles, newest first; figures of the days that are ready; comments of new and due articles."""

    name = "wechat_mp"
    Options: ClassVar[type[SourceOptions]] = WechatMpOptions
    options: WechatMpOptions

    # Articles

    def first_requests(self) -> Yield:
        """The newest articles; what follows from them asks for the rest."""
        memory = self.memory
        kept = {name: memory.get(name, {}) for name in ("listed", "ties")}
        before = self.cursor.get("total", memory.get("total"))
        rest = memory.get("rest", self.cursor.get("rest"))
        # What an unfinished first walk has read is ground too: ``rest`` says where what it lacks begins.
        ground = self.cursor.get("seen", []) if "total" in self.cursor else memory.get("seen", [])
        memory.clear()
        memory |= {"ground": ground, "seen": ground, "met": []}
        memory |= {"closed": [], "before": before, "rest": rest}
        memory |= {name: {**self.cursor.get(name, {}), **value} for name, value in kept.items()}
        yield from self._list(0, walk=Walk(), found=0)

    def _list(self, offset: int, *, walk: Walk, found: int) -> Yield:
        carried = {"offset": offset, "walk": walk.plain(), "found": found}
        yield from self._page(offset, "_listed", carried)

    def _page(self, offset: int, reads: str, carried: dict[str, Any]) -> Yield:
        body = {"offset": offset, "count": self.options.page_size, "no_content": 0}
        yield from self.call(LIST, f"offset={offset}", reads, body, carried)

    def _listed(self, answer: dict[str, Any], *, offset: int, walk: dict[str, Any], found: int) -> Yield:
        """One page of articles; then the next one, or figures and visits."""
        page, total = parse_publications(answer, now=self.now), total_of(answer)
        for publication in page:
            yield from self._take(publication, offset)
        yield from self._ask_comments([post.external_id for one in page for post in one.posts if self._is_new(post)])
        before = self.known_posts | self._ground
        found += sum(before.isdisjoint(one.ids) for one in page)
        after = offset + len(page)
        more = bool(page) and (total is None or after < total) and not self._before_since(page)
        ids = [key for one in page for key in one.ids]
        self.memory["met"] = [*self.memory["met"], *ids][:_SEEN_MOST]
        step = Walk.of(walk).step(ids, known=self._ground, overlap=self.options.posts_overlap, more=more)
        if offset == 0:
            self.memory["total"] = total
        if step.go_on or (more and not step.repeats and self._is_sought(found)):
            if not self._ground:
                self.memory["rest"] = after
                self._settle()
            yield from self._list(after, walk=step.walk, found=found)
        else:
            self.memory["rest"] = None if step.whole else self._rest()
            yield from self._after_list(offset=after)

    @property
    def _ground(self) -> frozenset[str]:
        """The articles that end a walk; none before a walk has come, or is coming, to the oldest one.

        Those of complete crawls: what the database knows may stand before a page that some crawl has lost.
        """
        if self.since or self.memory["before"] is None:
            return frozenset()
        return frozenset(self.memory["ground"])

    def _settle(self) -> None:
        """What was met is ground for the next crawl: nothing is missing behind it but what ``rest`` says."""
        self.memory["seen"] = list(dict.fromkeys([*self.memory["met"], *self.memory["seen"]]))[:_SEEN_MOST]

    @property
    def _added(self) -> int:
        """How many publications there are more than before."""
        return max(0, (self.memory.get("total") or 0) - (self.memory["before"] or 0))

    def _is_sought(self, found: int) -> bool:
        """The platform promises no order: known ground ends the walk only when all that was added is found."""
        return bool(self._ground) and found < self._added

    def _rest(self) -> int | None:
        """Where an earlier crawl stopped short of the oldest articles, moved by what was added since."""
        rest = self.memory["rest"]
        return rest + self._added if isinstance(rest, int) else None

    def _before_since(self, page: list[Publication]) -> bool:
        times = [one.changed for one in page if one.changed]
        return self.since is not None and bool(times) and max(times) < self.since

    def _is_new(self, post: PostItem) -> bool:
        return post.external_id not in self.known_posts

    def _take(self, publication: Publication, offset: int) -> Yield:
        """The articles of a publication, and which known ones are gone; the lately listed ones are remembered."""
        yield from self.located(publication.problems, LIST, f"offset={offset}")
        for post in publication.posts:
            yield post
            if self._is_new(post) and not _askable(post.external_id):
                detail = f"without mid, idx in its address: no figures or comments can be asked for: {post.url}"
                yield ProblemItem(code="item_incomplete", url=self.locator(LIST, post.external_id), detail=detail)
        visited = {visit.post_id for visit in self.visits}
        yield from (VisitItem(post_id=key, gone=True) for key in publication.gone if key in self.known_posts | visited)
        if publication.changed and publication.changed > self.now - timedelta(days=_LISTED_DAYS):
            day = publication.changed.astimezone(SHANGHAI).date().isoformat()
            listed = {post.external_id: [post.title[:_LONGEST_TITLE], day] for post in publication.posts}
            self.memory["listed"] |= listed

    def _after_list(self, *, offset: int) -> Yield:
        """When the newest articles are read: the oldest ones, where they are missing, the figures, the visits."""
        self._settle()
        rest = self.memory["rest"]
        if rest is not None and not self.since:
            begin = max(rest, offset)
            yield from self._page(begin, "_older", {"offset": begin})
        yield from self._ask_figures()
        yield from self._ask_comments([visit.post_id for visit in self.visits])

    def _older(self, answer: dict[str, Any], *, offset: int) -> Yield:
        """A page of the oldest articles, which an earlier crawl did not come to."""
        page = parse_publications(answer, now=self.now)
        for publication in page:
            yield from self._take(publication, offset)
        after = offset + len(page)
        more = bool(page) and after < (total_of(answer) or 0)
        self.memory["rest"] = after if more else None
        if more:
            yield from self._page(after, "_older", {"offset": after})

    def _listed_refused(self, refused: Refusal, key: str, *, offset: int, **_: Any) -> Yield:
        """Without the first page the crawl has failed; later, what is missing is left to the next one.

        An account that may not list at all still has its figures, which bring what was sent to the followers.
        """
        unlisted = refused.code == "permission_missing"
        yield self.problem(refused, key, scope="item" if offset or unlisted else "source")
        if unlisted:
            self.memory |= {"unlisted": True, "total": self.memory["before"] or 0}
        kept, self.memory["rest"] = self.memory["rest"], None
        yield from self._after_list(offset=offset)
        self.memory["rest"] = offset or kept

    def _older_refused(self, refused: Refusal, key: str, *, offset: int) -> Yield:
        self.memory["rest"] = offset
        yield self.problem(refused, key, scope="item")

    # Figures

    def _ask_figures(self) -> Yield:
        """The figures of one publication day, which ask for the day before."""
        last, until = last_ready_day(self.now), self.cursor.get("figures")
        if self.since:
            days = days_since(self.since, last=last)
        else:
            asked = date.fromisoformat(until) if until else None
            days = publication_days(last=last, until=asked, days=self.options.days)
        yield from self._day([day.isoformat() for day in days], until=last.isoformat())

    def _day(self, days: list[str], *, until: str) -> Yield:
        if days:
            body = {"begin_date": days[0], "end_date": days[0]}
            yield from self.call(FIGURES, f"day={days[0]}", "_figures", body, {"days": days, "until": until})
        elif not self.memory.get("delayed"):
            self.memory["figures"] = until

    def _figures(self, answer: dict[str, Any], *, days: list[str], until: str) -> Yield:
        """The figures of one publication day; articles that no list has are made known by them."""
        found, problems = parse_figures(answer)
        yield from self.located(problems, FIGURES, f"day={days[0]}")
        others = frozenset(one.msgid for one in found)
        delayed = answer.get("is_delay") is True
        # A snapshot is kept for good: a last day that is still being counted must not become one.
        unsure = end_of(date.fromisoformat(until)) if delayed else None
        new: list[str] = []
        for figures in found:
            post_id = self._tied(figures, others)
            if post_id is None:
                post_id = figures.msgid
                if post_id not in self.known_posts:
                    yield figures.post()
                    new.append(post_id)
            yield from (one for one in figures.metrics(post_id) if one.taken != unsure)
        if delayed:
            self.memory["delayed"] = True
            where, detail = self.locator(FIGURES, f"day={days[0]}"), f"is_delay; the figures of {until} are left out"
            yield ProblemItem(code="data_not_ready", url=where, detail=detail)
        yield from self._ask_comments(new)
        yield from self._day(days[1:], until=until)

    def _tied(self, figures: Figures, others: frozenset[str]) -> str | None:
        """The article that figures belong to, None for one that only the figures know; a tie by title is remembered."""
        listed = {key: (title, day) for key, (title, day) in self.memory["listed"].items()}
        key = tie(figures, listed=listed, others=others)
        if key is not None and key != figures.msgid:
            self.memory["ties"][key] = figures.msgid
        return key

    def _figures_refused(self, refused: Refusal, key: str, **_: Any) -> Yield:
        """Told once; the next crawl asks for the missing days. With no list either, the crawl has failed."""
        yield self.problem(refused, key, scope="source" if self.memory.get("unlisted") else "item")

    # Comments

    def _ask_comments(self, posts: list[str]) -> Yield:
        """The comments of some articles: of the first one, and when that is answered, of the others."""
        pairs = [[post, self.memory["ties"].get(post, post)] for post in posts]
        if self.options.comments and not self.memory["closed"]:
            yield from self._first_of([pair for pair in pairs if _askable(pair[1])])

    def _first_of(self, pairs: list[Pair]) -> Yield:
        if pairs:
            yield from self._comments(pairs[0], walk=Walk(), begin=0, then=pairs[1:])

    def _comments(self, pair: Pair, *, walk: Walk, begin: int, then: list[Pair]) -> Yield:
        message, _, place = pair[1].partition("_")
        body = {"msg_data_id": int(message), "index": int(place) - 1, "begin": begin, "count": COMMENTS_AT_ONCE}
        carried = {"pair": pair, "walk": walk.plain(), "begin": begin, "then": then}
        yield from self.call(COMMENTS, f"{pair[1]};begin={begin}", "_commented", {**body, "type": 0}, carried)

    def _commented(
        self, answer: dict[str, Any], *, pair: Pair, walk: dict[str, Any], begin: int, then: list[Pair]
    ) -> Yield:
        """One page of comments, in no promised order: all pages are read. Then the other articles' first pages."""
        account = self.options.appid
        page = parse_comments(answer, post_id=pair[0], account=account, now=self.now)
        after = begin + page.size
        more = page.size > 0 and (page.size >= COMMENTS_AT_ONCE or after < page.total)
        here = Walk.of(walk)
        step = here.step(page.ids, known=(), overlap=0, more=more)
        yield from self.located(page.problems, COMMENTS, f"{pair[1]};begin={begin}")
        yield from page.comments
        yield VisitItem(
            post_id=pair[0],
            page=here.page,
            last=not step.go_on,
            whole=step.whole,
            ids=page.ids,
            oldest=page.oldest,
        )
        if step.go_on:
            yield from self._comments(pair, walk=step.walk, begin=after, then=[])
        for other in then:
            yield from self._comments(other, walk=Walk(), begin=0, then=[])

    def _commented_refused(self, refused: Refusal, key: str, *, pair: Pair, then: list[Pair], **_: Any) -> Yield:
        """One article's refusal lets the others be asked; one that holds for all of them is told once."""
        if refused.errcode == NO_ARTICLE:
            yield self._unreadable(refused, key, pair[0])
            yield from self._first_of(then)
        elif refused.code not in self.memory["closed"]:
            self.memory["closed"].append(refused.code)
            yield self.problem(refused, key, scope="item")

    def _unreadable(self, refused: Refusal, key: str, post_id: str) -> VisitItem | ProblemItem:
        """An article whose comments the API does not know: gone if it had some, told if it is new, else without any."""
        if self.known_comments(post_id):
            return VisitItem(post_id=post_id, gone=True)
        if post_id in self.known_posts:
            return VisitItem(post_id=post_id)
        return self.problem(refused, key, scope="item")

    # What the next crawl needs

    def next_cursor(self) -> Cursor:
        """How many articles there are, those listed lately, the figures' last day, where old articles are missing."""
        if self.since or self.memory.get("total") is None:
            return self.cursor
        oldest = (self.now.astimezone(SHANGHAI) - timedelta(days=_LISTED_DAYS)).date().isoformat()
        kept = sorted(self.memory["listed"].items(), key=lambda one: one[1][1], reverse=True)[:_LISTED_MOST]
        listed = {key: value for key, value in kept if value[1] >= oldest}
        ties = {key: msgid for key, msgid in self.memory["ties"].items() if key in listed}
        cursor = {"total": self.memory["total"], "seen": self.memory["seen"], "listed": listed, "ties": ties}
        figures = self.memory.get("figures") or self.cursor.get("figures")
        cursor |= {"figures": figures} if figures else {}
        rest = self.memory.get("rest")
        return cursor | ({"rest": rest} if rest is not None else {})


def _askable(msgid: str) -> bool:
    message, _, place = msgid.partition("_")
    return is_number(message) and is_number(place) and int(place) > 0
