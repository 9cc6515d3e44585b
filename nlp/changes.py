"""What of a bundle changed, and which texts that can touch: only these are tagged anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nlp.normal import batch
from nlp.rulebook import Rule, Rulebook
from nlp.rules import Pattern
from nlp.scanner import Scanner


@dataclass(frozen=True)
class Change:
    """Words and expressions that came, went or weigh otherwise; ``everything`` where no text is safe from it."""

    everything: bool
    words: tuple[str, ...] = ()
    expressions: tuple[str, ...] = ()

    @classmethod
    def between(cls, old: Mapping[str, Any], new: Mapping[str, Any]) -> Change:
        """The change from a bundle's ingredients to another's."""
        if old.get("core") != new["core"]:
            return cls(everything=True)
        both = ((old, new), (new, old))
        rules = {row[0] for one, other in both for row in _differing(one["rules"], other["rules"])}
        for one, other in both:
            rules |= {row[0] for row in _differing(one.get("opt_out", {}), other.get("opt_out", {}))}
        words = {word for one, other in both for word in _differing_keys(one["words"], other["words"])}
        return cls(everything=False, words=tuple(sorted(words)), expressions=tuple(sorted(rules)))

    def touches(self, texts: Sequence[str]) -> np.ndarray:
        """(texts,) bool: in which a changed word or expression is found."""
        if self.everything:
            return np.ones(len(texts), bool)
        joined = batch(texts)
        scanner, rulebook, wiring = self._compiled
        hits = scanner.find(joined)
        touched = np.diff(rulebook.flags(joined, hits, wiring).indptr) > 0
        touched[hits.texts[np.isin(hits.entries, [scanner.entries[word] for word in self.words])]] = True
        return np.asarray(touched)

    @cached_property
    def _compiled(self) -> tuple[Any, Any, Any]:
        patterns = [Pattern(id=f"x{number}", pattern=one) for number, one in enumerate(self.expressions)]
        rulebook = Rulebook([Rule.of(pattern, owner="") for pattern in patterns])
        scanner = Scanner([*self.words, *rulebook.literals()])
        return scanner, rulebook, rulebook.wired(scanner)


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[Any]:
    return [one[key] for key in _differing_keys(one, other)]


def _differing_keys(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return [key for key, value in one.items() if other.get(key) != value]
