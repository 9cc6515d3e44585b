"""How a ``TextCategorizer`` is trained, without spaCy: figures and messages need no more."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Course:
    """``epochs``: how often every row is shown; ``batch``: rows at once; ``rate``: how fast it learns (Adam's)."""

    epochs: int = 10
    batch: int = 64
    rate: float = 0.01
