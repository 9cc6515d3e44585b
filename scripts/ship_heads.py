"""Train the heads that yinliu ships, from nlp/seeds alone: ``python scripts/ship_heads.py``.

The same seeds and starter rules make the same heads, byte for byte; a test checks that what is shipped is what this
makes. N-grams that stand in one seed only are left out: they are half of the size and none of the figures.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nlp.bundle import Bundle, Spec
from nlp.grams import grams_of
from nlp.heads.head import Head
from nlp.heads.store import save
from nlp.heads.training import Examples, Recipe, train
from nlp.normal import batch
from yinliu.workspace.folder import Workspace, write_starter

NLP = Path(__file__).resolve().parent.parent / "nlp"
SEEDS, SHIPPED = NLP / "seeds", NLP / "shipped"
RECIPE = Recipe(cost=1.0, flag_scale=0.3, least=2)
COLUMNS = {"intents": 0, "sentiment": 1}
TEXT = 2


def main() -> None:
    """Write every shipped head."""
    for name, column in COLUMNS.items():
        head = shipped_head(name, column)
        save(head, SHIPPED / name, name=name)
        sys.stdout.write(f"{name}: {head.about['rows']} seeds, {len(head.buckets)} n-grams, digest {head.digest}\n")


def shipped_head(name: str, column: int) -> Head:
    """The head of this name, trained on one column of the seeds."""
    files = sorted(SEEDS.glob("intents-*.tsv"))
    rows = {row[TEXT]: row for file in files for row in _rows(file)}
    texts, labels = list(rows), [row[column] for row in rows.values()]
    about = {
        "rows": len(texts),
        "by_label": dict(sorted(Counter(labels).items())),
        "data": {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files},
    }
    flags, names = starter_bundle().flags(texts)
    ruled: dict[str, Any] = {"flags": flags, "flag_names": names} if name == "intents" else {"flags": flags[:, :0]}
    examples = Examples(grams=grams_of(batch(texts)), labels=labels, **ruled)
    return train(examples, recipe=RECIPE, about=about).head


def starter_bundle() -> Bundle:
    """The starter's rules, without heads."""
    with tempfile.TemporaryDirectory() as folder:
        write_starter(Path(folder))
        workspace = Workspace(Path(folder))
        return Bundle(Spec(topics=workspace.topics, intents=workspace.intents), {})


def _rows(file: Path) -> Sequence[list[str]]:
    return [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
