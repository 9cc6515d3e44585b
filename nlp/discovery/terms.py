"""The terms that rose in a week: words by their bonds, their neighbours and the dictionary, fragments swallowed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite

import numpy as np

from nlp.discovery.candidates import Candidate, candidates
from nlp.discovery.examples import examples, is_contact
from nlp.discovery.stream import Numbers, Saying, Stream, Vocabulary, stream
from nlp.discovery.wordhood import Wordhood, share_whole, wordhood
from nlp.normal import comparable

_LOOKED_AT = 600
_CONTEXTS = 20
_WHOLE = 0.4
"""A term is a word where, in this share of its places or more, no word of the dictionary lies across its edge."""
_COHESION, _FREEDOM = 4.0, 1.0
"""Bits that a run needs to be a word that the dictionary does not know."""
_NEARLY = 0.8
"""Or this share of the most that it could have: in a small week nothing has many bits."""
_SWALLOWS = 0.6
"""A longer term that is said so often swallows the part of it: the part is hardly said alone."""
_OWN = 7.0
"""Bits that bind a longer term to more than a word with something beside it."""
_AROUND = 30
"""Characters beside a term that say where the words around it end."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term that rose. An account counts once a week; ``before`` is the average of the weeks before.

    ``growth`` is this week's rate over that before (None: there is no week before), ``surprise`` Dunning's statistic,
    ``cohesion`` (None for a single Latin word) and ``freedom`` are bits. ``variants`` are longer terms around it.
    ``examples`` are masked. ``inside``: numbers of the texts with it.
    """

    text: str
    accounts: int
    before: float
    growth: float | None
    surprise: float
    cohesion: float | None
    freedom: float
    posts: int
    examples: tuple[str, ...]
    variants: tuple[str, ...]
    inside: Numbers = field(repr=False, compare=False)

    @property
    def texts(self) -> int:
        """In how many posts and comments it stands."""
        return len(self.inside)


def discover(
    week: Sequence[Saying], before: Iterable[Sequence[Saying]], *, known: Collection[str] = (), most: int = 20
) -> list[Term]:
    """The terms of a week that rose against the weeks before, most surprising first.

    ``known`` (words that topics have, terms nobody wants) are left out. Terms of one account, or of one post where
    more than one was talked about, do not rise.
    """
    vocabulary = Vocabulary()
    spoken = stream(week, vocabulary)
    found, weeks = candidates(spoken, before, vocabulary, most=_LOOKED_AT)
    kept = _without_fragments(_words(week, spoken, found), {comparable(word) for word in known})
    terms: list[Term] = []
    for one, variants in kept:
        if len(terms) < most and (term := _term(week, spoken, one, variants, weeks)) is not None:
            terms.append(term)
    return terms


def _words(week: Sequence[Saying], spoken: Stream, found: list[Candidate]) -> list[tuple[Candidate, Wordhood]]:
    judged = ((one, wordhood(one.term, cohesion=one.cohesion)) for one in found)
    return [
        (one, word)
        for one, word in judged
        if word.names and (word.known or _is_bound(one)) and _is_whole(week, spoken, one)
    ]


def _is_bound(one: Candidate) -> bool:
    return one.cohesion >= min(_COHESION, _NEARLY * one.bond) and one.freedom >= _FREEDOM


def _is_whole(week: Sequence[Saying], spoken: Stream, one: Candidate) -> bool:
    return share_whole(one.term, _contexts(week, spoken, one)) >= _WHOLE


def _contexts(week: Sequence[Saying], spoken: Stream, one: Candidate) -> Iterator[tuple[str, int]]:
    """What stands around the term, and where in that it begins."""
    for at in one.at[:: len(one.at) // _CONTEXTS + 1].tolist():
        place = int(spoken.places[at])
        start = max(0, place - _AROUND)
        yield comparable(week[spoken.texts[at]].text[start : place + _AROUND]), place - start


def _without_fragments(
    found: list[tuple[Candidate, Wordhood]], known: Collection[str]
) -> list[tuple[Candidate, tuple[str, ...]]]:
    """Terms with their variants: no part of a term that is said nearly as often, nothing that is known."""
    whole = [(one, word) for one, word in found if not _is_swallowed(one, found)]
    kept: dict[str, tuple[Candidate, list[str]]] = {}
    for one, word in whole:
        around = None if word.known or one.cohesion >= _OWN else _part(one.term, kept)
        if around is not None:
            kept[around][1].append(one.term)
        elif not _is_known(one.term, known):
            kept[one.term] = (one, [])
    return [(one, tuple(variants)) for one, variants in kept.values()]


def _is_swallowed(one: Candidate, found: list[tuple[Candidate, Wordhood]]) -> bool:
    return any(
        len(other.term) > len(one.term) and one.term in other.term and other.accounts >= _SWALLOWS * one.accounts
        for other, _ in found
    )


def _part(term: str, kept: Collection[str]) -> str | None:
    return next((shorter for shorter in kept if shorter != term and shorter in term), None)


def _is_known(term: str, known: Collection[str]) -> bool:
    """A topic's word, or cut out of one."""
    return any(term in word for word in known)


def _term(week: Sequence[Saying], spoken: Stream, one: Candidate, variants: tuple[str, ...], weeks: int) -> Term | None:
    inside = np.unique(spoken.texts[one.at])
    posts = len(np.unique(spoken.posts[inside]))
    if posts < min(2, len(np.unique(spoken.posts))) or is_contact(week, spoken, one):
        return None
    return Term(
        text=one.term,
        accounts=one.accounts,
        before=one.before / weeks if weeks else 0.0,
        growth=one.growth if weeks else None,
        surprise=one.surprise,
        cohesion=one.cohesion if isfinite(one.cohesion) else None,
        freedom=one.freedom,
        posts=posts,
        examples=tuple(examples(week, spoken, one)),
        variants=variants,
        inside=inside,
    )
