"""A toy encoder, and an ONNX file and a tokenizer written by hand: what the tests encode with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from nlp.encoders.encoder import Vectors, readable, unit

ASKS, BUYS, CHATS = ("多少钱", "什么价", "贵不贵"), ("求链接", "想买", "怎么下单"), ("哈哈哈", "好看", "早上好")
WORDS = "".join(dict.fromkeys("".join((*ASKS, *BUYS, *CHATS))))
LABELS = ("buys", "chats", "costs")


@dataclass
class Toy:
    """Counts the characters of :data:`WORDS`; remembers what it was asked."""

    name: str = "use"
    version: str = "1"
    turned: bool = False
    asked: list[str] = field(default_factory=list)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(texts, len(WORDS) + 1)."""
        self.asked += texts
        rows = [[*(readable(text).count(char) for char in WORDS), 0.1] for text in texts]
        table = np.array(rows, np.float32).reshape(len(texts), len(WORDS) + 1)
        return unit(table[:, ::-1] if self.turned else table)


def examples(times: int = 8) -> tuple[list[str], list[str]]:
    """(texts, labels): each phrase with different tails."""
    sides = (("buys", BUYS), ("chats", CHATS), ("costs", ASKS))
    rows = [(phrase + "呀" * tail, label) for label, phrases in sides for phrase in phrases for tail in range(times)]
    return [text for text, _ in rows], [label for _, label in rows]


def sure_of(labels: Sequence[str], best: float) -> Vectors:
    """(texts, LABELS): a head that gives the true label ``best`` and the others the same."""
    rest = (1 - best) / (len(LABELS) - 1)
    return np.array([[best if one == label else rest for one in LABELS] for label in labels], np.float32)


def write_onnx(file: Path, table: Vectors, *, inputs: Sequence[str] = ("input_ids", "attention_mask")) -> None:
    """A model that looks token vectors up in ``table``: input_ids (n, t) int64 -> last_hidden_state (n, t, d)."""
    node = _text(1, "table") + _text(1, "input_ids") + _text(2, "last_hidden_state") + _text(4, "Gather")
    weights = b"".join(_number(1, size) for size in table.shape) + _number(2, 1) + _text(8, "table")
    graph = _part(1, node) + _text(2, "toy") + _part(5, weights + _part(9, table.astype("<f4").tobytes()))
    graph += b"".join(_part(11, _value(name, kind=7, sizes=("n", "t"))) for name in inputs)
    graph += _part(12, _value("last_hidden_state", kind=1, sizes=("n", "t", "d")))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_number(1, 8) + _part(8, _text(1, "") + _number(2, 13)) + _part(7, graph))


def write_tokenizer(file: Path) -> None:
    """A tokenizer of single characters: [PAD] 0, [UNK] 1, then :data:`WORDS`."""
    from tokenizers import Regex, Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Split

    numbers = {word: number for number, word in enumerate(("[PAD]", "[UNK]", *WORDS))}
    tokenizer = Tokenizer(WordLevel(numbers, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Split(Regex("."), "isolated")
    tokenizer.save(str(file))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes((*out, value))


def _number(field_number: int, value: int) -> bytes:
    return _varint(field_number << 3) + _varint(value)


def _part(field_number: int, content: bytes) -> bytes:
    return _varint(field_number << 3 | 2) + _varint(len(content)) + content


def _text(field_number: int, content: str) -> bytes:
    return _part(field_number, content.encode())


def _value(name: str, *, kind: int, sizes: Sequence[str]) -> bytes:
    shape = b"".join(_part(1, _text(2, size)) for size in sizes)
    return _text(1, name) + _part(2, _part(1, _number(1, kind) + _part(2, shape)))
