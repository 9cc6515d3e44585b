"""``classifier: textcat`` in ``topics.yaml``: topics are learnt, examined and read by spaCy's ``TextCategorizer``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call
from tests.cli.test_heads import lines

SETTING = "\nclassifier: textcat\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Ninety rows of three labels."""
    (tmp_path / "rows.tsv").write_text("".join(lines(90)), encoding="utf-8")
    return tmp_path / "rows.tsv"


@pytest.fixture
def choosing(workspace: Path) -> Path:
    """A workspace that chooses it."""
    with (workspace / "topics.yaml").open("a", encoding="utf-8") as file:
        file.write(SETTING)
    return workspace


def told(call: Call, workspace: Path, *arguments: str) -> dict[str, Any]:
    """What a program reads of a command in a workspace."""
    said = call("--workspace", str(workspace), *arguments, "--json")
    assert said.code == 0, said.err
    answer: dict[str, Any] = json.loads(said.out)
    return answer


def kind(folder: Path) -> str | None:
    """Which kind of head lies in a directory."""
    found: str | None = json.loads((folder / "head.json").read_text(encoding="utf-8")).get("kind")
    return found


def test_topics_are_learnt_and_examined(call: Call, choosing: Path, table: Path) -> None:
    """In the workspace's place, and by the directory alone, which tells its kind."""
    learnt = told(call, choosing, "train", "topics", "--data", str(table))
    assert learnt["figures"]["accuracy"] > 0.9
    assert learnt["recipe"]["epochs"] >= 1
    own = choosing / "data" / "heads" / "topics"
    assert kind(own) == "textcat"
    table.write_text("".join(lines(60, seed=2)), encoding="utf-8")
    for more in ((), ("--model", str(own))):
        found = told(call, choosing, "evaluate", "topics", str(table), *more)
        assert (found["accuracy"] > 0.9, len(found["by_label"])) == (True, 3)
    again = call("evaluate", "mine", str(table), "--model", str(own), "--json")
    assert json.loads(again.out)["accuracy"] > 0.9


def test_people_are_told_what_it_is(call: Call, choosing: Path, table: Path) -> None:
    """In either language."""
    said = call("--workspace", str(choosing), "train", "topics", "--data", str(table))
    assert "配方：spaCy TextCategorizer" in said.out
    said = call("--workspace", str(choosing), "train", "topics", "--data", str(table), "--lang", "en")
    assert "recipe: spaCy's TextCategorizer" in said.out


def test_other_heads_stay_linear(call: Call, choosing: Path, table: Path) -> None:
    """The setting is about topics."""
    told(call, choosing, "train", "mine", "--data", str(table))
    assert kind(choosing / "data" / "heads" / "mine") is None


def test_either_kind_must_beat_the_other(call: Call, choosing: Path, table: Path) -> None:
    """They are compared; once the setting changes, what lies there is used until the next training."""
    told(call, choosing, "train", "topics", "--data", str(table))
    setting = choosing / "topics.yaml"
    setting.write_text(setting.read_text(encoding="utf-8").replace(SETTING, "\n"), encoding="utf-8")
    assert told(call, choosing, "evaluate", "topics", str(table))["trained_on"] == 90
    compared = told(call, choosing, "train", "topics", "--data", str(table), "--force")["compared"]
    assert compared["rows"] == 90
    assert kind(choosing / "data" / "heads" / "topics") is None


def test_a_damaged_one_is_told_and_trained_again(call: Call, choosing: Path, table: Path) -> None:
    """It stops reading, not its own mending."""
    told(call, choosing, "train", "topics", "--data", str(table))
    own = choosing / "data" / "heads" / "topics"
    (own / "textcat" / "textcat" / "model").write_bytes(b"cut")
    said = call("--workspace", str(choosing), "evaluate", "topics", str(table), "--json")
    assert (said.code, json.loads(said.out)["error"]) == (2, "bad_head")
    said = call("--workspace", str(choosing), "tag", "--json")
    assert (said.code, json.loads(said.out)["error"]) == (2, "bad_head")
    assert told(call, choosing, "train", "topics", "--data", str(table))["compared"] is None
