"""The spaCy door's component: it reads Docs with the bundle, as the bulk door reads texts.

Every Doc gets the probabilities of intents in ``doc.cats``. Everything else is found when it is asked for:
``doc._.tags`` and ``doc._.contacts`` (see :mod:`nlp.tags`), ``doc._.intents``, ``doc._.topics``, ``doc._.sentiment``,
``doc._.valid``, and ``doc._.evidence``, spans labelled ``kind:label``. With ``spans = true`` in its configuration the
component also fills ``doc.spans["yinliu"]`` with these. Before it, ``doc._.answers`` (what the text answers) and
``doc._.day`` (a ``datetime.date``, when it was written) may be set. A team's own components stand before or after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import minibatch

from nlp.bundle import Bundle, Spec
from nlp.heads.kinds import load_head, save_head
from nlp.readings import Readings
from nlp.rules import Intents, Topics
from nlp.tags import Tagging, TagKind

SPANS = "yinliu"
"""The span group of the evidence."""

_DOCS = 256
_READ_BY = "yinliu"
"""Under this a Doc's ``user_data`` says which bundle read it: a Doc stays something that can be written to a file."""
_bundles: WeakValueDictionary[str, Bundle] = WeakValueDictionary()


class Reader:
    """Reads Docs with a bundle, a batch at a time."""

    def __init__(self, bundle: Bundle, *, spans: bool = False) -> None:
        self._spans = spans
        self.take(bundle)

    def take(self, bundle: Bundle) -> None:
        """Read with this bundle from now on, or with one of the same version that another reader has already."""
        self.bundle = _bundles.setdefault(bundle.version, bundle)

    def __call__(self, doc: Doc) -> Doc:
        """One Doc, read."""
        return next(self.pipe((doc,)))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = _DOCS) -> Iterator[Doc]:
        """Docs in order, read."""
        version, labels = self.bundle.version, self.bundle.judge.labels
        for docs in minibatch(stream, batch_size):  # type: ignore[no-untyped-call]
            rows = _read(self.bundle, docs).weighed.tolist()
            for doc, row in zip(docs, rows, strict=True):
                doc.user_data[_READ_BY] = version
                doc.cats.update(zip(labels, row, strict=True))
                if self._spans:
                    doc.spans[SPANS] = doc._.evidence
                yield doc

    def to_disk(self, path: Path, **_: Any) -> None:
        """Write what the bundle is compiled from."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "spec.json").write_text(self.bundle.spec.model_dump_json(indent=1), encoding="utf-8")
        for name, head in self.bundle.heads.items():
            save_head(head, folder / "heads" / name, name=name)

    def from_disk(self, path: Path, **_: Any) -> Reader:
        """Compile the bundle that :meth:`to_disk` wrote."""
        folder = Path(path)
        spec = Spec.model_validate_json((folder / "spec.json").read_text(encoding="utf-8"))
        self.take(Bundle(spec, {found.name: load_head(found) for found in sorted((folder / "heads").glob("*"))}))
        return self


def tagging_of(doc: Doc) -> Tagging:
    """Everything found in a Doc that was read; :class:`ValueError` where its bundle is not loaded here."""
    bundle = _bundles.get(doc.user_data.get(_READ_BY, ""))
    if bundle is None:
        raise ValueError("this Doc was read by no bundle that is loaded here: pass it through the pipeline")
    return _read(bundle, [doc])[0]


def _read(bundle: Bundle, docs: list[Doc]) -> Readings:
    texts = [doc.text for doc in docs]
    answers = [doc._.answers for doc in docs] if any(len(doc.user_data) for doc in docs) else None
    days = [doc._.day for doc in docs] if answers else None
    return bundle.read(texts, answers=answers, days=days, edges=lambda number: _edges(docs[number]))


def _edges(doc: Doc) -> frozenset[int]:
    """Offsets at which a word begins or ends; a space is a word."""
    sizes = (size for token in doc for size in ((len(token), 1) if token.whitespace_ else (len(token),)))
    return frozenset(accumulate(sizes, initial=0))


def _evidence(doc: Doc) -> list[Span]:
    spans = (
        doc.char_span(one.start, one.end, label=f"{tag.kind}:{tag.label}", alignment_mode="expand")
        for tag in tagging_of(doc).tags
        for one in tag.evidence
        if one.end > one.start
    )
    return [span for span in spans if span is not None]


def _labels(doc: Doc, kind: TagKind) -> tuple[str, ...]:
    return tagging_of(doc).labels(kind)


Doc.set_extension("answers", default=None, force=True)
Doc.set_extension("day", default=None, force=True)
Doc.set_extension("tags", getter=lambda doc: tagging_of(doc).tags, force=True)
Doc.set_extension("contacts", getter=lambda doc: tagging_of(doc).contacts, force=True)
Doc.set_extension("intents", getter=lambda doc: _labels(doc, "intent"), force=True)
Doc.set_extension("topics", getter=lambda doc: _labels(doc, "topic"), force=True)
Doc.set_extension("sentiment", getter=lambda doc: next(iter(_labels(doc, "sentiment")), "neu"), force=True)
Doc.set_extension("valid", getter=lambda doc: not _labels(doc, "validity"), force=True)
Doc.set_extension("evidence", getter=_evidence, force=True)


@Language.factory("yinliu", default_config={"spans": False})
def create_reader(nlp: Language, name: str, spans: bool) -> Reader:
    """A reader that knows nothing yet: ``from_disk`` or :func:`nlp.pipeline.build_pipeline` gives it a bundle."""
    return Reader(Bundle(Spec(topics=Topics(topics=[]), intents=Intents(intents=[])), {}), spans=spans)
