"""A team's own encoder: an ONNX model and its ``tokenizer.json`` in the workspace.

A model that gives a vector a token is read by their mean (Reimers and Gurevych 2019, "Sentence-BERT").
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.encoders.encoder import Vectors, readable, unit
from nlp.encoders.wheels import installed

MOST_TOKENS = 128
"""A longer text is cut; most small encoders were trained on no more."""

_BATCH = 32
_MODELS = ("model.onnx", "onnx/model.onnx")
_DATA = ("_data", ".data")
_TOKENIZER = "tokenizer.json"
_PADS = ("[PAD]", "<pad>")
_OUTPUTS = ("sentence_embedding", "last_hidden_state", "token_embeddings")
_TYPES = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}
_TOKEN_VECTORS = 3

Numbers = NDArray[np.int64]


class Onnx:
    """An encoder from files: ``path`` is the model or a folder with ``model.onnx`` and ``tokenizer.json``.

    Also found: the model in a folder ``onnx`` beside the tokenizer. Files are opened at the first text. Raises
    :class:`ValueError` where the packages or the files are not there.
    """

    name = "onnx"

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        for package in ("onnxruntime", "tokenizers"):
            installed(package, extra="onnx")
        self._file = _model_file(path)
        self._words = _tokenizer_file(self._file)
        self._threads = threads

    @cached_property
    def version(self) -> str:
        """12 hex digits of the model's, its data's and its tokenizer's bytes."""
        data = [self._file.with_name(self._file.name + end) for end in _DATA]
        digest = hashlib.sha256()
        for file in (self._file, *filter(Path.is_file, data), self._words):
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        return digest.hexdigest()[:12]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(texts, dimensions of the model); :class:`ValueError` where the model is no sentence encoder."""
        tokens = [
            one for part in _parts([readable(text) for text in texts]) for one in self._tokenizer.encode_batch(part)
        ]
        order = sorted(range(len(tokens)), key=lambda number: len(tokens[number].ids))
        rows = [self._run([tokens[number] for number in part]) for part in _parts(order)]
        if not rows:
            return np.zeros((0, 0), np.float32)
        vectors = np.empty((len(tokens), rows[0].shape[1]), np.float32)
        vectors[order] = np.concatenate(rows)
        return unit(vectors)

    def _run(self, tokens: list[Any]) -> Vectors:
        size = max([1, *(len(one.ids) for one in tokens)])
        fields = {
            "input_ids": _table([one.ids for one in tokens], size, fill=self._pad),
            "attention_mask": _table([one.attention_mask for one in tokens], size),
            "token_type_ids": _table([one.type_ids for one in tokens], size),
        }
        session, inputs, output = self._session
        try:
            (found,) = session.run([output], {name: fields[name].astype(kind) for name, kind in inputs.items()})
        except Exception as error:  # onnxruntime's own errors have no common class that is public
            raise self._wrong(f"it does not run ({type(error).__name__})") from error
        return self._pooled(np.asarray(found, np.float32), fields["attention_mask"])

    def _pooled(self, found: Vectors, mask: Numbers) -> Vectors:
        if found.ndim == _TOKEN_VECTORS and found.shape[:2] == mask.shape:
            kept = mask[:, :, None].astype(np.float32)
            found = (found * kept).sum(axis=1) / np.maximum(kept.sum(axis=1), 1)
        if found.ndim != 2 or len(found) != len(mask):  # noqa: PLR2004 (a table)
            raise self._wrong(f"its answer has the shape {found.shape}")
        return found

    @cached_property
    def _session(self) -> tuple[Any, dict[str, Any], str]:
        onnxruntime = import_module("onnxruntime")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = self._threads
        try:
            session = onnxruntime.InferenceSession(str(self._file), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise self._wrong(f"it cannot be opened ({type(error).__name__})") from error
        return session, self._inputs(session), _output(session)

    def _inputs(self, session: Any) -> dict[str, Any]:
        kinds = {one.name: _TYPES.get(one.type) for one in session.get_inputs()}
        known = {"input_ids", "attention_mask", "token_type_ids"}
        if "input_ids" not in kinds or set(kinds) - known or None in kinds.values():
            raise self._wrong(f"it asks for {', '.join(sorted(kinds))[:100]}, not for input_ids and attention_mask")
        return kinds

    @cached_property
    def _tokenizer(self) -> Any:
        try:
            tokenizer = import_module("tokenizers").Tokenizer.from_file(str(self._words))
        except Exception as error:  # tokenizers raises plain Exception
            raise ValueError(f"encoder: {self._words} is not a tokenizer of the library tokenizers") from error
        tokenizer.enable_truncation(MOST_TOKENS)
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _pad(self) -> int:
        return next((number for pad in _PADS if (number := self._tokenizer.token_to_id(pad)) is not None), 0)

    def _wrong(self, what: str) -> ValueError:
        return ValueError(f"encoder: {self._file} is not an ONNX sentence encoder: {what}")


def _model_file(path: Path) -> Path:
    tried = [path] if path.suffix == ".onnx" else [path / name for name in _MODELS]
    for file in tried:
        if _is_file(file):
            return file
    raise ValueError(f"encoder: there is no ONNX model at {path}; it takes a file .onnx, or a folder with model.onnx")


def _is_file(path: Path) -> bool:
    """False too for a name that is too long and a folder that may not be looked into."""
    try:
        return path.is_file()
    except OSError:
        return False


def _tokenizer_file(model: Path) -> Path:
    for folder in (model.parent, model.parent.parent):
        if (folder / _TOKENIZER).is_file():
            return folder / _TOKENIZER
    raise ValueError(f"encoder: there is no {_TOKENIZER} beside {model}; export it with the model")


def _output(session: Any) -> str:
    names = [one.name for one in session.get_outputs()]
    return next((name for name in _OUTPUTS if name in names), names[0])


def _parts(items: Sequence[Any]) -> Iterator[Any]:
    stream = iter(items)
    while part := list(islice(stream, _BATCH)):
        yield part


def _table(rows: Sequence[Sequence[int]], size: int, *, fill: int = 0) -> Numbers:
    """(rows, size); what a row lacks is ``fill``."""
    table = np.full((len(rows), size), fill, np.int64)
    for number, row in enumerate(rows):
        table[number, : len(row)] = row
    return table
