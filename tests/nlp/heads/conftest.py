"""Small sets of rows and the heads that they make."""

from __future__ import annotations

import random

import numpy as np
import pytest
from scipy import sparse

from nlp.grams import grams_of
from nlp.heads.head import Head
from nlp.heads.training import Examples, Trained, train
from nlp.normal import batch

WORDS = {
    "price": ["多少钱", "价格多少", "什么价位", "报个价", "几块钱一个"],
    "join": ["怎么进群", "拉我进群", "求进群", "群怎么加", "想加群聊"],
    "chat": ["哈哈哈", "真好看", "路过看看", "好羡慕呀", "收藏一下"],
}
THINGS = ["帐篷", "天幕", "睡袋", "杯子", "裙子", "口红", "课程", "车位", "门票", "零食"]


def made_rows(size: int, *, seed: int = 1, wrong: float = 0.0) -> tuple[list[str], list[str], list[str]]:
    """Texts, their labels as written down, and as they are; a share of the former is drawn at random."""
    draw = random.Random(seed)
    texts, written, real = [], [], []
    for number in range(size):
        label = draw.choice(sorted(WORDS))
        texts.append(f"{draw.choice(THINGS)}{draw.choice(WORDS[label])}{draw.choice(THINGS)}{number % 97}")
        real.append(label)
        written.append(draw.choice(sorted(WORDS)) if draw.random() < wrong else label)
    return texts, written, real


def no_flags(size: int) -> sparse.csr_matrix:
    """No rules."""
    return sparse.csr_matrix((size, 0), dtype=np.float32)


def examples(texts: list[str], labels: list[str], **more: object) -> Examples:
    """Examples without flags."""
    return Examples(grams=grams_of(batch(texts)), flags=no_flags(len(texts)), labels=labels, **more)  # type: ignore[arg-type]


def said(head: Head, texts: list[str]) -> list[str]:
    """What a head says of texts."""
    scores = head.scores(grams_of(batch(texts)), no_flags(len(texts)))
    return [head.labels[number] for number in scores.argmax(axis=1)]


@pytest.fixture(scope="session")
def trained() -> Trained:
    """A head of three labels."""
    texts, labels, _ = made_rows(150)
    return train(examples(texts, labels), about={"rows": 150})
