"""The starter: valid as it is, and never over what a team wrote."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from tests.workspace.conftest import OPTIONS, READERS
from yinliu.workspace.folder import STARTER_FILES, Workspace, write_starter


@pytest.mark.parametrize("name", READERS)
def test_every_starter_file_is_valid(folder: Path, name: str) -> None:
    """Before anybody edits it, it is read as something; only the sources are for the team to name."""
    assert (READERS[name](Workspace(folder)) == []) is (name == "sources.yaml")


def test_the_starter_is_all_that_is_read() -> None:
    """No file is asked for that init does not write."""
    assert set(READERS) == set(STARTER_FILES)


def test_a_starter_leaves_what_is_there_alone(tmp_path: Path) -> None:
    """It adds what is missing and says what it added."""
    (tmp_path / "topics.yaml").write_text("mine", encoding="utf-8")
    written = write_starter(tmp_path)
    assert (tmp_path / "topics.yaml").read_text(encoding="utf-8") == "mine"
    assert {path.name for path in written} == {*STARTER_FILES, ".gitignore"} - {"topics.yaml"}
    assert write_starter(tmp_path) == []


def test_data_stays_out_of_version_control(folder: Path) -> None:
    """The database and exports hold personal data."""
    assert "data/" in (folder / ".gitignore").read_text(encoding="utf-8")


def test_every_signal_of_the_starter_has_points(folder: Path) -> None:
    """Each intent that makes somebody a lead is worth something."""
    workspace = Workspace(folder)
    wishes = {"purchase_intent", "price_inquiry", "how_to_join", "product_question"}
    assert all(workspace.scoring.signals[wish].points > 0 for wish in wishes)


def _examples() -> Iterator[str]:
    """The commented examples of sources.yaml, each without its #."""
    lines = (files("yinliu.workspace") / "starter" / "sources.yaml").read_text(encoding="utf-8").splitlines()
    after = lines[lines.index("sources:") + 1 :]
    for example in "\n".join(after).strip().split("\n\n"):
        yield "\n".join(line.removeprefix("# ") for line in example.splitlines())


@pytest.mark.parametrize("example", list(_examples()), ids=lambda example: example.splitlines()[0].split()[2])
def test_every_example_works_when_its_marks_are_removed(folder: Path, example: str) -> None:
    """As the comment promises."""
    indented = "\n".join(f"  {line}" for line in example.splitlines())
    (folder / "sources.yaml").write_text(f"sources:\n{indented}\n", encoding="utf-8")
    (source,) = READERS["sources.yaml"](Workspace(folder))
    assert source.platform in OPTIONS


def test_a_workspace_may_be_written_in_windows(folder: Path) -> None:
    """With a BOM and CRLF."""
    text = (folder / "topics.yaml").read_text(encoding="utf-8")
    (folder / "topics.yaml").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode("utf-8"))
    assert Workspace(folder).topics.topics
