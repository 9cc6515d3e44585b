"""Whether a new head may take an old one's place: both asked about the same rows, neither about what it has learnt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.heads.evaluation import macro_f1
from nlp.heads.store import Unseen, digests

TOLERANCE = 0.002
"""How much lower the new macro-F1 may lie."""


@dataclass(frozen=True)
class Verdict:
    """Macro-F1 of both heads on the same number of rows."""

    old: float
    new: float
    rows: int

    @property
    def worse(self) -> bool:
        """Whether the new head must not replace the old one."""
        return self.new < self.old - TOLERANCE


def without_memory(
    texts: Sequence[str], said: Sequence[str], labels: Sequence[str], unseen: Unseen | None
) -> list[str]:
    """What a head says of texts, with what it said unseen in place of what it says of texts that it was trained on."""
    answers = list(said)
    if unseen is None or not len(unseen.digests):
        return answers
    wanted = digests(texts)
    places = np.minimum(np.searchsorted(unseen.digests, wanted), len(unseen.digests) - 1)
    for number in np.flatnonzero(unseen.digests[places] == wanted):
        answers[number] = labels[unseen.said[places[number]]]
    return answers


def remembered(texts: Sequence[str], unseen: Unseen | None) -> int:
    """How many of the texts a head was trained on: figures over them flatter it."""
    return 0 if unseen is None else int(np.isin(digests(texts), unseen.digests).sum())


def examine(truth: Sequence[str], *, new: Sequence[str], old: Sequence[str]) -> Verdict:
    """Both heads' answers to the same rows against the truth; no rows give a tie."""
    names = {name: number for number, name in enumerate(sorted({*truth, *new, *old}))}
    true, fresh, former = (np.array([names[name] for name in given], np.int64) for given in (truth, new, old))
    return Verdict(old=macro_f1(true, former), new=macro_f1(true, fresh), rows=len(truth))
