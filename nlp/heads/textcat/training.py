"""Training a ``TextCategorizer``: how long is found on a held-out fifth, its temperature on rows unseen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Adam

from nlp.heads.calibration import fit_temperature
from nlp.heads.head import Floats
from nlp.heads.machine import Numbers, parted
from nlp.heads.textcat.categorizer import PIPE, READ, Categorizer, logarithms, new_language, pipe_of
from nlp.heads.textcat.course import Course
from nlp.heads.training import folds_of, numbered
from nlp.normal import comparable
from nlp.segmenter import Segmenter

_SEED = 7
_STEPS = 150
_BATCHES = (8, 128)
"""The fewest and the most rows at once: of few rows fewer, so that there are some steps an epoch."""
_GAIN = 0.98
"""What the held-out loss must fall to, of the best so far, to count as better."""
_PATIENCE = 2
_SUREST = 4.0
"""The highest temperature. Few rows, all read right, ask for more; then words never seen would be taken for a topic."""
_AT_ONCE = 256


@dataclass(frozen=True, kw_only=True)
class TrainedCategorizer:
    """As :class:`nlp.heads.training.Trained`: what it said of every text while it had not seen it; it keeps all."""

    head: Categorizer
    unseen: Floats
    kept: NDArray[np.bool_]
    recipe: Course

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels, in the order of the scores."""
        return self.head.labels


@dataclass(frozen=True)
class _Class:
    """All Docs, their labels by number, and the pipeline whose vocabulary they share."""

    language: Language
    docs: list[Doc]
    numbers: Numbers
    labels: tuple[str, ...]


def train_categorizer(
    texts: Sequence[str], labels: Sequence[str], *, segmenter: Segmenter, counted: NDArray[np.bool_] | None = None
) -> TrainedCategorizer:
    """A calibrated categorizer; :class:`ValueError` for fewer than two labels, or one of a single row.

    ``counted`` (texts,): those that calibrate it, by default all. All texts count alike in learning. The same texts
    give the same categorizer.
    """
    names, numbers = numbered(labels)
    language = new_language(segmenter)
    pupils = _Class(language, _docs(language, texts, labels), numbers, names)
    course, unseen = _rehearsed(pupils, Course(batch=int(np.clip(len(texts) // _STEPS, *_BATCHES))))
    final = _Lessons(pupils, pipe_of(language), np.arange(len(texts)), course)
    final.all()
    judged = np.ones(len(texts), bool) if counted is None or not counted.any() else counted
    temperature = min(_SUREST, fit_temperature(unseen[judged], numbers[judged]))
    head = Categorizer(language, temperature, {})
    return TrainedCategorizer(head=head, unseen=unseen, kept=np.ones(len(texts), bool), recipe=course)


def _docs(language: Language, texts: Sequence[str], labels: Sequence[str]) -> list[Doc]:
    docs = []
    for text, label in zip(texts, labels, strict=True):
        doc = language.tokenizer(comparable(text[:READ]))
        doc.cats = {label: 1.0}
        docs.append(doc)
    return docs


def _rehearsed(pupils: _Class, course: Course) -> tuple[Course, Floats]:
    """For how many epochs, by the first fold; and (texts, labels), what was said of each text unseen."""
    unseen = np.zeros((len(pupils.docs), len(pupils.labels)), np.float32)
    found: Course | None = None
    for others, those in parted(pupils.numbers, folds=folds_of(len(pupils.docs))):
        lessons = _Lessons(pupils, _new_pipe(pupils.language), others, found or course)
        if found is None:
            epochs, unseen[those] = _stopped(lessons, those)
            found = replace(course, epochs=epochs)
        else:
            lessons.all()
            unseen[those] = lessons.said(those)
    return found or course, unseen


def _new_pipe(language: Language) -> Any:
    return language.create_pipe(PIPE, config={"model": language.get_pipe_config(PIPE)["model"]})


def _stopped(lessons: _Lessons, held: NDArray[np.int64]) -> tuple[int, Floats]:
    """The epochs after which the held-out rows were told best, and what was said then."""
    best, chosen, said = np.inf, 1, lessons.said(held)
    for epoch, _ in enumerate(lessons.epochs(), start=1):
        now = lessons.said(held)
        loss = -float(now[np.arange(len(held)), lessons.pupils.numbers[held]].mean())
        if loss < best * _GAIN:
            best, chosen, said = loss, epoch, now
        elif epoch - chosen >= _PATIENCE:
            break
    return chosen, said


class _Lessons:
    """One categorizer and the rows that it learns."""

    def __init__(self, pupils: _Class, pipe: Any, rows: NDArray[np.int64], course: Course) -> None:
        self.pupils, self._pipe, self._rows, self._course = pupils, pipe, rows, course
        examples = [Example(pupils.docs[row], pupils.docs[row]) for row in rows[:1]]
        pipe.initialize(lambda: examples, nlp=pupils.language, labels=pupils.labels)

    def all(self) -> None:
        """Every epoch of the course."""
        for _ in self.epochs():
            pass

    def epochs(self) -> Iterator[None]:
        """Show all rows once, in a new order, each time the next one is asked for."""
        optimizer = Adam(self._course.rate, L2=0.0, grad_clip=0.0, use_averages=False)
        order = np.random.default_rng(_SEED)
        for _ in range(self._course.epochs):
            self._epoch(order.permutation(self._rows), optimizer)
            yield

    def _epoch(self, rows: NDArray[np.int64], optimizer: Any) -> None:
        docs, size = self.pupils.docs, self._course.batch
        for start in range(0, len(rows), size):
            shown = [Example(docs[row], docs[row]) for row in rows[start : start + size]]
            self._pipe.update(shown, sgd=optimizer)

    def said(self, rows: NDArray[np.int64]) -> Floats:
        """(rows, labels) scores."""
        docs = [self.pupils.docs[row] for row in rows]
        parts = [logarithms(self._pipe, docs[start : start + _AT_ONCE]) for start in range(0, len(docs), _AT_ONCE)]
        return np.concatenate(parts)
