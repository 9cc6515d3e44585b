"""An opt-out taken back: what was suppressed by it is not any more, and what was misheard is never heard so again.

Suppressions of others that only followed from it, by contacts, end with it, unless they follow from another's too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, delete, exists, insert, or_, select
from sqlalchemy.orm import Session

from models.content import Account, Comment
from models.onboarding import Ticket
from models.people import Identity, Lead, Misheard, Person, Suppression, Withdrawal
from models.repositories.bulk import Bulk
from models.repositories.communities import ASKED
from models.repositories.content import digest
from models.repositories.snapshots import Row, table_of
from models.repositories.suppressing import refresh_suppressions, with_contacts
from models.repositories.upsert import upsert

_ACCOUNT, _COMMENT, _IDENTITY, _PERSON, _LEAD, _TICKET, _SUPPRESSION, _WITHDRAWAL = map(
    table_of, (Account, Comment, Identity, Person, Lead, Ticket, Suppression, Withdrawal)
)
_HEARD = """
    SELECT comment.id FROM comment JOIN tag ON tag.comment_id = comment.id
    WHERE comment.account_id {accounts} AND comment.qualified_version IS NOT NULL
    AND tag.kind = 'guard' AND tag.label = 'opt_out'
"""
_ROUTE = f"""
    UPDATE lead SET rescore_at = :now, route_note = NULL, route_at = CASE WHEN qualified THEN {ASKED} END
    WHERE person_id {{persons}} AND route_at IS NULL
"""  # noqa: S608 - our own words


class Undone(NamedTuple):
    """What was taken back.

    ``said``: what stood of the person's accounts, and ``comments`` (id, text) that had said so; ``others``: persons
    who were suppressed only because of them; ``causes``: persons because of whom they still are, by a contact;
    ``leads`` that are routed again, and ``tickets`` that had ended by it.
    """

    said: list[Row]
    comments: list[tuple[int, str]]
    others: list[int]
    causes: list[int]
    leads: list[int]
    tickets: list[int]


def withdraw(session: Session, person: int, *, actor: str, reason: str, now: datetime) -> Undone:
    """Take back that a person is not to be contacted.

    Where nobody said so of themselves, nothing is done: ``said`` is empty, and ``causes`` says of whom it was said
    (of nobody either: they are not suppressed).
    """
    bulk = Bulk(session)
    own = list(session.scalars(select(_IDENTITY.c.account_id).where(_IDENTITY.c.person_id == person)))
    everyone = set(with_contacts(bulk, dict.fromkeys(own)))
    rows = _suppressed(session, everyone)
    mine = [row for row in rows if row["account_id"] in set(own)]
    roots = {row["account_id"]: row["comment_id"] for row in rows if row["said"] and row not in mine}
    held = with_contacts(bulk, roots)
    causes = _persons(session, roots)
    if not any(row["said"] or row["account_id"] not in held for row in mine):
        return Undone([], [], [], causes, [], [])
    comments = _mishear(session, bulk, own, mine, actor=actor, reason=reason, now=now)
    freed = [row for row in rows if row in mine or row["account_id"] not in held]
    _note(session, freed, actor=actor, reason=reason, now=now)
    _suppress_still(session, mine, [row for row in rows if row["account_id"] in roots], held)
    touched = _persons(session, [row["account_id"] for row in freed])
    refresh_suppressions(bulk, touched)
    free = _free(session, touched)
    leads, tickets = _let_route(session, bulk, free, now=now)
    others = [one for one in free if one != person]
    return Undone(mine, comments, others, causes if person not in free else [], leads, tickets)


def withdrawals(session: Session, person: int, *, at: datetime | None = None) -> list[Row]:
    """What was taken back of a person, by their accounts: who had said so when and why, who took it back; in order.

    ``at``: before that moment alone.
    """
    query = select(_IDENTITY.c.person_id, _ACCOUNT.c.source, _ACCOUNT.c.name, *_WITHDRAWAL.c, _COMMENT.c.text)
    query = query.join(_ACCOUNT, _ACCOUNT.c.id == _WITHDRAWAL.c.account_id)
    query = query.join(_IDENTITY, _IDENTITY.c.account_id == _WITHDRAWAL.c.account_id)
    query = query.outerjoin(_COMMENT, _COMMENT.c.id == _WITHDRAWAL.c.comment_id)
    query = query.where(_IDENTITY.c.person_id == person).order_by(_WITHDRAWAL.c.id)
    query = query if at is None else query.where(_WITHDRAWAL.c.happened_at < at)
    return [dict(row._mapping) for row in session.execute(query)]


def _suppressed(session: Session, accounts: Collection[int]) -> list[Row]:
    """The suppressions of accounts, each with its account and the text of its comment."""
    query = select(*_SUPPRESSION.c, _ACCOUNT.c.source, _ACCOUNT.c.name, _COMMENT.c.text)
    query = query.join(_ACCOUNT, _ACCOUNT.c.id == _SUPPRESSION.c.account_id)
    query = query.outerjoin(_COMMENT, _COMMENT.c.id == _SUPPRESSION.c.comment_id)
    query = query.where(_SUPPRESSION.c.account_id.in_(sorted(accounts))).order_by(_SUPPRESSION.c.account_id)
    return [dict(row._mapping) for row in session.execute(query)]


def _persons(session: Session, accounts: Iterable[int]) -> list[int]:
    query = select(_IDENTITY.c.person_id).where(_IDENTITY.c.account_id.in_(sorted(accounts))).distinct()
    return sorted(session.scalars(query))


def _mishear(
    session: Session, bulk: Bulk, accounts: Sequence[int], rows: Sequence[Row], **by: Any
) -> list[tuple[int, str]]:
    """Note the comments of accounts that had said so, as they read now; gives them. What nobody read yet still counts.

    ``by``: actor, reason, and now.
    """
    heard = {comment for (comment,) in bulk.find(_HEARD, {"accounts": accounts})}
    heard |= {row["comment_id"] for row in rows if row["said"] and row["comment_id"] is not None}
    query = select(_COMMENT.c.id, _COMMENT.c.text).where(_COMMENT.c.id.in_(sorted(heard)), _was_read(rows))
    found = [(comment, text) for comment, text in session.execute(query.order_by(_COMMENT.c.id))]
    told = {"actor": by["actor"], "reason": by["reason"], "happened_at": by["now"]}
    notes = [{"comment_id": comment, "text_hash": digest(text), **told} for comment, text in found]
    upsert(session, Misheard, notes, key=("comment_id",), update=("text_hash", *told))
    return found


def _was_read(rows: Sequence[Row]) -> Any:
    """Comments that were read as they are now.

    Loading an edit clears ``tagged_version``, tagging clears ``qualified_version``. What was tagged and not qualified
    since counts where it is known (``changed_at``: when its crawl began) from before these suppressions were noted.
    """
    theirs = or_(_SUPPRESSION.c.account_id == _COMMENT.c.account_id, _SUPPRESSION.c.comment_id == _COMMENT.c.id)
    noted = _SUPPRESSION.c.account_id.in_([row["account_id"] for row in rows])
    known = exists().where(noted, theirs, _SUPPRESSION.c.happened_at >= _COMMENT.c.changed_at)
    return and_(_COMMENT.c.tagged_version.is_not(None), or_(_COMMENT.c.qualified_version.is_not(None), known))


def _note(session: Session, rows: Sequence[Row], *, actor: str, reason: str, now: datetime) -> None:
    """Remove suppressions, and keep what they were."""
    kept = [
        {
            **{name: row[name] for name in ("account_id", "comment_id", "said")},
            **{"said_by": row["actor"], "said_why": row["reason"], "said_at": row["happened_at"]},
            **{"actor": actor, "reason": reason, "happened_at": now},
        }
        for row in rows
    ]
    session.execute(insert(_WITHDRAWAL), kept)
    gone = [row["account_id"] for row in rows]
    session.execute(delete(_SUPPRESSION).where(_SUPPRESSION.c.account_id.in_(gone)))


def _suppress_still(session: Session, mine: Sequence[Row], roots: Sequence[Row], held: dict[int, int | None]) -> None:
    """Those of these accounts that left a contact of somebody else's who asked for it follow from the first of them."""
    if not roots:
        return
    first = min(roots, key=lambda row: (row["happened_at"], row["account_id"]))
    why = {name: first[name] for name in ("actor", "reason", "happened_at")}
    still = [row["account_id"] for row in mine if row["account_id"] in held]
    rows = [{"account_id": account, "comment_id": held[account], "said": False, **why} for account in still]
    upsert(session, Suppression, rows, key=("account_id",), update=())


def _free(session: Session, persons: Sequence[int]) -> list[int]:
    query = select(_PERSON.c.id).where(_PERSON.c.id.in_(persons), _PERSON.c.suppressed_at.is_(None))
    return sorted(session.scalars(query))


def _let_route(session: Session, bulk: Bulk, persons: Sequence[int], *, now: datetime) -> tuple[list[int], list[int]]:
    """Let the leads of persons be scored and routed as had nothing been; gives them, and the tickets that had ended."""
    bulk.change(_ROUTE, {"persons": persons}, now=bulk.stamp(now))
    leads = select(_LEAD.c.id).where(_LEAD.c.person_id.in_(persons), _LEAD.c.qualified).order_by(_LEAD.c.id)
    ended = select(_TICKET.c.id).where(_TICKET.c.person_id.in_(persons), _TICKET.c.state == "opted_out")
    return list(session.scalars(leads)), list(session.scalars(ended.order_by(_TICKET.c.id)))
