"""A head as a directory: the same after it was read, whole or not at all, and refused where it is broken."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from nlp.heads import store
from nlp.heads.head import Head
from nlp.heads.store import ARRAYS, FACTS, UNSEEN, Unseen, digests, load, load_unseen, save
from nlp.heads.training import Trained
from tests.nlp.heads.conftest import made_rows, said


@pytest.fixture
def folder(trained: Trained, tmp_path: Path) -> Path:
    """A head with what it said unseen."""
    texts, _, _ = made_rows(150)
    numbers = trained.unseen.argmax(axis=1)
    save(trained.head, tmp_path / "head", name="mine", unseen=Unseen(digests(texts), numbers, numbers))
    return tmp_path / "head"


def test_a_head_is_the_same_when_it_is_read(folder: Path, trained: Trained) -> None:
    """Labels, temperature, what it is about; weights to half precision."""
    head = load(folder)
    assert (head.labels, head.temperature, head.orders) == (trained.head.labels, trained.head.temperature, 3)
    assert head.about == {"rows": 150}
    assert np.allclose(head.rows, trained.head.rows, rtol=2e-3, atol=1e-3)
    texts, labels, _ = made_rows(150)
    assert said(head, texts) == said(trained.head, texts) == labels


def test_the_same_head_is_the_same_bytes(folder: Path, trained: Trained, tmp_path: Path) -> None:
    """So that a shipped head can be made again."""
    save(trained.head, tmp_path / "other", name="mine")
    assert (tmp_path / "other" / ARRAYS).read_bytes() == (folder / ARRAYS).read_bytes()


def test_what_was_said_unseen_is_found_by_the_text(folder: Path, trained: Trained) -> None:
    """Sorted by digest; no text is kept."""
    found = load_unseen(folder, labels=3)
    assert found is not None
    assert (np.diff(found.digests.astype(object)) >= 0).all()
    texts, _, _ = made_rows(150)
    place = int(np.searchsorted(found.digests, digests(texts[:1])[0]))
    assert found.said[place] == trained.unseen[0].argmax()


def test_digests_are_of_what_is_read() -> None:
    """Width, case and script make no difference; half a surrogate pair does no harm."""
    assert len(set(digests(["ＡＢ價", "ab价 "]).tolist())) == 1
    assert len(digests(["\ud800", ""])) == 2
    assert len(digests([])) == 0


def test_a_new_head_takes_the_place_of_an_old_one(folder: Path, trained: Trained) -> None:
    """Nothing of the old one is left, nor anything beside it."""
    save(trained.head, folder, name="again")
    assert json.loads((folder / FACTS).read_text(encoding="utf-8"))["head"] == "again"
    assert not (folder / UNSEEN).exists()
    assert load_unseen(folder, labels=3) is None
    assert [path.name for path in folder.parent.iterdir()] == ["head"]


def test_an_old_head_stays_where_a_new_one_cannot_be_written(
    folder: Path, trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full."""

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(store.np, "savez", full)
    with pytest.raises(OSError, match="space"):
        save(trained.head, folder, name="again")
    assert load(folder).labels == trained.head.labels
    assert [path.name for path in folder.parent.iterdir()] == ["head"]


def test_a_failed_exchange_brings_the_old_head_back(
    folder: Path, trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the two renames."""
    rename = Path.rename

    def once(self: Path, target: Path) -> Path:
        if ".new." in self.name:
            raise OSError("gone")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", once)
    with pytest.raises(OSError, match="gone"):
        save(trained.head, folder, name="again")
    assert load(folder).about == {"rows": 150}


@pytest.mark.parametrize("there", ["a file", "other files"])
def test_what_is_no_head_is_not_replaced(trained: Trained, tmp_path: Path, there: str) -> None:
    """``--out .`` by mistake."""
    place = tmp_path / "place"
    if there == "a file":
        place.write_text("mine", encoding="utf-8")
    else:
        place.mkdir()
        (place / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError):
        save(trained.head, place, name="mine")
    assert "mine" in (place if place.is_file() else place / "thesis.txt").read_text(encoding="utf-8")


def test_an_empty_folder_is_taken(trained: Trained, tmp_path: Path) -> None:
    """Made before by hand."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    save(trained.head, tmp_path / "a" / "b", name="mine")
    assert load(tmp_path / "a" / "b")


def change_facts(folder: Path, **changes: object) -> None:
    """Write other facts into a head."""
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8")) | changes
    (folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"labels": ["a", "b"]},
        {"labels": ["chat", "chat", "join"]},
        {"bits": 5},
        {"bits": 99},
        {"temperature": 0},
        {"temperature": "hot"},
        {"flags": ["rule"]},
        {"head": "../mine"},
        {"more": 1},
        {"orders": 4},
    ],
)
def test_facts_that_do_not_fit_are_refused(folder: Path, changes: dict[str, object]) -> None:
    """With the file's name."""
    change_facts(folder, **changes)
    with pytest.raises(ValueError, match=r"head\.(json|npz)"):
        load(folder)


def change_arrays(folder: Path, **changes: object) -> None:
    """Write other arrays into a head."""
    with np.load(folder / ARRAYS) as stored:
        arrays = {name: stored[name] for name in stored.files} | changes
    np.savez(folder / ARRAYS, **arrays)


@pytest.mark.parametrize(
    "changes",
    [
        {"bias": np.zeros(2, np.float32)},
        {"bias": np.array([1, np.nan, 1], np.float32)},
        {"rows": np.zeros((3, 4), np.float16)},
        {"buckets": np.zeros((2, 2), np.uint32)},
        {"flag_rows": np.zeros((1, 3), np.float32)},
        {"bias": np.array(["a", "b", "c"])},
    ],
)
def test_arrays_that_do_not_fit_are_refused(folder: Path, changes: dict[str, object]) -> None:
    """Other shapes, other kinds, numbers that are none."""
    change_arrays(folder, **changes)
    with pytest.raises(ValueError, match=r"head\.npz"):
        load(folder)


def test_buckets_out_of_order_are_refused(folder: Path, trained: Trained) -> None:
    """They would point to other n-grams' weights."""
    change_arrays(folder, buckets=trained.head.buckets[::-1])
    with pytest.raises(ValueError, match="sorted"):
        load(folder)


def test_pickled_arrays_are_refused(folder: Path) -> None:
    """They could run code."""
    change_arrays(folder, bias=np.array([{}, {}, {}], object))
    with pytest.raises(ValueError, match=r"head\.npz"):
        load(folder)


@pytest.mark.parametrize("file", [ARRAYS, FACTS])
@pytest.mark.parametrize("left", [0, 1, 40, 120])
def test_cut_files_are_refused(folder: Path, file: str, left: int) -> None:
    """A copy that was broken off."""
    (folder / file).write_bytes((folder / file).read_bytes()[:left])
    with pytest.raises(ValueError, match=file):
        load(folder)


def test_a_directory_that_is_none_is_refused(tmp_path: Path, folder: Path) -> None:
    """Nothing there, an empty one, a head without its arrays."""
    for place in (tmp_path / "nothing", tmp_path):
        with pytest.raises(ValueError, match=r"head\.json"):
            load(place)
    (folder / ARRAYS).unlink()
    with pytest.raises(ValueError, match=r"head\.npz"):
        load(folder)


def test_broken_memories_are_refused(folder: Path) -> None:
    """Numbers of labels that the head has not."""
    with pytest.raises(ValueError, match=r"unseen\.npz"):
        load_unseen(folder, labels=2)
    (folder / UNSEEN).write_bytes(b"PK")
    with pytest.raises(ValueError, match=r"unseen\.npz"):
        load_unseen(folder, labels=3)


def test_a_head_with_flags_is_kept(folder: Path, trained: Trained, tmp_path: Path) -> None:
    """Flag rows by rule."""
    one = trained.head
    flagged = Head(one.labels, one.bits, one.buckets, one.rows, one.bias, 1.0, ("r",), np.ones((1, 3), np.float32), {})
    save(flagged, tmp_path / "flagged", name="intents")
    assert load(tmp_path / "flagged").flag_weights("join") == {"r": 1.0}
    shutil.rmtree(folder)
