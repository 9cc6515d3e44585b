"""An article's figures day by day (``datacube/getarticletotaldetail``), and which article they belong to.

Each ``stat_date`` holds the sums from publication to the end of that day: a curve. They count people, not times.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from typing import Any

from crawlers.items import MetricItem, PostItem, ProblemItem
from crawlers.text import clean
from crawlers.wechat.articles import incomplete, is_number, rows_of
from crawlers.wechat.days import end_of, read_day, start_of

METRICS = {
    "read_user": "read_users",
    "share_user": "shares",
    "like_user": "likes",
    "collection_user": "favorites",
    "comment_count": "comments",
    "read_subscribe_user": "followers_gained",
    "zaikan_user": "zaikan_users",
}
"""The platform's names and ours."""

UNNOTIFIED = 1
"""``publish_type`` of what was published without telling the followers: what ``freepublish/batchget`` lists."""

_NEAR = timedelta(days=1)
_LONGEST_RAW = 100

Listed = Mapping[str, tuple[str, str]]
"""Articles that were listed lately: title and day (YYYY-MM-DD) by id."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One article's figures: ``msgid`` is ``msg_data_id_index``; ``counts`` are day, name, value, what was written."""

    msgid: str
    title: str
    url: str
    day: date
    listed: bool
    counts: tuple[tuple[date, str, int | None, str], ...]

    def metrics(self, post_id: str) -> Iterator[MetricItem]:
        """The curve, as metrics of a post, each taken at the end of its day."""
        for day, name, value, raw in self.counts:
            yield MetricItem(post_id=post_id, name=name, value=value, raw=raw, taken=end_of(day))

    def post(self) -> PostItem:
        """The article as far as the figures know it: its body is not among them."""
        return PostItem(
            external_id=self.msgid,
            url=self.url,
            title=self.title,
            body="",
            published=start_of(self.day),
            published_raw=self.day.isoformat(),
        )


def parse_figures(answer: dict[str, Any]) -> tuple[list[Figures], list[ProblemItem]]:
    """The articles of one answer, and the rows and days that cannot be read."""
    found: list[Figures] = []
    problems: list[ProblemItem] = []
    for row in rows_of(answer.get("list")):
        day, msgid = read_day(row.get("ref_date")), str(row.get("msgid") or "")
        if day is None or not all(is_number(part) for part in msgid.split("_")) or msgid.count("_") != 1:
            problems.append(incomplete(row, "msgid, ref_date", url=str(row.get("content_url") or "")))
            continue
        days = rows_of(row.get("detail_list"))
        problems += [incomplete(one, f"stat_date of {msgid}") for one in days if read_day(one.get("stat_date")) is None]
        found.append(
            Figures(
                msgid=msgid,
                title=clean(str(row.get("title") or ""))[0],
                url=unescape(str(row.get("content_url") or "")),
                day=day,
                listed=row.get("publish_type") == UNNOTIFIED,
                counts=tuple(count for one in days for count in _counts(one)),
            )
        )
    return found, problems


def _counts(row: dict[str, Any]) -> Iterator[tuple[date, str, int | None, str]]:
    day = read_day(row.get("stat_date"))
    for theirs, ours in METRICS.items():
        if day is not None and theirs in row:
            value = row[theirs]
            known = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
            yield day, ours, value if known else None, json.dumps(value, ensure_ascii=False)[:_LONGEST_RAW]


def tie(figures: Figures, *, listed: Listed, others: Collection[str]) -> str | None:
    """The id of the listed article that these figures belong to; None when it is none of them.

    The same id; else, for what was published without notice, the only article of the same title listed for that day
    or one beside it, unless another row of the answer (``others``) has that id.
    """
    if figures.msgid in listed:
        return figures.msgid
    if not figures.listed or not figures.title:
        return None
    same = [
        key
        for key, (title, day) in listed.items()
        if title == figures.title and key not in others and _near(day, figures.day)
    ]
    return same[0] if len(same) == 1 else None


def _near(raw: str, day: date) -> bool:
    other = read_day(raw)
    return other is not None and abs(other - day) <= _NEAR
