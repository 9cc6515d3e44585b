"""An opinion as a directory: ``opinion.npz`` and ``opinion.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal
from zipfile import BadZipFile

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from nlp.encoders.encoder import Vectors
from nlp.encoders.opinion import PROBES, Opinion

ARRAYS, FACTS = "opinion.npz", "opinion.json"

_LARGEST = 1 << 28


class _Facts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    head: Literal["opinion"] = "opinion"
    encoder: str = Field(min_length=1, max_length=40)
    labels: Annotated[list[str], Field(min_length=2, max_length=1000)]
    temperature: Annotated[FiniteFloat, Field(gt=0)]
    share: Annotated[FiniteFloat, Field(ge=0, le=1)]
    about: dict[str, Any] = {}


def save(opinion: Opinion, folder: Path) -> None:
    """Writes the directory, the same opinion as the same bytes; weights are rounded to half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = _Facts(
        encoder=opinion.encoder,
        labels=list(opinion.labels),
        temperature=opinion.temperature,
        share=opinion.share,
        about=dict(opinion.about),
    )
    weights, probes = opinion.weights.astype(np.float16), opinion.probes.astype(np.float16)
    np.savez(folder / ARRAYS, weights=weights, bias=opinion.bias.astype(np.float32), probes=probes)
    text = json.dumps(facts.model_dump(), ensure_ascii=False, indent=1)
    (folder / FACTS).write_text(text + "\n", encoding="utf-8")


def load(folder: Path) -> Opinion:
    """The opinion of a directory; :class:`ValueError` names the file and what is wrong with it."""
    facts = _facts(folder / FACTS)
    arrays = _arrays(folder / ARRAYS)
    wrong = _misfit(arrays, labels=len(facts.labels))
    if wrong or len(set(facts.labels)) < len(facts.labels):
        raise ValueError(f"{folder / ARRAYS}: {wrong or 'a label stands twice in ' + FACTS}")
    return Opinion(
        labels=tuple(facts.labels),
        weights=arrays["weights"],
        bias=arrays["bias"],
        temperature=facts.temperature,
        share=facts.share,
        encoder=facts.encoder,
        probes=arrays["probes"],
        about=facts.about,
    )


def _facts(file: Path) -> _Facts:
    try:
        return _Facts.model_validate_json(file.read_bytes())
    except OSError as error:
        raise ValueError(f"{file}: cannot be read; is this the directory of an opinion?") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise ValueError(f"{file}: {place}: {first['msg']}") from error


def _arrays(file: Path) -> dict[str, Vectors]:
    try:
        if file.stat().st_size > _LARGEST:
            raise ValueError("too large")
        with np.load(file, allow_pickle=False) as stored:
            return {name: stored[name].astype(np.float32) for name in ("weights", "bias", "probes")}
    except (OSError, ValueError, KeyError, EOFError, TypeError, AttributeError, BadZipFile) as error:
        raise ValueError(f"{file}: not the arrays of an opinion ({type(error).__name__})") from error


def _misfit(arrays: dict[str, Vectors], *, labels: int) -> str:
    weights, bias, probes = arrays["weights"], arrays["bias"], arrays["probes"]
    if weights.ndim != 2 or weights.shape[1] != labels or bias.shape != (labels,):  # noqa: PLR2004 (a table)
        return f"weights of shape {weights.shape} and bias of {bias.shape} for {labels} labels"
    if probes.shape != (len(PROBES), len(weights)):
        return f"probes of shape {probes.shape} for {len(weights)} dimensions"
    return "" if all(np.isfinite(array).all() for array in arrays.values()) else "a number is not finite"
