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
from nlp.heads.seeds import COLUMNS, seeds
from nlp.heads.store import save
from nlp.heads.training import Examples, Recipe, train
from nlp.normal import batch
from yinliu.understanding import rules_of, starter

NLP = Path(__file__).resolve().parent.parent / "nlp"
SEEDS, SHIPPED = NLP / "seeds", NLP / "shipped"
RECIPE = Recipe(cost=1.0, flag_scale=0.3, least=2)


def main() -> None:
    """Write every shipped head."""
    for name in COLUMNS:
        head = shipped_head(name)
        save(head, SHIPPED / name, name=name)
        sys.stdout.write(f"{name}: {head.about['rows']} seeds, {len(head.buckets)} n-grams, digest {head.digest}\n")


def shipped_head(name: str) -> Head:
    """The head of this name, trained on its column of the seeds."""
    rows = seeds(name)
    labels = [row.label for row in rows]
    about = {
        "rows": len(rows),
        "by_label": dict(sorted(Counter(labels).items())),
        "data": {
            file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(SEEDS.glob("intents-*.tsv"))
        },
    }
    flags, names = (rules_of(starter()).flags if name == "intents" else no_flags)([row.text for row in rows])
    grams = grams_of(batch([row.text for row in rows]))
    examples = Examples(grams=grams, labels=labels, flags=flags, flag_names=names)
    return train(examples, recipe=RECIPE, about=about).head


if __name__ == "__main__":
    main()
