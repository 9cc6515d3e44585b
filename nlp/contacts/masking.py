"""Contact details as people and logs may see them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from nlp.contacts.glyphs import PICTURES, digits, plain
from nlp.contacts.search import find_contacts
from nlp.tags import Contact, ContactKind

_WORD = re.compile(r"[a-z0-9_-]{5,}", re.IGNORECASE)
_NUMBERS = re.compile(
    r"(?<![\d/=_-])(?:\+?86[- ]?)?(?:0\d{2,3}[- ]?\d{7,8}|[48]00[- ]?\d{3,4}[- ]?\d{3,4}|\d{7,})(?!\d)"
)
_SOUGHT = 16
"""Contacts whose disguised repetitions are looked for; more in one text are a list, not a disguise."""
_BETWEEN = rf"[ .·…。~*/|\-—_\x01{PICTURES}]{{0,6}}"


def mask(kind: str, value: str) -> str:
    """A contact detail as people and logs may see it: enough to recognise one's own, not to reach anybody."""
    if kind == "phone":
        return f"{value[:3]}****{value[-4:]}"
    if kind == "email":
        name, _, host = value.partition("@")
        return f"{name[:1]}***@{host}"
    if kind == "matrix":
        name, _, host = value.partition(":")
        return f"{name[:2]}***:{host}"
    return f"{value[:2]}***{value[-1:]}"


def mask_text(text: str) -> str:
    """A text with every contact detail (also where it is only repeated), and every other long number, masked."""
    pieces: list[str] = []
    last = 0
    found = find_contacts(text)
    kinds = {contact.value.lower(): contact.kind for contact in found}
    for contact in _with_repetitions(text, found):
        pieces += [_mask_rest(text[last : contact.start], kinds), mask(contact.kind, contact.value)]
        last = contact.end
    return "".join([*pieces, _mask_rest(text[last:], kinds)])


def _with_repetitions(text: str, found: Sequence[Contact]) -> list[Contact]:
    """What was found, and where it is spelled again, in order, none overlapping another."""
    every = sorted([*found, *_repeated(text, found)], key=lambda contact: (contact.start, -contact.end))
    apart: list[Contact] = []
    for contact in every:
        if not apart or contact.start >= apart[-1].end:
            apart.append(contact)
    return apart


def _repeated(text: str, found: Sequence[Contact]) -> Iterator[Contact]:
    known = {(contact.kind, contact.value.lower()): contact for contact in found}
    view = digits(plain(text)) if known else ""
    for (kind, value), contact in list(known.items())[:_SOUGHT]:
        pattern = re.compile(rf"(?<![a-z0-9]){_BETWEEN.join(map(re.escape, value))}(?![a-z0-9])")
        for again in pattern.finditer(view):
            yield Contact(kind, contact.value, again.start(), again.end(), contact.rule)


def _mask_rest(text: str, kinds: Mapping[str, ContactKind]) -> str:
    """What stands between contact details: these again without a cue, and long numbers."""

    def again(found: re.Match[str]) -> str:
        return mask(kinds[found[0].lower()], found[0]) if found[0].lower() in kinds else found[0]

    return _mask_numbers(_WORD.sub(again, text))


def _mask_numbers(text: str) -> str:
    return _NUMBERS.sub(lambda found: f"{found[0][:2]}***{found[0][-2:]}", text)
