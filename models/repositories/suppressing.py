"""Who asked not to be contacted: accounts are written down, and their persons are known by it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.onboarding import UNDER_WAY_STATES, Ticket
from models.people import Lead, Suppression
from models.repositories.bulk import Bulk
from models.repositories.contacts import OWN_CONTACT, teams_contacts
from models.repositories.content import digest
from models.repositories.endings import end_tickets
from models.repositories.snapshots import Row, rows_where, table_of
from models.repositories.upsert import chunks, upsert

_LEAD, _TICKET = map(table_of, (Lead, Ticket))
_PERSONS = "SELECT DISTINCT person_id FROM identity WHERE account_id {keys}"
_REFRESH = """
    UPDATE person SET suppressed_at = (
        SELECT min(suppression.happened_at) FROM identity
        JOIN suppression ON suppression.account_id = identity.account_id WHERE identity.person_id = person.id)
    WHERE id {keys}
"""

_SUPPRESSED = """
    SELECT comment.account_id, comment.id FROM comment
    JOIN suppression ON suppression.account_id = comment.account_id WHERE comment.id {keys}
"""
_LEFT_IN = f"""
    SELECT comment.account_id, comment.id, contact.value_hmac FROM comment
    JOIN contact ON contact.comment_id = comment.id WHERE comment.id {{keys}} AND {OWN_CONTACT}
"""  # noqa: S608 - our own words
_LEFT_BY = f"""
    SELECT DISTINCT contact.value_hmac FROM comment JOIN contact ON contact.comment_id = comment.id
    WHERE comment.account_id {{keys}} AND {OWN_CONTACT}
"""  # noqa: S608
_LEAVING = f"""
    SELECT comment.account_id, min(comment.id) FROM contact JOIN comment ON comment.id = contact.comment_id
    WHERE contact.value_hmac {{keys}} AND {OWN_CONTACT} GROUP BY comment.account_id
"""  # noqa: S608
_OF_SUPPRESSED = f"""
    SELECT DISTINCT contact.value_hmac FROM contact JOIN comment ON comment.id = contact.comment_id
    JOIN suppression ON suppression.account_id = comment.account_id
    WHERE contact.value_hmac {{keys}} AND {OWN_CONTACT}
"""  # noqa: S608
_SAYING = """
    SELECT DISTINCT comment_id FROM tag WHERE comment_id {keys} AND kind = 'guard' AND label = 'opt_out'
"""
_MISHEARD = """
    SELECT comment.id, comment.text, misheard.text_hash FROM misheard
    JOIN comment ON comment.id = misheard.comment_id WHERE misheard.comment_id {keys}
"""
_SAID_TOO = (
    "UPDATE suppression SET said = true, comment_id = ?, actor = ?, reason = ? WHERE account_id = ? AND NOT said"
)


def silent_accounts(bulk: Bulk, comments: Sequence[int]) -> dict[int, int]:
    """The writers of these comments who are not to be contacted, or who leave a contact of somebody who is not.

    By account, such a comment.
    """
    if not bulk.find("SELECT 1 FROM suppression LIMIT 1"):
        return {}
    left = bulk.find(_LEFT_IN, {"keys": comments})
    silent = _contacts(bulk, _OF_SUPPRESSED, {contact for *_, contact in left})
    silent -= teams_contacts(bulk, silent)
    found = {account: comment for account, comment, contact in left if contact in silent}
    return found | dict(bulk.find(_SUPPRESSED, {"keys": comments}))


def with_contacts(bulk: Bulk, accounts: Mapping[int, int | None]) -> dict[int, int | None]:
    """These accounts, all that left a contact of theirs, all that left one of those', and so on; each with a comment.

    What the team itself wrote, and the numbers of groups and firms, are nobody's own.
    """
    found, new, known = dict(accounts), set(accounts), set[str]()
    while new:
        left = _contacts(bulk, _LEFT_BY, new) - known
        known |= left
        own = left - teams_contacts(bulk, left)
        leaving = dict(bulk.find(_LEAVING, {"keys": sorted(own)})) if own else {}
        new = leaving.keys() - found.keys()
        found |= {account: leaving[account] for account in new}
    return found


def _contacts(bulk: Bulk, query: str, keys: set[Any]) -> set[str]:
    return {contact for (contact,) in bulk.find(query, {"keys": sorted(keys)})} if keys else set()


def suppress_accounts(
    session: Session, accounts: Mapping[int, int | None], *, actor: str, now: datetime, reason: str = ""
) -> tuple[int, ...]:
    """Write down accounts (each with its comment); gives their persons, who are suppressed from now on.

    An account without a comment was named by an operator; one whose comment does not ask for it only left a contact
    of another's. What is said of it later itself stands in place of that.
    """
    bulk = Bulk(session)
    saying = {None, *asking(bulk, {comment for comment in accounts.values() if comment is not None})}
    rows = [
        {
            **{"account_id": account, "comment_id": comment, "said": comment in saying},
            **{"actor": actor, "reason": reason, "happened_at": now},
        }
        for account, comment in sorted(accounts.items())
    ]
    upsert(session, Suppression, rows, key=("account_id",), update=())
    said = [(row["comment_id"], actor, reason, row["account_id"]) for row in rows if row["said"]]
    bulk.write(_SAID_TOO, said)
    persons = tuple(sorted(person for (person,) in bulk.find(_PERSONS, {"keys": sorted(accounts)})))
    refresh_suppressions(bulk, persons)
    return persons


def asking(bulk: Bulk, comments: Collection[int]) -> set[int]:
    """Those of these comments that ask not to be contacted, and were not found to be misheard."""
    if not comments:
        return set()
    said = {comment for (comment,) in bulk.find(_SAYING, {"keys": sorted(comments)})}
    return said - misheard(bulk, said)


def misheard(bulk: Bulk, comments: Collection[int]) -> set[int]:
    """Those of these comments that somebody said are no opt-outs, and that read as they did then."""
    found = bulk.find(_MISHEARD, {"keys": sorted(comments)}) if comments else ()
    return {comment for comment, text, mark in found if digest(text) == mark}


def refresh_suppressions(bulk: Bulk, persons: Sequence[int]) -> None:
    """Let persons be suppressed since the first of their accounts was, or not at all."""
    bulk.change(_REFRESH, {"keys": persons})


def refresh_suppression(session: Session, person: int) -> bool:
    """Let a person be suppressed since the first of their accounts was, or not at all; gives whether they are."""
    bulk = Bulk(session)
    refresh_suppressions(bulk, [person])
    return bool(bulk.find("SELECT 1 FROM person WHERE id = :person AND suppressed_at IS NOT NULL", person=person))


def stop_bringing(session: Session, persons: Iterable[int], *, actor: str, now: datetime) -> list[Row]:
    """End what is under way for suppressed persons and route them no more; gives the tickets that ended.

    Who joined already sits in a group: that seat stays taken.
    """
    parts = [list(part) for part in chunks(sorted(persons))]
    under_way = _TICKET.c.state.in_(UNDER_WAY_STATES)
    tickets = [row for part in parts for row in rows_where(session, _TICKET, _TICKET.c.person_id.in_(part), under_way)]
    for part in parts:
        session.execute(update(_LEAD).where(_LEAD.c.person_id.in_(part)).values(route_at=None))
    return end_tickets(session, tickets, state="opted_out", reason="opt_out", actor=actor, now=now)
