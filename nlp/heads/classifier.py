"""What is asked of a head of either kind: our linear one, or spaCy's ``TextCategorizer``."""

from __future__ import annotations

from typing import Protocol

from nlp.grams import Grams, Hashes
from nlp.heads.head import Floats
from nlp.normal import Batch


class Classifier(Protocol):
    """Says how likely each label is; ``digest`` differs for any other one."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The columns of what it says."""

    @property
    def digest(self) -> str:
        """Sixteen hex digits, made of labels and weights."""

    def shares(self, texts: Batch, grams: Grams) -> Floats:
        """(texts, labels) probabilities, each row summing to 1; ``grams`` are those of ``texts``."""

    def strongest(self, hashes: Hashes, label: str, *, most: int) -> list[tuple[int, float]]:
        """(number of an n-gram in ``hashes``, weight) of what speaks most for a label; none where that is not known."""
