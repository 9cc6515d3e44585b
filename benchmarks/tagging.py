"""How fast texts are tagged: the spaCy pipeline with the starter's rules, against bare ``jieba.lcut``."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import jieba

from nlp.pipeline import build_tagger
from yinliu.demo.composition import compose
from yinliu.workspace.folder import Workspace, write_starter

ROUNDS = 5
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Print both rates and the median of their ratio over rounds taken in turn."""
    texts = [comment.text for comment in compose(now=NOW).comments]
    with tempfile.TemporaryDirectory() as folder:
        write_starter(Path(folder))
        workspace = Workspace(Path(folder))
        tagger = build_tagger(workspace.topics, workspace.intents, places=["杭州"])
    jieba.initialize()
    pairs = [
        (seconds(lambda: list(tagger.tag(texts))), seconds(lambda: [jieba.lcut(text) for text in texts]))
        for _ in range(ROUNDS)
    ]
    mine, theirs = (len(texts) / statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(bare / ours for ours, bare in pairs)
    print(f"tag    ours {mine:9,.0f}/s   bare {theirs:9,.0f}/s   ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
