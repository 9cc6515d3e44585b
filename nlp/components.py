"""The spaCy door's component: it reads Docs with the bundle, as the bulk door reads texts.

A Doc gets ``doc._.tags`` and ``doc._.contacts`` (see :mod:`nlp.tags`), ``doc._.intents``, ``doc._.topics``,
``doc._.sentiment`` and ``doc._.valid``, the probabilities of intents in ``doc.cats`` and the evidence in
``doc.spans["yinliu"]``, labelled ``kind:label``. Before, ``doc._.answers`` (what it answers) and ``doc._.day`` may be
set. A team's own components stand before or after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import minibatch

from nlp.bundle import Bundle, Spec
from nlp.heads.store import load, save
from nlp.readings import Readings
from nlp.rules import Intents, Topics
from nlp.tags import Tagging

SPANS = "yinliu"
"""The span group of the evidence."""

_DOCS = 256

for _name, _default in (("tags", ()), ("contacts", ()), ("answers", None), ("day", None)):
    Doc.set_extension(_name, default=_default, force=True)
for _name, _kind in (("intents", "intent"), ("topics", "topic")):
    Doc.set_extension(_name, getter=lambda doc, kind=_kind: Tagging(doc._.tags, ()).labels(kind), force=True)
Doc.set_extension("sentiment", getter=lambda doc: next(iter(Tagging(doc._.tags, ()).labels("sentiment")), "neu"), force=True)
Doc.set_extension("valid", getter=lambda doc: not Tagging(doc._.tags, ()).labels("validity"), force=True)


class Reader:
    """Reads Docs with a bundle, a batch at a time."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle

    def __call__(self, doc: Doc) -> Doc:
        """One Doc, read."""
        return next(self.pipe((doc,)))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = _DOCS) -> Iterator[Doc]:
        """Docs in order, read."""
        for docs in minibatch(stream, batch_size):
            readings = self._read(docs)
            for number, doc in enumerate(docs):
                self._fill(doc, readings, number)
                yield doc

    def _read(self, docs: list[Doc]) -> Readings:
        answers: list[str | None] = [doc._.answers for doc in docs]
        days: list[date | None] = [doc._.day for doc in docs]
        return self.bundle.read(
            [doc.text for doc in docs], answers=answers, days=days, edges=lambda number: _edges(docs[number])
        )

    def _fill(self, doc: Doc, readings: Readings, number: int) -> None:
        tagging = readings[number]
        doc._.tags, doc._.contacts = tagging.tags, tagging.contacts
        doc.cats.update(zip(self.bundle.judge.labels, map(float, readings.weighed[number]), strict=True))
        spans = (
            doc.char_span(one.start, one.end, label=f"{tag.kind}:{tag.label}", alignment_mode="expand")
            for tag in tagging.tags
            for one in tag.evidence
            if one.end > one.start
        )
        doc.spans[SPANS] = [span for span in spans if span is not None]

    def to_disk(self, path: Path, **_: Any) -> None:
        """Write what the bundle is compiled from."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "spec.json").write_text(self.bundle.spec.model_dump_json(indent=1), encoding="utf-8")
        for name, head in self.bundle.heads.items():
            save(head, folder / "heads" / name, name=name)

    def from_disk(self, path: Path, **_: Any) -> Reader:
        """Compile the bundle that :meth:`to_disk` wrote."""
        folder = Path(path)
        spec = Spec.model_validate_json((folder / "spec.json").read_text(encoding="utf-8"))
        heads = {found.name: load(found) for found in sorted((folder / "heads").glob("*"))}
        self.bundle = Bundle(spec, heads)
        return self


def _edges(doc: Doc) -> frozenset[int]:
    """Offsets at which a word begins or ends; a space is a word."""
    sizes = (size for token in doc for size in ((len(token), 1) if token.whitespace_ else (len(token),)))
    return frozenset(accumulate(sizes, initial=0))


@Language.factory("yinliu")
def create_reader(nlp: Language, name: str) -> Reader:
    """A reader that knows nothing yet: ``from_disk`` or :func:`nlp.pipeline.build_pipeline` gives it a bundle."""
    return Reader(Bundle(Spec(topics=Topics(topics=[]), intents=Intents(intents=[])), {}))
