"""Opinions in a directory."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlp.encoders.learning import Lessons, learn
from nlp.encoders.opinion import Opinion
from nlp.encoders.store import ARRAYS, FACTS, load, save
from tests.nlp.encoders.models import Toy, examples, sure_of


@pytest.fixture(scope="module")
def opinion() -> Opinion:
    """An opinion that knows the examples."""
    texts, labels = examples()
    lessons = Lessons(vectors=Toy().encode(texts), labels=labels, head=sure_of(labels, 0.5))
    return learn(lessons, encoder=Toy(), about={"rows": len(texts)})


def test_saved_and_loaded(opinion: Opinion, tmp_path: Path) -> None:
    """What is loaded says nearly the same, knows the encoder, and is the same when it is saved again."""
    save(opinion, tmp_path / "one")
    loaded = load(tmp_path / "one")
    vectors = Toy().encode(["多少钱", "想买呀"])
    assert np.allclose(loaded.probabilities(vectors), opinion.probabilities(vectors), atol=0.01)
    assert (loaded.labels, loaded.share, dict(loaded.about)) == (opinion.labels, opinion.share, {"rows": 72})
    loaded.check(Toy())
    save(loaded, tmp_path / "two")
    assert load(tmp_path / "two").version == loaded.version
    assert (tmp_path / "one" / ARRAYS).read_bytes() == (tmp_path / "two" / ARRAYS).read_bytes()


def test_version_is_of_what_it_says(opinion: Opinion) -> None:
    """Other weights, share, temperature and labels are other versions; what it is told about is not."""
    others = [
        replace(opinion, weights=opinion.weights * 2),
        replace(opinion, share=0.123),
        replace(opinion, temperature=3.0),
        replace(opinion, labels=("a", "b", "c")),
    ]
    assert len({opinion.version, *(one.version for one in others)}) == 5
    assert replace(opinion, about={}).version == opinion.version


def test_no_directory(tmp_path: Path) -> None:
    """A directory that is not there, or is empty, is told with the file."""
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(ValueError, match=r"opinion\.json: cannot be read"):
            load(folder)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"format": 2}, "format"),
        ({"head": "intents"}, "head"),
        ({"labels": ["a"]}, "labels"),
        ({"labels": ["a", "b"]}, "for 2 labels"),
        ({"labels": ["a", "b", "b"]}, "a label stands twice"),
        ({"temperature": 0}, "temperature"),
        ({"share": 1.5}, "share"),
        ({"more": 1}, "more"),
    ],
)
def test_wrong_facts(opinion: Opinion, changed: dict[str, Any], why: str, tmp_path: Path) -> None:
    """Each fact is checked, and named."""
    save(opinion, tmp_path)
    facts = json.loads((tmp_path / FACTS).read_text(encoding="utf-8"))
    (tmp_path / FACTS).write_text(json.dumps({**facts, **changed}), encoding="utf-8")
    with pytest.raises(ValueError, match=why):
        load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"[" * 100_000])
def test_broken_facts(opinion: Opinion, content: bytes, tmp_path: Path) -> None:
    """What is no JSON object is told with the file."""
    save(opinion, tmp_path)
    (tmp_path / FACTS).write_bytes(content)
    with pytest.raises(ValueError, match=r"opinion\.json: "):
        load(tmp_path)


def test_cut_arrays(opinion: Opinion, tmp_path: Path) -> None:
    """A file that ends anywhere, or holds other bytes, is told with its name."""
    save(opinion, tmp_path)
    whole = (tmp_path / ARRAYS).read_bytes()
    for length in (0, 1, 30, len(whole) // 2, len(whole) - 1):
        (tmp_path / ARRAYS).write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"opinion\.npz: not the arrays of an opinion"):
            load(tmp_path)


@pytest.mark.parametrize(
    ("name", "array", "why"),
    [
        ("weights", np.zeros((4, 3)), "for 4 dimensions"),
        ("weights", np.zeros(3), "weights of shape"),
        ("bias", np.zeros(2), "bias of"),
        ("bias", np.array([1.0, np.nan, 2.0]), "not finite"),
        ("probes", np.zeros((1, 1)), "probes of shape"),
        ("weights", np.array(["a"]), "not the arrays"),
        ("weights", np.array([object()]), "not the arrays"),
        ("weights", None, "not the arrays"),
    ],
)
def test_wrong_arrays(opinion: Opinion, name: str, array: Any, why: str, tmp_path: Path) -> None:
    """Arrays of other shapes, kinds or names are refused; nothing is unpickled."""
    save(opinion, tmp_path)
    arrays = {"weights": opinion.weights, "bias": opinion.bias, "probes": opinion.probes, name: array}
    np.savez(tmp_path / ARRAYS, **{key: value for key, value in arrays.items() if value is not None})
    with pytest.raises(ValueError, match=why):
        load(tmp_path)
