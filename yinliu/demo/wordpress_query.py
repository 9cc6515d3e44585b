"""The parameters of a WordPress listing: what is accepted, and what it selects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from yinliu.demo.records import DemoComment, DemoPost
from yinliu.demo.wordpress_parameters import InvalidParameters, Parameters

Item = TypeVar("Item", DemoPost, DemoComment)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a collection can be ordered by and filtered with."""

    orderby: tuple[str, ...]
    default_orderby: str
    filters: tuple[str, ...]


POSTS = Rules(
    orderby=("author", "date", "id", "include", "modified", "parent", "relevance", "slug", "include_slugs", "title"),
    default_orderby="date",
    filters=("after", "before", "modified_after", "modified_before", "exclude", "include"),
)
COMMENTS = Rules(
    orderby=("date", "date_gmt", "id", "include", "post", "parent", "type"),
    default_orderby="date_gmt",
    filters=("after", "before", "exclude", "include", "post", "parent"),
)


@dataclass(frozen=True, slots=True)
class Query:
    """The accepted parameters of one request."""

    page: int
    per_page: int
    order: str
    orderby: str
    moments: Mapping[str, datetime]
    numbers: Mapping[str, frozenset[int]]
    fields: tuple[str, ...]
    embed: bool

    @classmethod
    def of(cls, raw: Mapping[str, str], rules: Rules) -> Query:
        """Read the parameters; all refused ones are named at once."""
        parameters = Parameters(raw)
        query = cls(
            page=parameters.page(),
            per_page=parameters.per_page(),
            order=parameters.choice("order", ("asc", "desc"), default="desc"),
            orderby=parameters.choice("orderby", rules.orderby, default=rules.default_orderby),
            moments=parameters.moments(rules.filters),
            numbers=parameters.numbers(rules.filters),
            fields=tuple(field.strip() for field in raw.get("_fields", "").split(",") if field.strip()),
            embed="_embed" in raw,
        )
        if parameters.refused:
            raise InvalidParameters(parameters.refused)
        return query

    def wants_post(self, post: DemoPost) -> bool:
        """Whether a post passes the filters."""
        return (
            self._listed(post.id)
            and self._within(post.published, "after", "before")
            and self._within(post.modified, "modified_after", "modified_before")
        )

    def wants_comment(self, comment: DemoComment) -> bool:
        """Whether a comment passes the filters."""
        belongs = comment.post_id in self.numbers.get("post", {comment.post_id})
        parent = comment.parent_id or 0
        return (
            belongs
            and self._listed(comment.id)
            and parent in self.numbers.get("parent", {parent})
            and self._within(comment.created, "after", "before")
        )

    def sorted(self, items: Iterable[Item]) -> list[Item]:
        """The items in the order asked for."""
        return sorted(items, key=self._sort_key, reverse=self.order == "desc")

    def pages(self, total: int) -> int:
        """How many pages so many items fill."""
        return -(-total // self.per_page)

    def slice(self, items: Sequence[Item]) -> Sequence[Item]:
        """The items of the page asked for."""
        return items[(self.page - 1) * self.per_page : self.page * self.per_page]

    def _sort_key(self, item: DemoPost | DemoComment) -> tuple[str, int]:
        moment = item.published if isinstance(item, DemoPost) else item.created
        if self.orderby == "id":
            return "", item.id
        if isinstance(item, DemoPost) and self.orderby in ("modified", "title", "slug"):
            return str(getattr(item, self.orderby)), item.id
        return moment.isoformat(), item.id

    def _listed(self, number: int) -> bool:
        return number in self.numbers.get("include", {number}) and number not in self.numbers.get("exclude", ())

    def _within(self, moment: datetime, after: str, before: str) -> bool:
        later = after not in self.moments or moment > self.moments[after]
        return later and (before not in self.moments or moment < self.moments[before])


def trimmed(item: Mapping[str, object], fields: Sequence[str]) -> dict[str, object]:
    """The item with only the ``_fields`` asked for; ``title.rendered`` asks for a part."""
    if not fields:
        return dict(item)
    wanted: dict[str, list[str]] = {}
    for name, _, inner in (field.partition(".") for field in fields):
        wanted.setdefault(name, []).append(inner)
    return {name: _part(value, wanted[name]) for name, value in item.items() if name in wanted}


def _part(value: object, inner: Sequence[str]) -> object:
    if "" in inner or not isinstance(value, dict):
        return value
    return trimmed(value, inner)
