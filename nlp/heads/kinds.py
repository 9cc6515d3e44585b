"""Heads of either kind as directories: ``head.json`` says which kind a directory holds."""

from __future__ import annotations

import json
from pathlib import Path

from nlp.heads import store
from nlp.heads.classifier import Classifier
from nlp.heads.head import Head
from nlp.heads.store import FACTS, Unseen

TEXTCAT = "textcat"
"""What ``head.json`` says under "kind" for spaCy's; a linear head's says nothing."""


def load_head(folder: Path) -> Classifier:
    """The head of a directory; :class:`ValueError` names the file and what is wrong with it."""
    if _kind(folder) != TEXTCAT:
        return store.load(folder)
    from nlp.heads.textcat.store import load  # spaCy takes half a second to import

    return load(folder)


def save_head(head: Classifier, folder: Path, *, name: str, unseen: Unseen | None = None) -> None:
    """Write a head's directory; errors as :func:`nlp.heads.store.save`."""
    if isinstance(head, Head):
        store.save(head, folder, name=name, unseen=unseen)
        return
    from nlp.heads.textcat.categorizer import Categorizer
    from nlp.heads.textcat.store import save

    if not isinstance(head, Categorizer):
        raise TypeError(f"a {type(head).__name__} is no head that can be written")
    save(head, folder, name=name, unseen=unseen)


def _kind(folder: Path) -> str | None:
    try:
        facts = json.loads((folder / FACTS).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None  # the linear head's reader says what is wrong
    return facts.get("kind") if isinstance(facts, dict) else None
