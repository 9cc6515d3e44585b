"""What the platform reads of a saved answer: the folder's name says which of its APIs gave it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawlers.items import Item
from crawlers.wechat.articles import parse_publications
from crawlers.wechat.comments import parse_comments
from crawlers.wechat.figures import parse_figures
from crawlers.wechat.refusals import COMMENTS, FIGURES, LIST, read_answer, refusal

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
POST = "2247490098_1"
_APIS = {"articles": LIST, "figures": FIGURES, "comments": COMMENTS, "refused": COMMENTS}


def saved_items(folder: Path, text: str) -> Iterator[Item | dict[str, Any]]:
    """The items of a saved answer, as ``tests/crawlers/cases.py`` compares them."""
    what = folder.name.split("-")[0]
    answer = read_answer(text, api=_APIS[what])
    refused = refusal(answer, api=_APIS[what])
    if refused:
        yield {"kind": "refusal", "errcode": refused.errcode, "code": refused.code, "detail": refused.detail}
    elif what == "articles":
        for publication in parse_publications(answer, now=NOW):
            yield from publication.posts
            yield from publication.problems
            yield {"kind": "publication", "ids": list(publication.ids), "gone": list(publication.gone)}
    elif what == "figures":
        yield from _figures(answer)
    else:
        page = parse_comments(answer, post_id=POST, account="wx0123456789abcdef", now=NOW)
        yield from page.comments
        yield from page.problems
        yield {"kind": "page", "size": page.size, "total": page.total}


def _figures(answer: dict[str, Any]) -> Iterator[Item | dict[str, Any]]:
    found, problems = parse_figures(answer)
    for figures in found:
        yield figures.post()
        yield from figures.metrics(figures.msgid)
        yield {"kind": "figures", "msgid": figures.msgid, "listed": figures.listed}
    yield from problems
