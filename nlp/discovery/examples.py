"""How a term is said: examples that may be shown, and whether it is somebody's account rather than a word."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlp.contacts import find_contacts, mask_text
from nlp.discovery.candidates import Candidate
from nlp.discovery.noise import without_names
from nlp.discovery.stream import Saying, Stream
from nlp.normal import comparable

_LOOKED_AT = 20
_EXAMPLES = 3
_HANDY = 24
"""Characters of a text that is a good example."""
_CUT = 30
"""Characters shown beside a term."""
_MARGIN = 200
"""Characters masked beside it: a number that is cut could not be told."""


def _spots(spoken: Stream, one: Candidate) -> list[tuple[int, int]]:
    """(text, where in it) of the term, one an account."""
    _, first = np.unique(spoken.voices[spoken.texts[one.at]], return_index=True)
    at = one.at[np.sort(first)[:_LOOKED_AT]]
    return list(zip(spoken.texts[at].tolist(), spoken.places[at].tolist(), strict=True))


def is_contact(week: Sequence[Saying], spoken: Stream, one: Candidate) -> bool:
    """Whether the term is somebody's account or number: it lies in contact details where it is said."""
    spots = _spots(spoken, one)[:_LOOKED_AT]
    hits = 0
    for text, place in spots:
        start = max(0, place - _MARGIN)
        said, here = week[text].text[start : place + _MARGIN], place - start
        hits += any(found.start < here + len(one.term) and here < found.end for found in find_contacts(said))
    return hits * 2 >= len(spots)


def examples(week: Sequence[Saying], spoken: Stream, one: Candidate) -> list[str]:
    """Masked and cut, of texts that say more than the term, the handiest first."""
    spots = sorted(_spots(spoken, one), key=lambda spot: abs(len(week[spot[0]].text) - _HANDY))
    found = (_excerpt(week[text].text, place, one.term) for text, place in spots[: _EXAMPLES * 3])
    return list(dict.fromkeys(filter(None, found)))[:_EXAMPLES]


def _excerpt(text: str, place: int, term: str) -> str | None:
    """The term among what stands around it. The whole is masked before it is cut: a cue tells what a number is."""
    masked = mask_text(without_names(text[max(0, place - _MARGIN) : place + _MARGIN]))
    at = comparable(masked).find(term)
    if at < 0:
        return None
    start, end = max(0, at - _CUT), at + len(term) + _CUT
    shown = " ".join(masked[start:end].split())
    return f"{'…' if start else ''}{shown}{'…' if end < len(masked) else ''}"
