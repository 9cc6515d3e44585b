"""An encoder and its opinion, ready to be asked about a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlp.encoders.encoder import Encoder
from nlp.encoders.opinion import Opinion
from nlp.encoders.second import second_opinion
from nlp.heads.head import Floats


@dataclass(frozen=True)
class SecondOpinion:
    """Asked where the best probability of a head is below ``unsure``."""

    encoder: Encoder
    opinion: Opinion
    unsure: float

    @property
    def version(self) -> str:
        """What a bundle's version says of it."""
        return f"{self.encoder.name} {self.opinion.version} {self.unsure}"

    def mixed(self, texts: Sequence[str], probabilities: Floats, *, labels: Sequence[str]) -> Floats:
        """(texts, labels) probabilities, the unsure rows weighed with the opinion."""
        return second_opinion(
            texts, probabilities, labels=labels, opinion=self.opinion, encoder=self.encoder, unsure=self.unsure
        )
