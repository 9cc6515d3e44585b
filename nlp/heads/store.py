"""A trained head as a directory: ``head.npz``, ``head.json`` and, for comparing it later, ``unseen.npz``."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from nlp.grams import ORDERS
from nlp.heads.head import Head
from nlp.normal import comparable

ARRAYS, FACTS, UNSEEN = "head.npz", "head.json", "unseen.npz"
NAME = r"^[a-z][a-z0-9_]{0,39}$"
"""What a head may be called."""

_LARGEST = 1 << 30
_NAMES = ("buckets", "rows", "bias", "flag_rows")
_UNSEEN_NAMES = ("digests", "said", "true")
_Arrays = dict[str, NDArray[Any]]
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Unseen:
    """What a head said of its training rows while it had not seen them; (rows,) each, labels by number.

    ``digests`` are those of :func:`digests`, sorted.
    """

    digests: NDArray[np.uint64]
    said: NDArray[np.int64]
    true: NDArray[np.int64]


class _Facts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    head: str = Field(pattern=NAME)
    labels: Annotated[list[str], Field(min_length=2)]
    bits: int = Field(ge=1, le=24)
    temperature: Annotated[FiniteFloat, Field(gt=0)]
    flags: list[str]
    orders: int = Field(default=ORDERS, ge=1, le=ORDERS)
    about: dict[str, Any] = {}


def digests(texts: Sequence[str]) -> NDArray[np.uint64]:
    """(texts,): 64 bits of each text made comparable, which tell it again and do not tell what it says."""
    hashes = (hashlib.blake2b(comparable(text).strip().encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(b"".join(hashes), "<u8")


def save(head: Head, folder: Path, *, name: str, unseen: Unseen | None = None) -> None:
    """Write the directory, or put it in the place of an old one, whole or not at all; weights in half precision.

    :class:`OSError` where it cannot be written; :class:`FileExistsError` for a place that holds something else.
    """
    with put(folder) as made:
        np.savez(made / ARRAYS, allow_pickle=False, **_arrays(head))
        if unseen is not None:
            save_unseen(unseen, made)
        (made / FACTS).write_text(json.dumps(_facts(head, name), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def save_unseen(unseen: Unseen, folder: Path) -> None:
    """Write what a head said unseen beside it."""
    np.savez(folder / UNSEEN, digests=unseen.digests, said=unseen.said, true=unseen.true)


def is_head(folder: Path) -> bool:
    """Whether a directory looks like a head's."""
    return (folder / FACTS).is_file()


def load(folder: Path) -> Head:
    """The head of a directory; :class:`ValueError` names the file and what is wrong with it."""
    facts = read_facts(folder / FACTS, _Facts)
    arrays = _read(folder / ARRAYS, _NAMES)
    wrong = _misfit(arrays, facts)
    if wrong:
        raise ValueError(f"{folder / ARRAYS}: {wrong}")
    return Head(
        labels=tuple(facts.labels),
        bits=facts.bits,
        buckets=arrays["buckets"].astype(np.uint32),
        rows=arrays["rows"].astype(np.float32),
        bias=arrays["bias"].astype(np.float32),
        temperature=facts.temperature,
        flags=tuple(facts.flags),
        flag_rows=arrays["flag_rows"].astype(np.float32),
        about=facts.about,
        orders=facts.orders,
    )


def load_unseen(folder: Path, *, labels: int) -> Unseen | None:
    """What the head of ``labels`` labels said unseen; None where it is not kept; :class:`ValueError` as for a head."""
    file = folder / UNSEEN
    if not file.exists():
        return None
    arrays = _read(file, _UNSEEN_NAMES)
    size = arrays["digests"].shape
    numbers = (arrays["said"], arrays["true"])
    if any(
        one.shape != size or one.ndim != 1 or (len(one) and not 0 <= one.min() <= one.max() < labels) for one in numbers
    ):
        raise ValueError(f"{file}: its arrays do not fit each other or the head")
    order = np.argsort(arrays["digests"])
    return Unseen(*(arrays[name][order] for name in _UNSEEN_NAMES))


def _arrays(head: Head) -> _Arrays:
    most = float(np.finfo(np.float16).max)
    rows = np.clip(head.rows, -most, most).astype(np.float16)
    return {"buckets": head.buckets, "rows": rows, "bias": head.bias, "flag_rows": head.flag_rows}


def _facts(head: Head, name: str) -> dict[str, Any]:
    return _Facts(
        head=name,
        labels=list(head.labels),
        bits=head.bits,
        temperature=head.temperature,
        flags=list(head.flags),
        about=dict(head.about),
        orders=head.orders,
    ).model_dump()


@contextmanager
def put(folder: Path) -> Iterator[Path]:
    """A new directory that takes the place of ``folder``, empty or a head's, when all is written into it."""
    if folder.exists() and not is_head(folder) and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} holds something else than a head")
    folder.parent.mkdir(parents=True, exist_ok=True)
    made, old = (folder.with_name(f".{folder.name}.{kind}.{os.getpid()}") for kind in ("new", "old"))
    made.mkdir()
    try:
        yield made
        _exchange(folder, made, old)
    finally:
        for left in (made, old):
            shutil.rmtree(left, ignore_errors=True)


def _exchange(folder: Path, made: Path, old: Path) -> None:
    if not folder.exists():
        made.rename(folder)
        return
    folder.rename(old)
    try:
        made.rename(folder)
    except OSError:
        old.rename(folder)
        raise


def read_facts(file: Path, kind: type[_Model]) -> _Model:
    """``head.json`` checked; :class:`ValueError` names the file and what is wrong with it."""
    try:
        return kind.model_validate_json(file.read_bytes())
    except OSError as error:
        raise ValueError(f"{file}: cannot be read; is this the directory of a head?") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise ValueError(f"{file}: {place}: {first['msg']}") from error


def _read(file: Path, names: Sequence[str]) -> _Arrays:
    try:
        if file.stat().st_size > _LARGEST:
            raise ValueError("too large")
        with np.load(file, allow_pickle=False) as stored:
            return {name: stored[name] for name in names}
    except (OSError, ValueError, KeyError, EOFError, TypeError, AttributeError, BadZipFile) as error:
        raise ValueError(f"{file}: not the arrays of a head ({type(error).__name__})") from error


def _misfit(arrays: _Arrays, facts: _Facts) -> str:
    """What does not fit; empty where all does."""
    labels, flags, size = len(facts.labels), len(facts.flags), len(np.atleast_1d(arrays["buckets"]))
    shapes = {"buckets": (size,), "rows": (size + 1, labels + 1), "bias": (labels,), "flag_rows": (flags, labels)}
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            return f"{name} has the shape {arrays[name].shape}, not {shape}"
        if arrays[name].dtype.kind not in "fu" or not np.isfinite(arrays[name]).all():
            return f"{name} holds something else than finite numbers"
    buckets = arrays["buckets"].astype(np.int64)
    if size and (
        buckets[-1] >= 1 << facts.bits or (np.diff(buckets) <= 0).any() or arrays["buckets"].dtype.kind != "u"
    ):
        return f"buckets are not sorted numbers of {facts.bits} bits"
    return "a label stands twice in " + FACTS if len(set(facts.labels)) < labels else ""
