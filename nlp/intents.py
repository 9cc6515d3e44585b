"""From rules found and a head's scores to intents: what it learned, what a team's rules add, what guards block."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.grams import Grams
from nlp.heads.evaluation import LEAD_LABELS
from nlp.heads.head import Floats, Head
from nlp.rulebook import Rulebook
from nlp.rules import Intents

_UNLEARNED = 2.0
"""Log-odds of a rule of weight 1 that the head has not learned: its intent becomes seven times as likely."""
_OFFERED = np.float32(0.9)
"""How likely it is that a yes to an offer is meant."""
_WANTING = 0.42
"""From which probability on somebody is taken to want something. The threshold of the highest F1 is half of that F1
(Lipton, Elkan and Naryanaswamy 2014, "Optimal Thresholding of Classifiers to Maximize F1 Measure"); heads reach .84.
"""
_LEAST = np.float32(1e-9)
_ROUNDING = np.float32(1e-5)
"""What sums of weights may miss: 0.7 and 0.9 reach 1.6."""


@dataclass(frozen=True)
class IntentJudge:
    """Intents of a batch. ``labels`` are the head's and the team's own; those only the team has follow rules alone."""

    policy: Intents
    rulebook: Rulebook
    head: Head | None

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The columns of every matrix here."""
        own = tuple(intent.name for intent in self.policy.intents)
        return own if self.head is None else (*self.head.labels, *(n for n in own if n not in self.head.labels))

    @cached_property
    def learned(self) -> int:
        """How many labels, the first ones, are the head's."""
        return 0 if self.head is None else len(self.head.labels)

    @cached_property
    def weights(self) -> Floats:
        """(rules, labels): what a rule that was found adds to each label's score, in the head's own units."""
        matrix = np.zeros((len(self.rulebook.rules), len(self.labels)), np.float32)
        known = {} if self.head is None else dict(zip(self.head.flags, self.head.flag_rows, strict=True))
        for row, rule in enumerate(self.rulebook.rules):
            if rule.id in known:
                matrix[row, : self.learned] = known[rule.id]
            elif rule.owner in self.labels:
                column = self.labels.index(rule.owner)
                unit = _UNLEARNED / self.head.temperature if self.head and column < self.learned else 1.0
                matrix[row, column] = rule.weight * unit
        return matrix

    @cached_property
    def _blocks(self) -> Floats:
        """(rules, labels): 1 where a rule's guard blocks a label."""
        blocked = {guard.name: guard.blocks for guard in self.policy.guards}
        rows = [[label in blocked.get(rule.owner, ()) for label in self.labels] for rule in self.rulebook.rules]
        return np.array(rows, np.float32).reshape(len(self.rulebook.rules), len(self.labels))

    @cached_property
    def _leads(self) -> NDArray[np.bool_]:
        """(the head's labels,): which make somebody a lead."""
        return np.array([label in LEAD_LABELS for label in self.labels[: self.learned]], bool)

    @cached_property
    def _wanted(self) -> Floats:
        """1 for the labels that the team has."""
        names = {intent.name for intent in self.policy.intents}
        return np.array([label in names for label in self.labels], np.float32)

    @cached_property
    def _thresholds(self) -> Floats:
        given = {intent.name: intent.threshold for intent in self.policy.intents}
        return np.array([given.get(label, np.inf) for label in self.labels], np.float32)

    @cached_property
    def _least(self) -> Floats:
        """(the head's labels,): the probability from which each is given."""
        wanted = {intent.name: intent.sure for intent in self.policy.intents}
        return np.array([wanted.get(label, 0.0) for label in self.labels[: self.learned]], np.float32)

    @cached_property
    def _speaking(self) -> Floats:
        """(rules, the head's labels): 1 where a rule of an intent speaks for it."""
        rules, labels = self.rulebook.rules, self.labels[: self.learned]
        rows = [[rule.owner == label and rule.weight > 0 for label in labels] for rule in rules]
        return np.array(rows, np.float32).reshape(len(rules), self.learned)

    def weigh(self, grams: Grams, flags: sparse.csr_matrix) -> Floats:
        """(texts, labels): probabilities of the head's labels, sums of weights of the others."""
        sums: Floats = flags @ self.weights
        if self.head is not None:
            scores = self.head.gram_scores(grams) + sums[:, : self.learned]
            sums[:, : self.learned] = self.head.probabilities(scores)
        return self.block(sums, flags)

    def block(self, weighed: Floats, flags: sparse.csr_matrix) -> Floats:
        """Without what a guard blocks; the head's other labels share what that leaves."""
        blocked = (flags @ self._blocks) > 0
        rows = np.flatnonzero(blocked.any(axis=1))
        if len(rows):
            weighed[rows] = np.where(blocked[rows], 0, weighed[rows])
            left = weighed[rows, : self.learned].sum(axis=1, keepdims=True)
            weighed[rows, : self.learned] /= np.maximum(left, _LEAST)
        return weighed

    def taken(self, weighed: Floats, intent: str) -> Floats:
        """(labels,) of a text that says yes to an offer of this intent."""
        column = self.labels.index(intent)
        if column < self.learned:
            weighed[: self.learned] *= 1 - _OFFERED
            weighed[column] += _OFFERED
        else:
            weighed[column] += self._thresholds[column]
        return weighed

    def settled(self, weighed: Floats) -> Floats:
        """First whether somebody wants something at all, then what: where the leads' probabilities joined are enough,
        the likeliest lead is the likeliest label, and else the likeliest of the others; the two change places.
        """
        shares, leads = weighed[:, : self.learned], self._leads
        if leads.all() or not leads.any():
            return weighed
        wanting = shares[:, leads].sum(axis=1) > _WANTING * shares.sum(axis=1)
        best = np.where(wanting[:, None] == leads, shares, -1).argmax(axis=1)
        top = shares.argmax(axis=1)
        rows = np.flatnonzero(best != top)
        weighed[rows, best[rows]], weighed[rows, top[rows]] = weighed[rows, top[rows]], weighed[rows, best[rows]]
        return weighed

    def given(self, weighed: Floats, flags: sparse.csr_matrix) -> NDArray[np.bool_]:
        """(texts, labels): the likeliest label, others that are likely too, and those whose rules weigh enough.

        ``flags`` are the texts' rules: the likeliest label need not be ``sure`` where one of its rules was found.
        """
        shares = weighed[:, : self.learned]
        chosen: NDArray[np.bool_] = weighed >= self._thresholds - _ROUNDING
        chosen[:, : self.learned] = shares >= self.policy.also
        if self.learned:
            likeliest = np.arange(self.learned) == shares.argmax(axis=1)[:, None]
            chosen[:, : self.learned] |= likeliest & (shares > 0)
            chosen[:, : self.learned] &= (shares >= self._least) | (likeliest & ((flags @ self._speaking) > 0))
        return chosen & (self._wanted > 0)

    def probabilities(self, weighed: Floats, *, other: str) -> tuple[tuple[str, ...], Floats]:
        """Labels and rows that sum to 1, for figures; rules alone count by weight, ``other`` where none was found."""
        if self.learned:
            return self.labels[: self.learned], weighed[:, : self.learned]
        shares = np.maximum(weighed, 0)
        if other in self.labels:
            shares[:, self.labels.index(other)] += 0.5
        return self.labels, shares / np.maximum(shares.sum(axis=1, keepdims=True), _LEAST)
