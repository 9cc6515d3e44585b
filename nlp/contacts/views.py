"""A text and its views, made once and shared by the rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nlp.contacts import glyphs

_HIDDEN = "\ue000"


@dataclass(slots=True)
class Views:
    """A text as meant: ``plain`` in lower case; the others when a rule asks for them. All are equally long."""

    text: str
    plain: str
    _kept: str | None = None
    _digits: str | None = None

    @property
    def kept(self) -> str:
        """Upper case kept."""
        if self._kept is None:
            self._kept = glyphs.kept(self.text)
        return self._kept

    @property
    def digits(self) -> str:
        """Chinese numerals as digits."""
        if self._digits is None:
            self._digits = glyphs.digits(self.plain)
        return self._digits

    @property
    def sounds(self) -> str:
        """What sounds like a numeral as a digit, too; made at every call."""
        return glyphs.sounds(self.plain)

    def before(self, start: int, count: int) -> str:
        """The ``count`` characters in front of ``start``, plain."""
        return self.plain[max(0, start - count) : start]

    def without(self, spans: Iterable[tuple[int, int]]) -> Views:
        """The same views with these spans hidden from every rule."""
        return Views(_hidden(self.text, spans), _hidden(self.plain, spans))


def _hidden(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces, last = [], 0
    for start, end in sorted(spans):
        pieces += [text[last:start], _HIDDEN * (end - start)]
        last = end
    return "".join([*pieces, text[last:]])


def views(text: str) -> Views:
    """The views of a text."""
    return Views(text, glyphs.plain(text))
