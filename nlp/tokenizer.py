"""A spaCy tokenizer over a jieba of its own: the team's words change nobody else's dictionary."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jieba
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

jieba.setLogLevel(logging.WARNING)

_PIECE = re.compile(r"[\s\S]{1,4000}(?<=[\s，。！？；])|[\s\S]{1,4000}")
"""What jieba reads at once: its time grows with the square of a run without punctuation."""


def cache_folder() -> Path:
    """Where jieba keeps its compiled dictionary: a folder of this user's own. Its default is a file in the shared
    temporary folder, which it unmarshals, whoever put it there."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "yinliu"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


class JiebaTokenizer:
    """Segments with an own ``jieba.Tokenizer``; every word in ``words`` is kept whole. Whitespace is a token's tail."""

    def __init__(self, vocab: Vocab, *, words: list[str]) -> None:
        self.vocab = vocab
        self._load(words)

    def _load(self, words: list[str]) -> None:
        self.words = sorted(set(words))
        self._jieba = jieba.Tokenizer()
        self._jieba.tmp_dir = str(cache_folder())
        self._jieba.initialize()
        for word in self.words:
            self._jieba.add_word(word)

    def __call__(self, text: str) -> Doc:
        """The text as a Doc; ``doc.text`` is ``text`` again."""
        words: list[str] = []
        spaces: list[bool] = []
        for piece in (word for part in _PIECE.findall(text) for word in self._jieba.cut(part)):
            if piece == " " and words and not spaces[-1]:
                spaces[-1] = True
            else:
                words.append(piece)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)

    def to_bytes(self, **_: Any) -> bytes:
        """The words, for spaCy's serialization."""
        return json.dumps(self.words, ensure_ascii=False).encode("utf-8")

    def from_bytes(self, data: bytes, **_: Any) -> JiebaTokenizer:
        """Take the words of :meth:`to_bytes`."""
        self._load(json.loads(data))
        return self

    def to_disk(self, path: Path, **_: Any) -> None:
        """Write the words beside the pipeline."""
        Path(path).write_bytes(self.to_bytes())

    def from_disk(self, path: Path, **_: Any) -> JiebaTokenizer:
        """Read the words that :meth:`to_disk` wrote."""
        return self.from_bytes(Path(path).read_bytes())


@registry.tokenizers("yinliu.JiebaTokenizer.v1")  # type: ignore[untyped-decorator]
def create_jieba_tokenizer(words: list[str]) -> Callable[[Language], JiebaTokenizer]:
    """The factory that ``config.cfg`` names."""

    def create(language: Language) -> JiebaTokenizer:
        return JiebaTokenizer(language.vocab, words=words)

    return create
