"""train: a head from labelled rows, compared with the one whose place it takes, written whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nlp.grams import grams_of
from nlp.heads.answers import probabilities_of
from nlp.heads.classifier import Classifier
from nlp.heads.evaluation import Figures, evaluate
from nlp.heads.examination import Verdict, examine, without_memory
from nlp.heads.flags import RuleFlags, no_flags
from nlp.heads.kinds import load_head, save_head
from nlp.heads.rows import Row
from nlp.heads.seeds import WEIGHT
from nlp.heads.store import Unseen, digests, load_unseen
from nlp.heads.training import PLAIN, Examples, Recipe, Trained, chosen, train
from nlp.normal import batch
from nlp.segmenter import Segmenter
from yinliu.errors import ActionNeeded, Misconfigured
from yinliu.language import Text
from yinliu.stages.material import Material

if TYPE_CHECKING:  # spaCy takes half a second to import
    from nlp.heads.textcat.training import TrainedCategorizer


AMONG_SEEDS = Recipe(cost=2.0, flag_scale=0.3, least=2, balance=0.5)
"""What is tried first where our seeds are there: n-grams of one text only are most of them, and teach nothing."""
_UNDECIDED = 0.4
"""What a text with two labels counts under each of them."""


@dataclass(frozen=True)
class Learnt:
    """A head that was trained: its figures on the team's rows unseen, the comparison, the rows it did not believe."""

    trained: Trained | TrainedCategorizer
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
    words: Segmenter | None = None,
    keep_disputed: bool = False,
    force: bool = False,
) -> Learnt:
    """Train, compare, write. :class:`ActionNeeded` for a head worse than ``rival``, unless ``force``.

    ``words``: a spaCy ``TextCategorizer`` over these words is trained; by default a linear head.
    """
    trained = _linear(material, flags_of, keep_disputed) if words is None else _categorizer(material, words)
    probabilities = trained.head.probabilities(trained.unseen)[: len(material.rows)]
    figures = evaluate([row.label for row in material.rows], trained.classes, probabilities)
    said = probabilities.argmax(axis=1)
    verdict = _compared(material.rows, [trained.classes[one] for one in said], rival, flags_of)
    if verdict is not None and verdict.worse and not force:
        raise _worse(verdict, rival)
    head = replace(trained.head, about=_about(material, trained, figures, now))
    _write(head, _unseen(trained, taught(material)[0]), target, name)
    doubted = np.flatnonzero(~trained.kept[: len(material.rows)])
    return Learnt(trained, figures, verdict, [(material.rows[one], trained.classes[said[one]]) for one in doubted])


def _linear(material: Material, flags_of: RuleFlags, keep_disputed: bool) -> Trained:
    examples = _examples(material, flags_of)
    plain = AMONG_SEEDS if material.seeds else PLAIN
    return train(examples, recipe=chosen(examples, plain=plain, may_filter=not keep_disputed))


def _categorizer(material: Material, words: Segmenter) -> TrainedCategorizer:
    from nlp.heads.textcat.training import train_categorizer

    rows, _, counted = taught(material)
    return train_categorizer([r.text for r in rows], [r.label for r in rows], segmenter=words, counted=counted)


def taught(material: Material) -> tuple[list[Row], NDArray[np.float64], NDArray[np.bool_]]:
    """Everything that is learnt from, in order: the rows, how much each counts, and which of them figures are about."""
    parts = ((material.rows, 1.0), (material.undecided, _UNDECIDED), (material.seeds, WEIGHT))
    rows = [row for part, _ in parts for row in part]
    weights = np.repeat([weight for _, weight in parts], [len(part) for part, _ in parts])
    return rows, weights, np.arange(len(rows)) < len(material.rows)


def _examples(material: Material, flags_of: RuleFlags) -> Examples:
    rows, weights, counted = taught(material)
    texts = [row.text for row in rows]
    flags, names = flags_of(texts)
    return Examples(
        grams=grams_of(batch(texts)),
        flags=flags,
        flag_names=names,
        labels=[row.label for row in rows],
        weights=weights,
        counted=counted,
        own=np.arange(len(rows)) < len(rows) - len(material.seeds),
    )


def _compared(rows: Sequence[Row], new: Sequence[str], rival: Path | None, flags_of: RuleFlags) -> Verdict | None:
    """Both heads on the team's rows; None without a rival, or with one that cannot be read any more."""
    if rival is None:
        return None
    try:
        head = load_head(rival)
        unseen = load_unseen(rival, labels=len(head.labels))
    except ValueError:
        return None
    texts = [row.text for row in rows]
    labels, shares = probabilities_of(head, flags_of)(texts)
    said = [labels[one] for one in shares.argmax(axis=1)]
    return examine([row.label for row in rows], new=new, old=without_memory(texts, said, labels, unseen))


def _about(
    material: Material, trained: Trained | TrainedCategorizer, figures: Figures, now: datetime
) -> dict[str, Any]:
    return {
        "rows": len(material.rows),
        "seeds": len(material.seeds),
        "undecided": len(material.undecided),
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


def _write(head: Classifier, unseen: Unseen, target: Path, name: str) -> None:
    try:
        save_head(head, target, name=name, unseen=unseen)
    except OSError as error:
        text = Text(
            f"无法写入 {target}（{error.strerror or error}）。请用 --out 指定一个空目录或已有的模型目录。",
            f"{target} cannot be written ({error.strerror or error}). Name an empty folder or a head's by --out.",
        )
        raise Misconfigured(text, code="bad_out") from error


def _unseen(trained: Trained | TrainedCategorizer, rows: Sequence[Row]) -> Unseen:
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
