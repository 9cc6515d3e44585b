"""A team's own encoder from an ONNX file and a tokenizer."""

from pathlib import Path

import numpy as np
import pytest

from nlp.encoders.choice import encoder_of
from nlp.encoders.encoder import Vectors
from nlp.encoders.onnx import MOST_TOKENS, Onnx
from tests.nlp.encoders.models import WORDS, write_onnx, write_tokenizer

pytest.importorskip("onnxruntime")
pytest.importorskip("tokenizers")


@pytest.fixture
def table() -> Vectors:
    """A vector for each token; that of padding is large, so that one that is counted shows."""
    vectors = np.random.default_rng(1).normal(size=(len(WORDS) + 2, 4)).astype(np.float32)
    vectors[0] = 1000
    return vectors


@pytest.fixture
def folder(tmp_path: Path, table: Vectors) -> Path:
    """A folder with both files."""
    write_onnx(tmp_path / "own" / "model.onnx", table)
    write_tokenizer(tmp_path / "own" / "tokenizer.json")
    return tmp_path / "own"


def _mean(table: Vectors, text: str) -> Vectors:
    mean = table[[WORDS.index(char) + 2 if char in WORDS else 1 for char in text]].mean(axis=0)
    row: Vectors = mean / np.linalg.norm(mean)
    return row


def test_mean_of_the_tokens(folder: Path, table: Vectors) -> None:
    """Texts of different lengths, in any order, are the means of their tokens; padding counts nothing."""
    texts = ["多少钱", "求", "想买想买想买", "求链接"] * 20
    encoder = encoder_of("onnx:own", workspace=folder.parent)
    assert encoder is not None
    assert np.allclose(encoder.encode(texts), [_mean(table, text) for text in texts], atol=1e-5)
    assert encoder.encode([]).shape == (0, 0)


def test_odd_texts(folder: Path) -> None:
    """Any text gives a vector of length 1, and a long one is cut."""
    vectors = Onnx(folder).encode(["", "\ud83d", "\0", "😀", "买" * 1_000_000, "买" * MOST_TOKENS])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[4], vectors[5])


def test_where_the_files_may_lie(folder: Path) -> None:
    """The file itself may be named, and the model may lie in a folder onnx beside the tokenizer."""
    version = Onnx(folder / "model.onnx").version
    (folder / "onnx").mkdir()
    (folder / "model.onnx").rename(folder / "onnx" / "model.onnx")
    assert Onnx(folder).version == version
    assert len(Onnx(folder).encode(["买"])) == 1


def test_version_is_of_the_bytes(folder: Path, table: Vectors) -> None:
    """Other weights, other data beside them and another tokenizer are another version."""
    versions = {Onnx(folder).version}
    write_onnx(folder / "model.onnx", table + 1)
    versions.add(Onnx(folder).version)
    (folder / "model.onnx_data").write_bytes(b"1")
    versions.add(Onnx(folder).version)
    (folder / "tokenizer.json").write_text("{}")
    versions.add(Onnx(folder).version)
    assert len(versions) == 4


def test_no_model(folder: Path) -> None:
    """A path without a model or without a tokenizer is told at once."""
    with pytest.raises(ValueError, match="no ONNX model at"):
        encoder_of("onnx:other", workspace=folder.parent)
    for path in ("x" * 290, "\0", "own/tokenizer.json"):
        with pytest.raises(ValueError, match="no ONNX model at"):
            encoder_of(f"onnx:{path}", workspace=folder.parent)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ValueError, match=r"no tokenizer\.json beside"):
        Onnx(folder)


def test_wrong_files(folder: Path, table: Vectors) -> None:
    """What is no model, no sentence encoder or no tokenizer is told at the first text."""
    write_onnx(folder / "model.onnx", table, inputs=("input_ids", "pixels"))
    with pytest.raises(ValueError, match="asks for input_ids, pixels"):
        Onnx(folder).encode(["买"])
    (folder / "model.onnx").write_bytes(b"no model")
    with pytest.raises(ValueError, match="cannot be opened"):
        Onnx(folder).encode(["买"])
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(ValueError, match="not a tokenizer"):
        Onnx(folder).encode(["买"])


def test_model_that_fails(folder: Path, table: Vectors) -> None:
    """A model with fewer tokens than the tokenizer cannot be run, and that is told."""
    write_onnx(folder / "model.onnx", table[:3])
    with pytest.raises(ValueError, match="it does not run"):
        Onnx(folder).encode(["早上好"])
