"""Persons who left the same contact: one who is reached by it is reached by the other."""

from __future__ import annotations

from collections import defaultdict

from models.repositories.bulk import Bulk
from models.repositories.contacts import OWN_CONTACT, teams_contacts

NO_COLLEAGUE = """
    NOT EXISTS (SELECT 1 FROM signal WHERE signal.comment_id = comment.id AND signal.kind = 'colleague'
    AND signal.version = comment.qualified_version AND signal.withdrawn_at IS NULL)
"""
"""In SQL: a comment that no colleague wrote, as it was read last."""

_OF_PERSON = f"""
    SELECT DISTINCT contact.value_hmac FROM identity JOIN comment ON comment.account_id = identity.account_id
    JOIN contact ON contact.comment_id = comment.id
    WHERE identity.person_id = :person AND {OWN_CONTACT} AND {NO_COLLEAGUE}
"""  # noqa: S608 - our own words
_LEAVERS = f"""
    SELECT DISTINCT identity.person_id FROM contact JOIN comment ON comment.id = contact.comment_id
    JOIN identity ON identity.account_id = comment.account_id
    WHERE contact.value_hmac {{keys}} AND {OWN_CONTACT} AND {NO_COLLEAGUE}
"""  # noqa: S608
_ALL = f"""
    SELECT DISTINCT contact.value_hmac, identity.person_id FROM contact
    JOIN comment ON comment.id = contact.comment_id JOIN identity ON identity.account_id = comment.account_id
    WHERE {OWN_CONTACT} AND {NO_COLLEAGUE}
"""  # noqa: S608


def sharing_contact(bulk: Bulk, person: int) -> list[int]:
    """Who else left a contact that this person left; what the team wrote, and numbers of groups, are nobody's own."""
    left = {digest for (digest,) in bulk.find(_OF_PERSON, person=person)}
    own = sorted(left - teams_contacts(bulk, left))
    persons = {one for (one,) in bulk.find(_LEAVERS, {"keys": own})} if own else set()
    return sorted(persons - {person})


def shared_contacts(bulk: Bulk) -> list[list[int]]:
    """The persons (by number) who left one contact, of each contact that several left; each such company once."""
    leaving: dict[str, set[int]] = defaultdict(set)
    for digest, person in bulk.find(_ALL):
        leaving[digest].add(person)
    several = {digest for digest, persons in leaving.items() if len(persons) > 1}
    own = several - teams_contacts(bulk, several)
    return [list(persons) for persons in sorted({tuple(sorted(leaving[digest])) for digest in own})]
