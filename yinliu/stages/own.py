"""The part of qualify that works out whose contacts are: whoever published one first, the team or customers, has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from models.unit_of_work import UnitOfWork

IsColleague = Callable[[str | None, str, str | None], bool]
"""Whether a name and an account's id are the team's, below a post of an author."""


def decide_owners(work: UnitOfWork, *, is_colleague: IsColleague, limit: int) -> int:
    """Work it out for so many contacts of which there is news, at most; how many there were."""
    digests = work.contacts.news(limit=limit)
    if not digests:
        return 0
    ours, theirs = work.contacts.in_posts(digests), dict[str, datetime]()
    for digest, at, name, account, author in work.contacts.in_comments(digests):
        first = ours if is_colleague(name, account, author) else theirs
        first[digest] = min(at, first.get(digest, at))
    work.contacts.keep(digests, teams={digest for digest, at in ours.items() if at <= theirs.get(digest, at)})
    return len(digests)
