"""``yinliu train`` and ``yinliu evaluate``, as a team uses them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.database import open_engine
from models.unit_of_work import UnitOfWork
from tests.cli.conftest import Call
from yinliu.stages.counts import now

WORDS = {
    "price": ["多少钱", "价格多少", "什么价位", "报个价"],
    "join": ["怎么进群", "拉我进群", "求进群", "群怎么加"],
    "chat": ["哈哈哈", "真好看", "路过看看", "好羡慕呀"],
}
THINGS = ["帐篷", "天幕", "睡袋", "杯子", "裙子", "口红", "课程", "车位"]
Write = Callable[..., Path]


def lines(size: int, *, seed: int = 1, wrong: float = 0.0) -> list[str]:
    """Rows of three labels, a share of them wrong."""
    draw = random.Random(seed)
    made = []
    for number in range(size):
        label = draw.choice(sorted(WORDS))
        text = f"{draw.choice(THINGS)}{draw.choice(WORDS[label])}{number}"
        made.append(f"{draw.choice(sorted(WORDS)) if draw.random() < wrong else label}\t{text}\n")
    return made


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a table of labels into an empty folder."""

    def made(rows: list[str], name: str = "rows.tsv") -> Path:
        folder = tmp_path / "tables"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text("".join(rows), encoding="utf-8")
        return folder / name

    return made


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder that is no workspace."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    return tmp_path / "empty"


def train(call: Call, data: Path, *more: str, name: str = "mine", out: str = "head") -> dict[str, Any]:
    """Train a head here; gives what a program reads."""
    said = call("train", name, "--data", str(data), "--out", out, "--json", *more)
    assert said.code == 0, said.err
    told: dict[str, Any] = json.loads(said.out)
    return told


def test_a_new_head_needs_no_workspace(call: Call, write: Write, empty: Path) -> None:
    """Train and evaluate in an empty folder, which stays empty but for the head."""
    told = train(call, write(lines(90)))
    assert (told["head"], told["rows"], told["seeds"]) == ("mine", 90, 0)
    assert told["figures"]["accuracy"] > 0.9
    assert [path.name for path in empty.iterdir()] == ["head"]
    said = call("evaluate", "mine", str(write(lines(60, seed=2), "test.tsv")), "--model", "head", "--json")
    found = json.loads(said.out)
    assert (found["rows"], found["accuracy"] > 0.9, len(found["by_label"])) == (60, True, 3)


@pytest.mark.parametrize("name", ["topics", "intents", "sentiment"])
def test_known_heads_are_trained_alike(call: Call, write: Write, empty: Path, name: str) -> None:
    """Any label set, also under the names of ours."""
    assert train(call, write(lines(60)), "--without-seeds", name=name)["rows"] == 60


def test_people_read_tables(call: Call, write: Write, empty: Path) -> None:
    """Rows, recipe, figures, place; then labels, mistakes, calibration; in either language."""
    said = call("train", "mine", "--data", str(write(lines(90))), "--out", "head")
    assert all(word in said.out for word in ("使用 90 行标注", "配方", "宏平均 F1", "已写入 head"))
    test = write(["price\t帐篷怎么进群\n", "new\t真好看\n", *lines(20)], "test.tsv")
    said = call("evaluate", "mine", str(test), "--model", "head", "--lang", "en")
    assert all(
        word in said.out for word in ("precision", "calibration error", "worst mistakes", "does not know", "new")
    )


def test_files_are_joined_and_contradictions_left_out(call: Call, write: Write, empty: Path) -> None:
    """Each reason with its count; rows of both files."""
    first = write([*lines(60), "price\t同一句话\n", "no tab\n"])
    second = write(
        ["label\tsecond_label\ttext\n", "chat\t\t同一句话\n", "chat\tjoin\t别的\n", "join\t\t求拉群\n"], "b.tsv"
    )
    told = train(call, first, "--data", str(second))
    assert told["rows"] == 61
    assert told["left_out"] == {"contradicted": 2, "no_tab": 1, "second_label": 1}
    about = json.loads(Path("head/head.json").read_text(encoding="utf-8"))["about"]
    assert set(about["data"]) == {"rows.tsv", "b.tsv"}
    assert about["unseen"].keys() == {"accuracy", "macro_f1", "calibration_error"}


def test_bad_lines_are_told_masked(call: Call, write: Write, empty: Path) -> None:
    """File and line; a telephone number is nobody's business."""
    said = call("train", "mine", "--data", str(write([*lines(60), "13800138000\n"])), "--out", "head")
    assert "rows.tsv:61" in said.out
    assert "13800138000" not in said.out + said.err


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "no_rows"),
        (["没有制表符\n"], "no_rows"),
        (["a\t一\n", "a\t二\n"], "one_label"),
        (["a\t一\n", "a\t二\n", "b\t三\n"], "rare_label"),
        (["a\t一\n", "b\t一\n"], "no_rows"),
    ],
)
def test_rows_that_make_no_head_are_refused(call: Call, write: Write, empty: Path, rows: list[str], code: str) -> None:
    """With the file's name and what to do; nothing is written."""
    said = call("train", "mine", "--data", str(write(rows)), "--out", "head", "--json")
    assert (said.code, json.loads(said.out)["error"]) == (2, code)
    assert "rows.tsv" in said.err
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize("name", ["Mine", "../x", "1a", "a" * 41, "话题", "a-b", "a\n"])
def test_odd_names_are_refused(call: Call, write: Write, empty: Path, name: str) -> None:
    """A head's name is a folder's name."""
    for arguments in (("train", name, "--data", str(write(lines(9)))), ("evaluate", name, str(write(lines(9))))):
        said = call(*arguments, "--json")
        assert (said.code, json.loads(said.out)["error"]) == (2, "bad_head_name")


def test_missing_files_and_folders_are_refused(call: Call, write: Write, empty: Path) -> None:
    """A table that is not there, a folder that is no table, a model that is none, a place that is taken."""
    table = str(write(lines(30)))
    (empty / "thesis.txt").write_text("mine", encoding="utf-8")
    asked = {
        ("train", "mine", "--data", "nothing.tsv", "--out", "head"): "no_table",
        ("train", "mine", "--data", ".", "--out", "head"): "no_table",
        ("train", "mine", "--data", table, "--out", "."): "bad_out",
        ("evaluate", "mine", table, "--model", "."): "bad_head",
        ("train", "mine", "--data", table): "no_workspace",
    }
    for arguments, code in asked.items():
        said = call(*arguments, "--json")
        assert said.code == 2, arguments
        if code != "no_workspace":
            assert json.loads(said.out)["error"] == code
    assert (empty / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_a_better_head_is_not_replaced(call: Call, write: Write, empty: Path) -> None:
    """Both figures are told; --force replaces it."""
    train(call, write(lines(150)))
    before = Path("head/head.npz").read_bytes()
    few = write(lines(30, seed=3, wrong=0.9) + lines(40, seed=4), "few.tsv")
    said = call("train", "mine", "--data", str(few), "--out", "head", "--keep-disputed")
    assert (said.code, "--force" in said.err, "F1" in said.err) == (4, True, True)
    assert Path("head/head.npz").read_bytes() == before
    told = train(call, few, "--force", "--keep-disputed")
    assert told["compared"]["new"] < told["compared"]["old"]
    assert Path("head/head.npz").read_bytes() != before


def test_the_same_data_again_is_no_worse(call: Call, write: Write, empty: Path) -> None:
    """A head is not taken for better by the rows that it knows by heart."""
    data = write(lines(120, wrong=0.3))
    train(call, data)
    compared = train(call, data)["compared"]
    assert compared["old"] == compared["new"]


def test_rows_of_the_training_flatter_a_head(call: Call, write: Write, empty: Path) -> None:
    """That is told; for fresh rows there is nothing to tell."""
    data = write(lines(60))
    train(call, data)
    assert json.loads(call("evaluate", "mine", str(data), "--model", "head", "--json").out)["trained_on"] == 60
    assert "60 行是模型训练时用过的" in call("evaluate", "mine", str(data), "--model", "head").out
    fresh = str(write(["price\t全新的一句多少钱\n", "chat\t另一句真好看\n"], "fresh.tsv"))
    assert json.loads(call("evaluate", "mine", fresh, "--model", "head", "--json").out)["trained_on"] == 0


def test_a_broken_head_is_replaced(call: Call, write: Write, empty: Path) -> None:
    """It cannot be compared with anything."""
    data = write(lines(60))
    train(call, data)
    Path("head/head.npz").write_bytes(b"PK")
    assert train(call, data)["compared"] is None


def test_doubtful_rows_are_shown(call: Call, write: Write, empty: Path) -> None:
    """Where leaving them out helps, and never with --keep-disputed."""
    noisy = write(lines(700, wrong=0.6))
    told = train(call, noisy)
    assert told["recipe"]["filtered"] is (told["disbelieved"] > 0)
    assert train(call, noisy, "--keep-disputed", "--force")["disbelieved"] == 0


def test_a_workspace_has_its_own_heads(call: Call, write: Write, workspace: Path) -> None:
    """Written to data/heads, used by evaluate without a path."""
    options = ("--workspace", str(workspace))
    said = call(*options, "train", "mine", "--data", str(write(lines(90))))
    assert said.code == 0, said.err
    assert (workspace / "data" / "heads" / "mine" / "head.json").exists()
    assert call(*options, "evaluate", "mine", str(write(lines(30)))).code == 0
    said = call(*options, "evaluate", "other", str(write(lines(30))), "--json")
    assert (said.code, json.loads(said.out)["error"]) == (2, "no_head")


def test_labels_of_the_team_are_learnt(call: Call, workspace: Path) -> None:
    """What the console wrote into the table; without any, that is told."""
    options = ("--workspace", str(workspace))
    said = call(*options, "train", "mine", "--json")
    assert (said.code, json.loads(said.out)["error"]) == (2, "no_rows")
    with UnitOfWork(open_engine(f"sqlite:///{workspace / 'data' / 'yinliu.db'}")) as work:
        for row in lines(60):
            label, text = row.rstrip("\n").split("\t")
            work.labels.label_text(text, head="mine", label=label, by="小王", now=now())
        work.labels.label_text("有争议", head="mine", label="chat", by="小王", now=now())
        work.labels.label_text("有争议", head="mine", label="join", by="小李", now=now())
        work.commit()
    told = json.loads(call(*options, "train", "mine", "--json").out)
    assert (told["rows"], told["left_out"]) == (60, {"contradicted": 1})


def test_seeds_stand_beside_the_teams_rows(call: Call, write: Write, empty: Path) -> None:
    """They are learnt from and not counted; --without-seeds leaves them out."""
    rows = ["pos\t这家店太棒了\n", "neg\t差评再也不来\n", "neu\t请问几点开门\n"] * 2
    told = train(call, write([*rows, "pos\t老板人真好\n"]), name="sentiment")
    assert (told["rows"], told["figures"]["rows"], told["left_out"]) == (4, 4, {"duplicate": 3})
    assert told["seeds"] > 1000
