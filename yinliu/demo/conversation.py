"""How the lines under a post become comments: said by somebody, at some moment, under some number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from random import Random

from yinliu.demo.arrangement import Draft
from yinliu.demo.cast import Author, Cast
from yinliu.demo.records import DemoComment
from yinliu.demo.schedule import Span, answering_time, talking_times
from yinliu.demo.script import Line


@dataclass(frozen=True, slots=True)
class _Asked:
    """The comment an answer belongs to, and everybody heard in the thread so far."""

    comment: DemoComment
    heard: tuple[Author, ...]


class Conversation:
    """The talk under one post."""

    def __init__(self, draft: Draft, post_id: int, talk: Span, cast: Cast) -> None:
        self._draft = draft
        self._post_id = post_id
        self._talk = talk
        self._cast = cast
        self._rng = Random(f"talk {draft.script.slug}")

    def comments(self, *, first: int) -> list[DemoComment]:
        """Its comments, numbered from ``first``; a reply comes after what it answers."""
        numbers = count(first)
        moments = talking_times(self._talk, len(self._draft.lines), self._rng)
        return [
            comment
            for line, moment in zip(self._draft.lines, moments, strict=True)
            for comment in self._thread(line, moment, numbers, asked=None)
        ]

    def _thread(
        self, line: Line, created: datetime, numbers: Iterator[int], *, asked: _Asked | None
    ) -> Iterator[DemoComment]:
        heard = asked.heard if asked else ()
        author = self._cast.author(line, self._draft.brand, heard=heard)
        comment = DemoComment(
            id=next(numbers),
            post_id=self._post_id,
            parent_id=asked.comment.id if asked else None,
            author_id=author.id,
            author=author.name,
            text=line.text.replace("{product}", self._draft.script.product),
            created=created,
            label=line.label,
            contact=line.contact,
        )
        yield comment
        yield from self._answers(line.answers, numbers, _Asked(comment, (*heard, author)))

    def _answers(self, lines: Sequence[Line], numbers: Iterator[int], asked: _Asked) -> Iterator[DemoComment]:
        for line in lines:
            yield from self._thread(line, self._answered_at(line, asked), numbers, asked=asked)

    def _answered_at(self, line: Line, asked: _Asked) -> datetime:
        return answering_time(
            asked.comment.created, self._talk, self._rng, depth=len(asked.heard), office_hours=line.speaker == "brand"
        )
