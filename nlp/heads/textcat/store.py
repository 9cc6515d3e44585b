"""A trained categorizer as a directory: ``head.json``, the pipeline under ``textcat/``, and ``unseen.npz``.

The vocabulary is left out: it would hold words of the texts that were learnt from. spaCy opens ``textcat/`` by itself
too (``spacy.load``), uncalibrated.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from nlp.heads.store import FACTS, NAME, Unseen, put, read_facts, save_unseen
from nlp.heads.textcat.categorizer import PIPE, Categorizer, new_language, pipe_of

FOLDER = "textcat"
FILES = ("tokenizer", f"{PIPE}/cfg", f"{PIPE}/model")
"""What is read of the folder."""


class _Facts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    kind: Literal["textcat"] = "textcat"
    head: str = Field(pattern=NAME)
    labels: Annotated[list[str], Field(min_length=2)]
    temperature: Annotated[FiniteFloat, Field(gt=0)]
    files: dict[str, str]
    about: dict[str, Any] = {}


def save(head: Categorizer, folder: Path, *, name: str, unseen: Unseen | None = None) -> None:
    """Write the directory, or put it in the place of an old one, whole or not at all; errors as of a linear head."""
    with put(folder) as made:
        head.language.to_disk(made / FOLDER, exclude=["vocab"])
        if unseen is not None:
            save_unseen(unseen, made)
        facts = _Facts(
            head=name,
            labels=list(head.labels),
            temperature=head.temperature,
            files={file: _digest(made / FOLDER / file) for file in FILES},
            about=dict(head.about),
        )
        text = json.dumps(facts.model_dump(), ensure_ascii=False, indent=1) + "\n"
        (made / FACTS).write_text(text, encoding="utf-8")


def load(folder: Path) -> Categorizer:
    """The categorizer of a directory; :class:`ValueError` names the file and what is wrong with it."""
    facts = read_facts(folder / FACTS, _Facts)
    for file in FILES:
        _check(folder / FOLDER / file, facts.files.get(file))
    head = Categorizer(_language(folder / FOLDER), facts.temperature, facts.about)
    if head.labels != tuple(facts.labels):
        raise ValueError(f"{folder / FACTS}: its labels are not those of {FOLDER}/{PIPE}")
    return head


def _language(folder: Path) -> Any:
    language: Any = new_language()
    try:
        language.tokenizer.from_disk(folder / "tokenizer")
        pipe_of(language).from_disk(folder / PIPE, exclude=["vocab"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{folder}: spaCy cannot open it ({type(error).__name__}); train it again") from error
    return language


def _check(file: Path, expected: str | None) -> None:
    try:
        found = _digest(file)
    except OSError as error:
        raise ValueError(f"{file}: cannot be read") from error
    if found != expected:
        raise ValueError(f"{file}: damaged; it is not what was written")


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
