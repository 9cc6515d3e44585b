"""The part of qualify that reads a batch of comments: what each says, whom it answers, and the signals it gives.

A contact that the team wrote first is the team's: whoever repeats it left none of their own, and is nobody else by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from models.repositories.content import digest
from models.repositories.signals import SignalRow
from models.unit_of_work import UnitOfWork
from yinliu.leads.signals import SignalFact, TaggedComment, engagement, engagement_of, signals_of

Row = dict[str, Any]


class Reading:
    """How comments are read: which topics are served and who the team itself is; ``version`` names these rules."""

    def __init__(self, topics: Collection[str], colleagues: Collection[str]) -> None:
        self._topics = frozenset(topics)
        self._colleagues = frozenset(colleagues)
        self.version = digest(sorted(self._topics), sorted(self._colleagues))[:12]

    def batch(self, work: UnitOfWork, rows: Sequence[Row]) -> Batch:
        """These comments with all that was found in them."""
        return Batch(work, rows, [self.is_colleague(row["name"], row["account"], row["author"]) for row in rows])

    def signals(self, batch: Batch) -> Iterator[SignalRow]:
        """The signals of a batch: of each comment for its writer, and of each answer for whom it answers."""
        for row, comment in zip(batch.rows, batch.comments, strict=True):
            for fact in signals_of(comment, served_topics=self._topics):
                yield _row(row["account_id"], fact)
            answer = engagement_of(comment)
            if answer:
                yield _row(batch.answered[comment.comment][0], answer)

    def earlier_answers(self, work: UnitOfWork, batch: Batch) -> Iterator[SignalRow]:
        """The signals of answers that were qualified before the comments that they answer were known."""
        for account, answered, key, by, at in work.people.answers(batch.keys, reading=self.version):
            yield _row(account, engagement(answered=answered, by=by, comment=key, at=at))

    def is_colleague(self, name: str | None, account: str, author: str | None) -> bool:
        """True for who is named by the team, by their name or their account's id, and for the author of the post."""
        return bool(name and name == author) or name in self._colleagues or account in self._colleagues


class Batch:
    """Comments of one transaction: their rows, what they say, and whom (account, key) they answer."""

    def __init__(self, work: UnitOfWork, rows: Sequence[Row], colleagues: Sequence[bool]) -> None:
        self.rows = rows
        self.keys = [row["id"] for row in rows]
        replies = [row["id"] for row in rows if row["parent_id"]]
        self.answered = work.people.answered(replies) if replies else {}
        self._tags = _grouped(((key, kind), label) for key, kind, label in work.people.tags_of_comments(self.keys))
        found = work.people.contacts_of_comments(self.keys)
        self._contacts = _grouped((comment, (kind, mark)) for comment, kind, mark in found)
        self._teams = work.contacts.teams({mark for *_, mark in found})
        self._topics = _grouped(work.people.topics_of_posts(row["post_id"] for row in rows if row["post_id"]))
        self.comments = [self._comment(row, own) for row, own in zip(rows, colleagues, strict=True)]

    @property
    def opted_out(self) -> list[tuple[int, int]]:
        """(account, comment) of the comments in which they ask not to be contacted."""
        pairs = zip(self.rows, self.comments, strict=True)
        return [(row["account_id"], comment.comment) for row, comment in pairs if comment.opted_out]

    def _comment(self, row: Row, by_colleague: bool) -> TaggedComment:
        key = row["id"]
        contacts = () if by_colleague else self._contacts.get(key, ())
        topics = (*self._tags.get((key, "topic"), ()), *self._topics.get(row["post_id"], ()))
        return TaggedComment(
            comment=key,
            key=f"{row['source']}:{row['external_id']}",
            at=row["at"],
            intents=tuple(self._tags.get((key, "intent"), ())),
            topics=tuple(dict.fromkeys(topics)),
            contacts=tuple(found for found in contacts if found[1] not in self._teams),
            guards=tuple(self._tags.get((key, "guard"), ())),
            answers=self.answered[key][1] if key in self.answered else None,
            by_colleague=by_colleague,
        )


def _row(account: int, fact: SignalFact) -> SignalRow:
    return (account, *fact)


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found
