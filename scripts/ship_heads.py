"""Train the heads that yinliu ships, from nlp/seeds alone: ``python scripts/ship_heads.py``.

The same seeds and starter rules make the same heads, byte for byte; a test checks that what is shipped is what this
makes. N-grams that stand in one seed only are left out: they are half of the size and none of the figures.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from pathlib import Path

from nlp.grams import grams_of
from nlp.heads.flags import no_flags
from nlp.heads.head import Head
from nlp.heads.rows import Row
from nlp.heads.seeds import SEEDED, seeds
from nlp.heads.store import save
from nlp.heads.training import Examples, Recipe, train
from nlp.normal import batch, comparable
from nlp.optout import LABEL, opt_out_tag
from yinliu.understanding import rules_of, starter

NLP = Path(__file__).resolve().parent.parent / "nlp"
SEEDS, SHIPPED = NLP / "seeds", NLP / "shipped"
RECIPE = Recipe(cost=1.0, flag_scale=0.3, least=2)
RECIPES = {"opt_out": Recipe(cost=4.0, least=2)}
"""Other than :data:`RECIPE`."""
OTHER = "other"
"""What is no opt-out: beside near misses, whatever else people say."""


def main() -> None:
    """Write every shipped head."""
    for name in SEEDED:
        head = shipped_head(name)
        save(head, SHIPPED / name, name=name)
        sys.stdout.write(f"{name}: {head.about['rows']} seeds, {len(head.buckets)} n-grams, digest {head.digest}\n")


def shipped_head(name: str) -> Head:
    """The head of this name, trained on its column of the seeds."""
    rows = _rows(name)
    labels = [row.label for row in rows]
    about = {
        "rows": len(rows),
        "by_label": dict(sorted(Counter(labels).items())),
        "data": {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in _files(name)},
    }
    flags, names = (rules_of(starter()).flags if name == "intents" else no_flags)([row.text for row in rows])
    grams = grams_of(batch([row.text for row in rows]))
    examples = Examples(grams=grams, labels=labels, flags=flags, flag_names=names)
    return train(examples, recipe=RECIPES.get(name, RECIPE), about=about).head


def _rows(name: str) -> list[Row]:
    rows = seeds(name)
    if name != LABEL:
        return rows
    known = {row.text for row in rows}
    others = (row.text for row in seeds("intents") if row.text not in known and not opt_out_tag(comparable(row.text)))
    return [*rows, *(Row(text, OTHER) for text in others)]


def _files(name: str) -> list[Path]:
    return sorted(file for file in SEEDS.glob("*.tsv") if name == LABEL or file.name.startswith(SEEDED[name][0]))


if __name__ == "__main__":
    main()
