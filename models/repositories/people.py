"""What qualify reads of comments, and the leads that persons' signals add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.repositories.bulk import Bulk, Line, moment_of
from models.repositories.contacts import SHARED_CONTACTS

Row = dict[str, Any]


_DECIDING = 0x706572736F6E
"""The number of PostgreSQL's advisory lock: two processes would make two persons of one account."""


# Nearly all comments have the same tagged_version, and most the same qualified_version: || '' keeps these indexes out.
_READ = (
    "SELECT c.id, c.account_id, c.post_id, c.source, c.external_id, coalesce(c.published_at, c.first_seen_at),"
    " a.name, a.external_id, a.platform, p.author, c.parent_id FROM comment c JOIN account a ON a.id = c.account_id"
    " LEFT JOIN post p ON p.id = c.post_id WHERE c.qualified_version {which} AND c.tagged_version || '' = :version"
)
_WHICH = ("IS NULL", "< :reading", "> :reading")
_COLUMNS = (
    *("id", "account_id", "post_id", "source", "external_id", "at", "name", "account", "platform"),
    *("author", "parent_id"),
)
_ANSWERED = (
    "SELECT c.id, p.account_id, p.source, p.external_id FROM comment c"
    " JOIN comment p ON p.id = c.parent_id AND p.account_id <> c.account_id WHERE c.id {comments}"
)
_ANSWERS = (
    "SELECT p.account_id, p.source, p.external_id, c.id, c.source, c.external_id,"
    " coalesce(c.published_at, c.first_seen_at) FROM comment p"
    " JOIN comment c ON c.parent_id = p.id AND c.account_id <> p.account_id"
    " WHERE p.id {comments} AND c.qualified_version || '' = :reading AND NOT EXISTS (SELECT 1 FROM signal s"
    " WHERE s.comment_id = c.id AND s.kind IN ('colleague', 'spam_ad', 'competitor') AND s.version = :reading"
    " AND s.withdrawn_at IS NULL)"
)
_SAID_NOW = (
    "SELECT c.id FROM comment c WHERE c.id {comments} AND NOT EXISTS (SELECT 1 FROM signal s"
    " WHERE s.comment_id = c.id AND s.account_id = c.account_id AND s.recorded_at >= c.changed_at)"
)
_LOOK_AGAIN = """
    UPDATE lead SET route_at = :now WHERE person_id {persons} AND route_at IS NULL
    AND EXISTS (SELECT 1 FROM ticket WHERE ticket.person_id = lead.person_id)
    AND EXISTS (SELECT 1 FROM person WHERE person.id = lead.person_id AND person.suppressed_at IS NULL)
"""
_LEAD = (
    "person_id", "score", "grade", "qualified", "breakdown", "scoring_version", "comment_id", "post_id", "qualified_at",
    "changed_at", "scored_at", "rescore_at", "route_at", "route_note",
)  # fmt: skip
_UPDATED = ", ".join(f"{name} = excluded.{name}" for name in _LEAD if name not in ("person_id", "route_note"))
_KEEP = f"""
    INSERT INTO lead ({", ".join(_LEAD)}) VALUES ({", ".join("?" * len(_LEAD))})
    ON CONFLICT (person_id) DO UPDATE SET {_UPDATED}
"""  # noqa: S608 - our own names
_TIMES = ("qualified_at", "changed_at", "scored_at", "rescore_at", "route_at")
_NUMBERS = tuple(_LEAD.index(name) for name in _TIMES)


class PeopleRepository:
    """Who said what, and how interested persons are, in one session."""

    def __init__(self, session: Session | Line) -> None:
        self._bulk = Bulk(session)

    def take_turn(self) -> None:
        """Let nobody else decide who is who until this transaction ends (SQLite has one writer at a time anyway)."""
        if not self._bulk.sqlite:
            self._bulk.find("SELECT pg_advisory_xact_lock(:key)", key=_DECIDING)
            # by its statistics of a moment ago the planner may think that nearly all comments are new, or all old leads
            self._bulk.change("SET LOCAL enable_seqscan = off")
            self._bulk.change("SET LOCAL jit = off")

    def unqualified(self, version: str, *, reading: str, limit: int) -> list[Row]:
        """Comments tagged by a version that this reading did not qualify: who wrote what where, by id.

        First those that none qualified. The cost follows their number, not how many comments there are.
        """
        order = " ORDER BY c.qualified_version, c.id LIMIT :limit" if self._bulk.sqlite else " LIMIT :limit"
        lock = "" if self._bulk.sqlite else " FOR UPDATE OF c SKIP LOCKED"
        for which in _WHICH:
            sql = _READ.replace("{which}", which) + order + lock
            rows = self._bulk.find(sql, {}, version=version, limit=limit, reading=reading)
            if rows:
                found = (dict(zip(_COLUMNS, row, strict=True)) for row in rows)
                return sorted(({**row, "at": moment_of(row["at"])} for row in found), key=lambda row: row["id"])
        return []

    def tags_of_comments(self, comments: Sequence[int]) -> list[tuple[int, str, str]]:
        """(comment, kind, label) of comments."""
        return self._bulk.find(
            "SELECT comment_id, kind, label FROM tag WHERE comment_id {keys} ORDER BY id", {"keys": comments}
        )

    def topics_of_posts(self, posts: Iterable[int]) -> list[tuple[int, str]]:
        """(post, topic) of posts."""
        sql = "SELECT post_id, label FROM tag WHERE post_id {keys} AND kind = 'topic' ORDER BY id"
        return self._bulk.find(sql, {"keys": list(set(posts))})

    def contacts_of_comments(self, comments: Sequence[int]) -> list[tuple[int, str, str]]:
        """(comment, kind, keyed digest) of the contacts left in comments; numbers that many share are not one's own."""
        sql = "SELECT comment_id, kind, value_hmac, rule FROM contact WHERE comment_id {keys} ORDER BY id"
        found = self._bulk.find(sql, {"keys": comments})
        return [(comment, kind, mark) for comment, kind, mark, rule in found if rule not in SHARED_CONTACTS]

    def answered(self, comments: Sequence[int]) -> dict[int, tuple[int, str]]:
        """What these comments answer, where it is another account's: (account, key) by comment."""
        found = self._bulk.find(_ANSWERED, {"comments": comments})
        return {comment: (account, f"{source}:{external}") for comment, account, source, external in found}

    def answers(self, comments: Sequence[int], *, reading: str) -> list[tuple[int, str, int, str, datetime]]:
        """The answers of other accounts to these comments that this reading has qualified, and that mean something.

        (account and key of what is answered, id, key and time of the answer): an answer may be known before it.
        """
        return [
            (account, f"{source}:{external}", key, f"{whose}:{name}", moment_of(at) or datetime.min)
            for account, source, external, key, whose, name, at in self._bulk.find(
                _ANSWERS, {"comments": comments}, reading=reading
            )
        ]

    def mark_qualified(self, comments: Sequence[int], *, version: str) -> None:
        """These comments have given their signals."""
        sql = "UPDATE comment SET qualified_version = :version WHERE id {keys}"
        self._bulk.change(sql, {"keys": comments}, version=version)

    def persons_of(self, accounts: Iterable[int]) -> set[int]:
        """The persons that accounts are."""
        sql = "SELECT DISTINCT person_id FROM identity WHERE account_id {keys}"
        return {person for (person,) in self._bulk.find(sql, {"keys": list(accounts)})}

    def outdated(self, scoring_version: str, *, now: datetime, limit: int) -> list[int]:
        """Persons whose lead was scored by other rules than these, or may have another grade by now."""
        conditions = ("scoring_version < :version", "scoring_version > :version", "rescore_at <= :now")
        for condition in conditions:
            sql = f"SELECT person_id FROM lead WHERE {condition} LIMIT :limit"  # noqa: S608 - our own words
            rows = self._bulk.find(sql, {}, limit=limit, version=scoring_version, now=self._bulk.stamp(now))
            if rows:
                return sorted(person for (person,) in rows)
        return []

    def readings_of(self, persons: Sequence[int]) -> dict[int, str]:
        """By which reading and policy (``READING.POLICY``) persons were scored."""
        return dict(
            self._bulk.find("SELECT person_id, scoring_version FROM lead WHERE person_id {keys}", {"keys": persons})
        )

    def leads_of(self, persons: Sequence[int]) -> dict[int, Row]:
        """The leads of persons by person, without their breakdown, locked until this transaction ends."""
        names = [name for name in _LEAD if name != "breakdown"]
        lock = "" if self._bulk.sqlite else " ORDER BY id FOR UPDATE"
        sql = f"SELECT {', '.join(names)} FROM lead WHERE person_id {{keys}}{lock}"  # noqa: S608 - our own names
        found = {}
        for values in self._bulk.find(sql, {"keys": persons}):
            row = dict(zip(names, values, strict=True))
            times = {name: moment_of(row[name]) for name in _TIMES}
            found[row["person_id"]] = row | times | {"qualified": bool(row["qualified"])}
        return found

    def last_states(self, persons: Sequence[int]) -> dict[int, str]:
        """The state of the newest ticket of those of these persons who have or had any."""
        sql = "SELECT person_id, state FROM ticket WHERE person_id {keys} ORDER BY id"
        return dict(self._bulk.find(sql, {"keys": persons})) if persons else {}

    def said_now(self, comments: Sequence[int]) -> set[int]:
        """Those of these comments that are new or edited: no reading knows them as they are."""
        return {comment for (comment,) in self._bulk.find(_SAID_NOW, {"comments": comments})}

    def look_again(self, persons: Iterable[int], *, now: datetime) -> None:
        """Let route look again, from now on, at those of these persons whom it routed before."""
        keys = sorted(persons)
        if keys:
            self._bulk.change(_LOOK_AGAIN, {"persons": keys}, now=self._bulk.stamp(now))

    def posts_of(self, comments: Iterable[int]) -> dict[int, int | None]:
        """The posts that comments are on, by comment."""
        return dict(self._bulk.find("SELECT id, post_id FROM comment WHERE id {keys}", {"keys": list(comments)}))

    def keep_leads(self, rows: Sequence[Row]) -> None:
        """Write leads, one a person; ``breakdown`` is JSON already."""
        values = [[row[name] for name in _LEAD] for row in rows]
        times = {moment: self._bulk.stamp(moment) for moment in {row[n] for row in values for n in _NUMBERS}}
        for row in values:
            for number in _NUMBERS:
                row[number] = times[row[number]]
        self._bulk.write(_KEEP, [tuple(row) for row in values])
