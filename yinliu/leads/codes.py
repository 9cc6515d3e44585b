"""Codes of signposts: a link's number and a keyed digest in eighteen characters that people can retype.

The digest is HMAC-SHA-256 (RFC 2104) cut to 58 bits; the number is hidden by a second one, so that codes of
neighbours have nothing in common and tell nobody how many links there are. The alphabet is Crockford's: 0-9 and a-z
without i, l, o and u. A code may stand in an address, in a QR ``state`` or ``scene``, and in a chat message.
"""

from __future__ import annotations

import hashlib
import hmac
import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 18
LARGEST = 2**32 - 1
"""The largest number that a code can hold."""
ROUTE = "/j/"
"""What stands before a code in an address."""

_NUMBER_BITS = 32
_MARK_BITS = LENGTH * 5 - _NUMBER_BITS
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_RUN = re.compile(r"[0-9a-z]+")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});?")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_UNWRAPPINGS = 3
"""How often a link may be escaped within an escaped one."""


def sign(number: int, *, key: bytes) -> str:
    """The code of a link; ``ValueError`` for a number below 1 or above :data:`LARGEST`."""
    if not 0 < number <= LARGEST:
        raise ValueError(f"a link's number lies between 1 and {LARGEST}, not {number}")
    mark = _mark(number, key)
    return _spelt(mark << _NUMBER_BITS | number ^ _veil(mark, key))


def read(code: str, *, key: bytes) -> int | None:
    """The number in a code, in capitals or not; None for every other change of it: altered, cut or lengthened."""
    value = _value(code)
    if value is None:
        return None
    mark = value >> _NUMBER_BITS
    number = (value & LARGEST) ^ _veil(mark, key)
    right = hmac.compare_digest(mark.to_bytes(8, "big"), _mark(number, key).to_bytes(8, "big"))
    return number if right and number else None


@dataclass(frozen=True, slots=True)
class Signs:
    """What a text says of signposts: numbers of valid codes, and addresses of ours whose code is none."""

    numbers: tuple[int, ...]
    altered: tuple[str, ...]


def signs_in(text: str, *, key: bytes, base: str) -> Signs:
    """The signposts in a text, however they are escaped; ``base`` is where our addresses begin.

    A valid code counts wherever it stands; an invalid one only behind our own address: others have a ``/j/`` too.
    """
    plain = unwrapped(text)
    numbers = dict.fromkeys(number for run in _runs(plain) if (number := read(run, key=key)))
    place = base.partition("://")[2].lower() + ROUTE.rstrip("/")
    altered = dict.fromkeys(tail for tail in _tails(plain, place) if read(tail, key=key) is None)
    return Signs(tuple(numbers), tuple(altered))


def typed(text: str) -> str:
    """The code in what somebody pasted: the code itself, or its address, with other words around it at most."""
    plain = unwrapped(text[:1000]).strip()
    _, ours, tail = plain.rpartition(ROUTE)
    runs = _RUN.findall(tail)
    return str(runs[0]) if runs and (ours or len(runs) == 1) else plain


def unwrapped(text: str) -> str:
    """A text in small half-width letters, without what HTML and addresses put around characters, and nothing hidden."""
    for _ in range(_UNWRAPPINGS):
        before, text = text, _INVISIBLE.sub("", unicodedata.normalize("NFKC", _unescaped(text)))
        if text == before:
            break
    return text.lower()


def _unescaped(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found.group()), text)
    return unquote(text, errors="replace") if "%" in text else text


def _runs(plain: str) -> Iterator[str]:
    return (run for found in _RUN.finditer(plain) if len(run := found.group()) == LENGTH)


def _tails(plain: str, place: str) -> Iterator[str]:
    """What stands behind each of our addresses, at most a little more than a code."""
    at = plain.find(place)
    while at >= 0:
        start = at + len(place)
        if not plain[start : start + 1].isalnum():  # else it is another page, like /join
            found = _RUN.match(plain, start + 1, start + 1 + LENGTH * 2)
            yield found.group() if found else ""
        at = plain.find(place, start)


def _value(code: str) -> int | None:
    if len(code) != LENGTH or not code.isascii():
        return None
    value = 0
    for letter in code.lower():
        digit = _VALUES.get(letter)
        if digit is None:
            return None
        value = value << 5 | digit
    return value


def _spelt(value: int) -> str:
    return "".join(ALPHABET[value >> 5 * place & 31] for place in reversed(range(LENGTH)))


def _mark(number: int, key: bytes) -> int:
    return _digest(key, b"mark", number) >> 64 - _MARK_BITS


def _veil(mark: int, key: bytes) -> int:
    return _digest(key, b"veil", mark) & LARGEST


def _digest(key: bytes, purpose: bytes, value: int) -> int:
    return int.from_bytes(hmac.digest(key, purpose + value.to_bytes(8, "big"), hashlib.sha256)[:8], "big")
