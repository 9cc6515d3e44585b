"""train: a head from labelled rows, compared with the one whose place it takes, written whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.grams import grams_of
from nlp.heads.answers import probabilities_of
from nlp.heads.evaluation import Figures, evaluate
from nlp.heads.examination import Verdict, examine, without_memory
from nlp.heads.flags import RuleFlags, no_flags
from nlp.heads.head import Head
from nlp.heads.rows import Row
from nlp.heads.seeds import WEIGHT
from nlp.heads.store import Unseen, digests, load, load_unseen, save
from nlp.heads.training import Examples, Trained, chosen, train
from nlp.normal import batch
from yinliu.errors import ActionNeeded, Misconfigured
from yinliu.language import Text
from yinliu.stages.material import Material


@dataclass(frozen=True)
class Learnt:
    """A head that was trained: its figures on the team's rows unseen, the comparison, the rows it did not believe."""

    trained: Trained
    figures: Figures
    verdict: Verdict | None
    disbelieved: list[tuple[Row, str]]


def train_head(
    material: Material,
    *,
    name: str,
    target: Path,
    now: datetime,
    rival: Path | None = None,
    flags_of: RuleFlags = no_flags,
    keep_disputed: bool = False,
    force: bool = False,
) -> Learnt:
    """Train, compare, write. :class:`ActionNeeded` for a head worse than ``rival``, unless ``force``."""
    rows = [*material.rows, *material.seeds]
    examples = _examples(rows, flags_of, own=len(material.rows))
    trained = train(examples, recipe=chosen(examples, may_filter=not keep_disputed))
    probabilities = trained.head.probabilities(trained.unseen)[: len(material.rows)]
    figures = evaluate([row.label for row in material.rows], trained.classes, probabilities)
    said = probabilities.argmax(axis=1)
    verdict = _compared(material.rows, [trained.classes[one] for one in said], rival, flags_of)
    if verdict is not None and verdict.worse and not force:
        raise _worse(verdict, rival)
    head = replace(trained.head, about=_about(material, trained, figures, now))
    _write(head, _unseen(trained, rows), target, name)
    doubted = np.flatnonzero(~trained.kept[: len(material.rows)])
    return Learnt(trained, figures, verdict, [(material.rows[one], trained.classes[said[one]]) for one in doubted])


def _examples(rows: Sequence[Row], flags_of: RuleFlags, *, own: int) -> Examples:
    texts = [row.text for row in rows]
    flags, names = flags_of(texts)
    mine = np.arange(len(rows)) < own
    return Examples(
        grams=grams_of(batch(texts)),
        flags=flags,
        flag_names=names,
        labels=[row.label for row in rows],
        weights=np.where(mine, 1.0, WEIGHT),
        counted=mine,
    )


def _compared(rows: Sequence[Row], new: Sequence[str], rival: Path | None, flags_of: RuleFlags) -> Verdict | None:
    """Both heads on the team's rows; None without a rival, or with one that cannot be read any more."""
    if rival is None:
        return None
    try:
        head = load(rival)
        unseen = load_unseen(rival, labels=len(head.labels))
    except ValueError:
        return None
    texts = [row.text for row in rows]
    labels, shares = probabilities_of(head, flags_of)(texts)
    said = [labels[one] for one in shares.argmax(axis=1)]
    return examine([row.label for row in rows], new=new, old=without_memory(texts, said, labels, unseen))


def _about(material: Material, trained: Trained, figures: Figures, now: datetime) -> dict[str, Any]:
    return {
        "rows": len(material.rows),
        "seeds": len(material.seeds),
        "disbelieved": int((~trained.kept).sum()),
        "by_label": dict(sorted(Counter(row.label for row in material.rows).items())),
        "data": material.data,
        "trained_at": now.isoformat(),
        "recipe": asdict(trained.recipe),
        "unseen": {
            "accuracy": figures.accuracy,
            "macro_f1": figures.macro_f1,
            "calibration_error": figures.calibration_error,
        },
    }


def _write(head: Head, unseen: Unseen, target: Path, name: str) -> None:
    try:
        save(head, target, name=name, unseen=unseen)
    except OSError as error:
        text = Text(
            f"无法写入 {target}（{error.strerror or error}）。请用 --out 指定一个空目录或已有的模型目录。",
            f"{target} cannot be written ({error.strerror or error}). Name an empty folder or a head's by --out.",
        )
        raise Misconfigured(text, code="bad_out") from error


def _unseen(trained: Trained, rows: Sequence[Row]) -> Unseen:
    numbers = {label: number for number, label in enumerate(trained.classes)}
    true: NDArray[np.int64] = np.array([numbers[row.label] for row in rows], np.int64)
    return Unseen(digests([row.text for row in rows]), trained.unseen.argmax(axis=1), true)


def _worse(verdict: Verdict, rival: Path | None) -> ActionNeeded:
    old, new = f"{verdict.old:.4f}", f"{verdict.new:.4f}"
    text = Text(
        f"新模型不如现有模型 {rival}：宏平均 F1 {new} < {old}（同样的 {verdict.rows} 行，都没见过）。"
        f"没有替换。请检查新数据，或用 --force 强制替换。",
        f"the new head is worse than {rival}: macro-F1 {new} < {old} on the same {verdict.rows} rows, unseen by both. "
        f"Nothing was replaced. Look at the new data, or replace it by --force.",
    )
    return ActionNeeded(text, code="worse_model")
