"""Every rule over one text, the surest first; what one found is hidden from the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from nlp.contacts.accounts import find_qq, find_wechat
from nlp.contacts.emails import find_emails
from nlp.contacts.landlines import find_landlines
from nlp.contacts.matrix import find_matrix
from nlp.contacts.phones import find_phones
from nlp.contacts.spoken import find_lettered, find_sounded, find_spelled
from nlp.contacts.suspicion import Counts, count
from nlp.contacts.views import Views, views
from nlp.tags import Contact

_Rule = Callable[[Views], Iterator[Contact]]
_RULES: tuple[tuple[_Rule, Callable[[Counts], bool]], ...] = (
    (find_emails, lambda counts: counts.name),
    (find_matrix, lambda counts: counts.name),
    (find_phones, lambda counts: counts.phone),
    (find_lettered, lambda counts: counts.phone),
    (find_sounded, lambda counts: counts.sound),
    (find_spelled, lambda counts: counts.spelling),
    (find_landlines, lambda counts: counts.phone),
    (find_wechat, lambda counts: counts.name),
    (find_qq, lambda counts: counts.name),
)
"""Each rule, and when it can find anything."""


def find_contacts(text: str) -> tuple[Contact, ...]:
    """The contact details in a text, in order, none overlapping another; the earlier rule wins.

    Values are tidied: digits of a phone, a WeChat id, a QQ number or an address in ASCII, without what split them;
    ``start`` and ``end`` are offsets in ``text``; ``rule`` names how it was found. Any text is read, in linear time.
    """
    counts = count(text)
    rules = [rule for rule, can_find in _RULES if can_find(counts)]
    return _search(text, rules) if rules else ()


def _search(text: str, rules: Sequence[_Rule]) -> tuple[Contact, ...]:
    seen = views(text)
    found: list[Contact] = []
    for rule in rules:
        fresh = list(_apart(rule(seen), len(text)))
        if fresh:
            found += fresh
            seen = seen.without([(contact.start, contact.end) for contact in fresh])
    return tuple(sorted(found, key=lambda contact: contact.start))


def _apart(candidates: Iterator[Contact], length: int) -> Iterator[Contact]:
    """The candidates of one rule that overlap no earlier one."""
    taken = bytearray()
    for contact in candidates:
        taken = taken or bytearray(length)
        if taken.find(1, contact.start, contact.end) < 0:
            taken[contact.start : contact.end] = b"\x01" * (contact.end - contact.start)
            yield contact
