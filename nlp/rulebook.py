"""A team's expressions over a whole batch: tried only where the characters stand that they cannot do without."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from nlp.literals import Literals, required
from nlp.normal import Batch, Offsets
from nlp.rules import Pattern
from nlp.scanner import Hits, Scanner
from nlp.tags import Evidence

_TELLING = 3
"""Sets of literals that are looked for; more of them hardly narrow it further."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An expression, the intent or guard it speaks for, and the weight the team gave it."""

    id: str
    owner: str
    weight: float
    expression: re.Pattern[str]
    literals: tuple[Literals, ...]

    @classmethod
    def of(cls, pattern: Pattern, *, owner: str) -> Rule:
        """A team's rule made ready."""
        return cls(pattern.id, owner, pattern.weight, re.compile(pattern.pattern), required(pattern.pattern)[:_TELLING])


class Rulebook:
    """Rules in order; ``flags`` says which were found in which text."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._numbers = {rule.id: number for number, rule in enumerate(rules)}
        self._always = np.array([number for number, rule in enumerate(rules) if not rule.literals], np.int64)
        self._needed = np.array([len(rule.literals) for rule in rules], np.int64)

    def number(self, rule: str) -> int:
        """Where a rule of this id stands."""
        return self._numbers[rule]

    def literals(self) -> Iterable[str]:
        """What a scanner must look for."""
        return (text for rule in self.rules for literals in rule.literals for text in literals)

    def wired(self, scanner: Scanner) -> Wiring:
        """The rules' literals by the scanner's numbers."""
        wanted: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, rule in enumerate(self.rules):
            for place, literals in enumerate(rule.literals):
                for text in literals:
                    wanted[scanner.entries[text]].append((number, place))
        return Wiring.of(wanted, len(scanner.entries))

    def flags(self, batch: Batch, hits: Hits, wiring: Wiring) -> sparse.csr_matrix:
        """(texts, rules), 1 where a rule's expression is found in a text."""
        texts, rules = self._candidates(batch, hits, wiring)
        found = np.fromiter(self._tried(batch, texts, rules), bool, len(texts))
        shape = (len(batch), len(self.rules))
        ones = np.ones(int(found.sum()), np.float32)
        return sparse.csr_matrix((ones, (texts[found], rules[found])), shape=shape)

    def evidence(self, text: str, rules: Iterable[int]) -> list[Evidence]:
        """Where rules that were found in a comparable text stand."""
        spans = ((self.rules[number], self.rules[number].expression.search(text)) for number in rules)
        return [Evidence(*span.span(), rule.id, rule.weight) for rule, span in spans if span]

    def _tried(self, batch: Batch, texts: Offsets, rules: Offsets) -> Iterable[bool]:
        before, part = -1, ""
        for text, rule in zip(texts.tolist(), rules.tolist(), strict=True):
            if text != before:
                before, part = text, batch.part(text)
            yield self.rules[rule].expression.search(part) is not None

    def _candidates(self, batch: Batch, hits: Hits, wiring: Wiring) -> tuple[Offsets, Offsets]:
        """(text, rule) pairs, by text, where of each of the rule's sets of literals one was found."""
        count = max(1, len(self.rules))
        seen = np.zeros(len(batch) * count * _TELLING, bool)
        seen[wiring.expand(hits, rules=count)] = True
        met = seen.reshape(len(batch), count, _TELLING).sum(axis=2)
        pairs = np.flatnonzero((met == self._needed) & (self._needed > 0)) if self.rules else met.ravel()[:0]
        always = (np.arange(len(batch))[:, None] * count + self._always).ravel()
        pairs = np.sort(np.concatenate([pairs, always]))
        return pairs // count, pairs % count


@dataclass(frozen=True, slots=True)
class Wiring:
    """From a scanner's entry ``e`` to the rules' literals that it stands for: ``targets[bounds[e]:bounds[e + 1]]``."""

    targets: Offsets
    bounds: Offsets

    @classmethod
    def of(cls, wanted: dict[int, list[tuple[int, int]]], entries: int) -> Wiring:
        """``wanted`` has (rule, place) by entry."""
        rows = [[rule * _TELLING + place for rule, place in wanted.get(entry, ())] for entry in range(entries)]
        bounds = np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)])
        return cls(np.array([target for row in rows for target in row], np.int64), bounds.astype(np.int64))

    def expand(self, hits: Hits, *, rules: int) -> Offsets:
        """One number for every (text, rule, place) that was hit, repeats included."""
        sizes = self.bounds[hits.entries + 1] - self.bounds[hits.entries]
        first = np.repeat(self.bounds[hits.entries] - np.cumsum(sizes) + sizes, sizes)
        targets = self.targets[first + np.arange(len(first))]
        return np.repeat(hits.texts, sizes) * (rules * _TELLING) + targets
