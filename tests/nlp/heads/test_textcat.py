"""A head that is spaCy's ``TextCategorizer``: it learns, is kept whole or refused, and reads topics in a bundle."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from nlp.bundle import Bundle
from nlp.grams import grams_of
from nlp.heads.answers import probabilities_of
from nlp.heads.flags import no_flags
from nlp.heads.kinds import load_head, save_head
from nlp.heads.store import FACTS, Unseen, digests, load, load_unseen
from nlp.heads.textcat.categorizer import READ, Categorizer
from nlp.heads.textcat.store import FILES, FOLDER
from nlp.heads.textcat.training import TrainedCategorizer, train_categorizer
from nlp.heads.training import Trained
from nlp.normal import batch
from nlp.pipeline import build_pipeline
from tests.nlp.heads.conftest import WORDS as ROWS
from tests.nlp.heads.conftest import made_rows
from tests.nlp.teams import ANY_TEXT, CAMPING, COMMENTS, bundle, cached_segmenter, small_head, spec, tags

WORDS = cached_segmenter(("天幕",), "rjieba")
TEAM: dict[str, Any] = {
    "topics": [*CAMPING["topics"], *({"name": name, "title": name, "words": [f"的{name}"]} for name in ROWS)]
}
"""A team that has the topics of the rows."""


def learnt(size: int = 150, **more: Any) -> TrainedCategorizer:
    """A categorizer of three labels."""
    texts, labels, _ = made_rows(size)
    return train_categorizer(texts, labels, segmenter=WORDS, **more)


@pytest.fixture(scope="module")
def pupil() -> TrainedCategorizer:
    """One for all tests."""
    return learnt()


@pytest.fixture
def folder(pupil: TrainedCategorizer, tmp_path: Path) -> Path:
    """Its directory."""
    texts, _, _ = made_rows(150)
    numbers = pupil.unseen.argmax(axis=1)
    save_head(pupil.head, tmp_path / "head", name="topics", unseen=Unseen(digests(texts), numbers, numbers))
    return tmp_path / "head"


def shares(head: Any, texts: list[str]) -> np.ndarray:
    """What a head says of texts."""
    return np.asarray(probabilities_of(head, no_flags)(texts)[1])


def test_it_learns(pupil: TrainedCategorizer) -> None:
    """Rows that it has seen, rows of a fold that it has not, and new ones."""
    texts, labels, _ = made_rows(150)
    for said in (shares(pupil.head, texts), pupil.unseen):
        assert np.mean([pupil.classes[one] for one in said.argmax(axis=1)] == np.array(labels)) > 0.95
    new, truth, _ = made_rows(80, seed=9)
    found = shares(pupil.head, new)
    assert [pupil.classes[one] for one in found.argmax(axis=1)] == truth
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5)
    assert (pupil.kept.all(), pupil.recipe.epochs <= 10) == (True, True)


def test_the_same_rows_make_the_same_one(pupil: TrainedCategorizer) -> None:
    """Nothing is left to chance; other rows make another one."""
    again = learnt()
    assert (again.head.digest, again.recipe) == (pupil.head.digest, pupil.recipe)
    assert np.array_equal(again.unseen, pupil.unseen)
    assert learnt(120).head.digest != pupil.head.digest


def test_its_digest_depends_on_all_it_says(pupil: TrainedCategorizer) -> None:
    """The temperature too."""
    assert Categorizer(pupil.head.language, 9.0, {}).digest != pupil.head.digest


def test_a_batch_makes_no_difference(pupil: TrainedCategorizer) -> None:
    """A text alone, beside others, or beside nothing but empty ones."""
    texts = ["多少钱一个帐篷", "", "怎么进群", " ", "没见过的词语"]
    together = shares(pupil.head, texts)
    assert np.array_equal(together, np.concatenate([shares(pupil.head, [text]) for text in texts]))
    assert np.allclose(shares(pupil.head, ["", ""]), 1 / 3)
    assert shares(pupil.head, []).shape == (0, 3)


def test_writing_is_no_difference(pupil: TrainedCategorizer) -> None:
    """Width, case, script; and what stands after the first characters is not read."""
    assert np.array_equal(shares(pupil.head, ["多少钱ＡＢ價格"]), shares(pupil.head, ["多少钱ab价格"]))
    long = "多少钱" + "，" * READ
    assert np.array_equal(shares(pupil.head, [long]), shares(pupil.head, [long + "怎么进群"]))


@given(st.lists(ANY_TEXT, max_size=3))
def test_no_text_is_too_strange(pupil: TrainedCategorizer, texts: list[str]) -> None:
    """Controls, halves of characters."""
    found = shares(pupil.head, texts)
    assert found.shape == (len(texts), 3)
    assert np.isfinite(found).all()


def test_few_rows_are_enough_or_told() -> None:
    """Two of each label; one label, or a single row, is refused as by a linear head."""
    assert train_categorizer(["多少钱", "价格", "进群", "拉我"], ["a", "a", "b", "b"], segmenter=WORDS).classes == (
        "a",
        "b",
    )
    empty = train_categorizer(["", "", " ", ""], ["a", "a", "b", "b"], segmenter=WORDS)
    assert np.isfinite(shares(empty.head, ["多少钱"])).all()
    for labels in (["a", "a"], ["a", "b"]):
        with pytest.raises(ValueError, match="rows"):
            train_categorizer(["多少钱", "进群"], labels, segmenter=WORDS)


def test_rows_that_do_not_count_calibrate_nothing() -> None:
    """They are learnt from all the same."""
    texts, labels, _ = made_rows(150)
    labels[75:] = ["price" if number % 2 else "join" for number in range(75)]
    mine = np.arange(150) < 75
    every, half = (train_categorizer(texts, labels, segmenter=WORDS, counted=counted) for counted in (None, mine))
    assert np.array_equal(half.unseen, every.unseen)
    assert half.head.temperature != every.head.temperature


def test_it_is_the_same_when_it_is_read(folder: Path, pupil: TrainedCategorizer) -> None:
    """Labels, digest, probabilities; its own words cut the texts."""
    head = load_head(folder)
    assert isinstance(head, Categorizer)
    assert (head.labels, head.digest) == (pupil.head.labels, pupil.head.digest)
    texts, _, _ = made_rows(60, seed=4)
    assert np.array_equal(shares(head, texts), shares(pupil.head, texts))
    known = load_unseen(folder, labels=3)
    assert known is not None and len(known.digests) == 150


def test_the_kind_is_told_and_no_text_is_kept(folder: Path) -> None:
    """No vocabulary: it would be made of the rows' words."""
    assert json.loads((folder / FACTS).read_text(encoding="utf-8"))["kind"] == "textcat"
    assert not (folder / FOLDER / "vocab").exists()
    for file in folder.rglob("*"):
        assert file.is_dir() or "帐篷".encode() not in file.read_bytes()


def test_spacy_opens_the_folder_by_itself(folder: Path, pupil: TrainedCategorizer) -> None:
    """A pipeline like any other, uncalibrated."""
    doc = spacy.load(folder / FOLDER)("报个价")
    assert max(doc.cats, key=lambda label: doc.cats[label]) == "price"
    assert doc.cats.keys() == set(pupil.classes)


def test_either_kind_takes_the_others_place(folder: Path, trained: Trained, pupil: TrainedCategorizer) -> None:
    """Whole: nothing of the other one is left."""
    save_head(trained.head, folder, name="topics")
    assert load_head(folder).labels == load(folder).labels
    assert not (folder / FOLDER).exists()
    save_head(pupil.head, folder, name="topics")
    assert load_head(folder).digest == pupil.head.digest
    with pytest.raises(ValueError, match=r"head\.json"):
        load(folder)


def test_a_place_that_holds_something_else_is_left_alone(tmp_path: Path, pupil: TrainedCategorizer) -> None:
    """As by a linear head."""
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError):
        save_head(pupil.head, tmp_path, name="topics")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("file", [*FILES, FACTS])
@pytest.mark.parametrize("left", [None, 0, 1, 100])
def test_damaged_files_are_refused(folder: Path, file: str, left: int | None) -> None:
    """Missing or cut; the file is named."""
    place = folder / file if file == FACTS else folder / FOLDER / file
    data = place.read_bytes()
    place.unlink()
    if left is not None and left < len(data):
        place.write_bytes(data[:left])
    with pytest.raises(ValueError, match=Path(file).name):
        load_head(folder)


def test_a_missing_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    """The pipeline's, or all of it."""
    shutil.rmtree(folder / FOLDER)
    for place in (folder, tmp_path / "nothing"):
        with pytest.raises(ValueError, match=r"cannot be read"):
            load_head(place)


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": ["a", "b", "c"]},
        {"labels": ["a"]},
        {"temperature": 0},
        {"files": {}},
        {"kind": "bert"},
        {"kind": ["textcat"]},
        {"more": 1},
    ],
)
def test_other_facts_are_refused(folder: Path, changes: dict[str, Any]) -> None:
    """Labels that the weights do not have, numbers that make no sense, another kind."""
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    (folder / FACTS).write_text(json.dumps(facts | changes), encoding="utf-8")
    with pytest.raises(ValueError, match=r"head\.json|damaged"):
        load_head(folder)


def test_facts_nested_without_end_are_refused(folder: Path) -> None:
    """A file of 100,000 opening brackets is a complaint about the file, and no recursion of ours."""
    (folder / FACTS).write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(ValueError, match=r"head\.json"):
        load_head(folder)


@pytest.fixture(scope="module")
def reading(pupil: TrainedCategorizer) -> Bundle:
    """A team's bundle whose topics are read by it."""
    return bundle(TEAM, heads={"topics": pupil.head})  # type: ignore[dict-item]


def test_a_bundle_reads_topics_with_it(reading: Bundle, pupil: TrainedCategorizer) -> None:
    """Beside the words; without evidence; below ``sure`` it abstains."""
    found = tags(reading, "露营多少钱一个", "topic")
    assert found.keys() == {"camping", "price"}
    assert found["price"].evidence == ()
    assert found["price"].weight == pytest.approx(float(shares(pupil.head, ["露营多少钱一个"]).max()), abs=1e-4)
    assert tags(reading, "", "topic") == tags(reading, "zzz", "topic") == {}


def test_both_doors_say_the_same(reading: Bundle, tmp_path: Path) -> None:
    """And the pipeline that was saved and opened again."""
    texts = [text.replace("\ud83d", "\ufffd") for text in COMMENTS]
    expected = [tagging.tags for tagging in reading.read(texts)]
    language = build_pipeline(reading)
    assert [doc._.tags for doc in language.pipe(texts)] == expected
    language.to_disk(tmp_path / "pipeline")
    again = spacy.load(tmp_path / "pipeline")
    assert again.get_pipe("yinliu").bundle.version == reading.version
    assert [doc._.tags for doc in again.pipe(texts)] == expected


def test_the_version_follows_the_weights(reading: Bundle, pupil: TrainedCategorizer) -> None:
    """And not the setting: what is read with is what lies in the directory."""
    other = Categorizer(pupil.head.language, 9.0, {})
    assert Bundle(reading.spec, {"topics": other}).version != reading.version
    chosen = spec(TEAM | {"classifier": "textcat"})
    assert Bundle(chosen, {"topics": pupil.head}).version == reading.version


def test_intents_are_no_matter_for_it(pupil: TrainedCategorizer) -> None:
    """Intents need a linear head, whose n-grams are weighed beside rules; another kind is refused by name."""
    with pytest.raises(ValueError, match="linear"):
        Bundle(spec(), {"intents": pupil.head})


def test_both_kinds_answer_alike(pupil: TrainedCategorizer) -> None:
    """One way of asking."""
    texts = batch(["多少钱", "怎么进群"])
    for head in (pupil.head, small_head()):
        assert head.shares(texts, grams_of(texts)).shape == (2, len(head.labels))
        assert len(head.digest) == 16


def test_something_else_is_not_written(tmp_path: Path) -> None:
    """An object that is a head of neither kind is refused, and no directory is begun."""
    with pytest.raises(TypeError):
        save_head(object(), tmp_path / "head", name="topics")  # type: ignore[arg-type]
    assert not (tmp_path / "head").exists()
