"""A spaCy tokenizer over a segmenter of its own: the words of the bulk door, whitespace as a token's tail."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

from nlp.normal import comparable
from nlp.segmenter import Engine, Segmenter

_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, which spaCy cannot keep


class BundleTokenizer:
    """Cuts by a :class:`~nlp.segmenter.Segmenter`; words are looked up in comparable form and kept as written."""

    def __init__(self, vocab: Vocab, segmenter: Segmenter) -> None:
        self.vocab = vocab
        self.segmenter = segmenter

    def __call__(self, text: str) -> Doc:
        """The text as a Doc; ``doc.text`` is ``text`` again, but for half characters."""
        text = _SURROGATE.sub("\ufffd", text)
        if " " not in text:
            words = self._words(text)
            return Doc(self.vocab, words=words, spaces=[False] * len(words))
        words = []
        spaces: list[bool] = []
        for word in self._words(text):
            if word == " " and words and not spaces[-1]:
                spaces[-1] = True
            else:
                words.append(word)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)

    def _words(self, text: str) -> list[str]:
        plain = comparable(text)
        words = self.segmenter.cut(plain)
        if plain == text:
            return words
        ends = accumulate(map(len, words))
        return [text[end - len(word) : end] for end, word in zip(ends, words, strict=True)]

    def to_bytes(self, **_: Any) -> bytes:
        """The words and the engine, for spaCy's serialization."""
        known = {"words": self.segmenter.words, "engine": self.segmenter.engine}
        return json.dumps(known, ensure_ascii=False).encode("utf-8")

    def from_bytes(self, data: bytes, **_: Any) -> BundleTokenizer:
        """Take what :meth:`to_bytes` gave."""
        known = json.loads(data)
        self.segmenter = Segmenter(known["words"], engine=known["engine"])
        return self

    def to_disk(self, path: Path, **_: Any) -> None:
        """Write the words beside the pipeline."""
        Path(path).write_bytes(self.to_bytes())

    def from_disk(self, path: Path, **_: Any) -> BundleTokenizer:
        """Read the words that :meth:`to_disk` wrote."""
        return self.from_bytes(Path(path).read_bytes())


@registry.tokenizers("yinliu.Tokenizer.v2")  # type: ignore[untyped-decorator]
def create_tokenizer(words: list[str], engine: Engine) -> Callable[[Language], BundleTokenizer]:
    """The factory that ``config.cfg`` names."""

    def create(language: Language) -> BundleTokenizer:
        return BundleTokenizer(language.vocab, Segmenter(words, engine=engine))

    return create
