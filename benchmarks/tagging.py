"""How fast texts are understood: both doors and their start, each against its peer in the same run, on one core.

The bulk door against bare ``jieba.lcut`` and ``rjieba.cut`` of the same texts; the spaCy door against a stock
``spacy.blank("zh")`` that segments with jieba and carries a ``TextCategorizer`` (bag of words); the start and the
memory of a fresh process with 5,000 phrases.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ONE_CORE = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "nlp"
FILES = ("xhs_travel_comments", "xhs_shopping_comments", "bilibili_film_comments", "douyin_robotaxi_comments")
TEXTS, DOCS, ROUNDS, BATCH = 20_000, 4_000, 5, 2048
PHRASES = 5_000
JIEBA, RJIEBA, STOCK = 5.0, 0.45, 2.5
START_SECONDS, MEMORY_MIB = 1.5, 300
STAGE = 1_000


def real_texts() -> list[str]:
    """Real comments where they are at hand, else the demo's."""
    if DATA.is_dir():
        lines = (line for name in FILES for line in (DATA / f"{name}.tsv").read_text(encoding="utf-8").split("\n"))
        return [line for line in lines if line][:TEXTS]
    from yinliu.demo.composition import compose

    comments = compose(now=datetime(2026, 11, 20, 12, tzinfo=UTC)).comments
    return ([comment.text for comment in comments] * (TEXTS // len(comments) + 1))[:TEXTS]


def starter_bundle(phrases: int = 0) -> Any:
    """The starter's bundle, with so many made-up keywords besides."""
    from yinliu.understanding import bundle_of
    from yinliu.workspace.folder import Workspace, write_starter

    with tempfile.TemporaryDirectory() as folder:
        write_starter(Path(folder))
        if phrases:
            made = (f"{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{number // 10:x}型" for number in range(phrases))
            (Path(folder) / "models.txt").write_text("\n".join(made), encoding="utf-8")
            (Path(folder) / "words.yaml").write_text("files: [models.txt]", encoding="utf-8")
        return bundle_of(Workspace(Path(folder)))


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def rates(works: Sequence[Callable[[], object]], count: int) -> list[float]:
    """Texts a second of each, the best of rounds taken in turn: what else the machine does only slows.

    What was loaded before is not looked through by the garbage collector: it would be counted to whoever runs first.
    """
    gc.collect()
    gc.freeze()
    rounds = [[seconds(work) for work in works] for _ in range(ROUNDS)]
    return [count / min(column) for column in zip(*rounds, strict=True)]


def bulk() -> bool:
    """The bulk door against bare segmentation."""
    import jieba
    import rjieba

    texts, bundle = real_texts(), starter_bundle()
    jieba.initialize()

    def read() -> None:
        for start in range(0, len(texts), BATCH):
            readings = bundle.read(texts[start : start + BATCH])
            assert len(readings.intents) == len(readings.suspects) == len(readings.sentiments)

    works = (read, lambda: [jieba.lcut(text) for text in texts], lambda: [rjieba.cut(text) for text in texts])
    ours, slow, fast = rates(works, len(texts))
    print(f"bulk   ours {ours:9,.0f}/s   jieba  {slow:9,.0f}/s   ratio {ours / slow:.2f} (at least {JIEBA})")
    print(f"bulk   ours {ours:9,.0f}/s   rjieba {fast:9,.0f}/s   ratio {ours / fast:.2f} (at least {RJIEBA})")
    return ours >= JIEBA * slow and ours >= RJIEBA * fast


def door() -> bool:
    """The spaCy door, evidence and all, against the stock pipeline."""
    from nlp.pipeline import build_pipeline

    texts = real_texts()[:DOCS]
    language, stock = build_pipeline(starter_bundle()), stock_pipeline()
    works = (lambda: list(language.pipe(texts)), lambda: list(stock.pipe(texts)))
    ours, theirs = rates(works, len(texts))
    print(f"spacy  ours {ours:9,.0f}/s   stock  {theirs:9,.0f}/s   ratio {ours / theirs:.2f} (at least {STOCK})")
    return ours >= STOCK * theirs


def stock_pipeline() -> Any:
    """spaCy's own Chinese pipeline with a bag-of-words categorizer of eight labels."""
    import spacy
    from spacy.training import Example

    language = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "jieba"}}})
    bag = {
        "@architectures": "spacy.TextCatBOW.v3",
        "exclusive_classes": True,
        "ngram_size": 1,
        "no_output_layer": False,
    }
    categorizer = language.add_pipe("textcat", config={"model": bag})
    labels = [f"label_{number}" for number in range(8)]
    examples = []
    for label in labels:
        categorizer.add_label(label)  # type: ignore[attr-defined]
        cats = {one: float(one == label) for one in labels}
        examples.append(Example.from_dict(language.make_doc(f"好看 {label}"), {"cats": cats}))
    language.initialize(lambda: examples)
    return language


def stage() -> bool:
    """The stage ``tag`` into SQLite: tags with evidence of real comments, without and with an encoder."""
    rates_ = {encoder: _stage_rate(encoder) for encoder in ("none", "use")}
    for encoder, rate in rates_.items():
        print(f"stage  {rate:9,.0f} comments/s with encoder: {encoder} (at least {STAGE:,})")
    return min(rates_.values()) >= STAGE


def _stage_rate(encoder: str) -> float:
    from crawlers.items import CommentItem, PostItem, to_record
    from models.database import open_engine, upgrade
    from models.unit_of_work import UnitOfWork
    from models.vault import Vault, new_key
    from nlp.tagger import Tagger
    from yinliu.stages.load import load
    from yinliu.stages.tag import tag
    from yinliu.understanding import bundle_of, starter

    bundle = bundle_of(starter(), encoder=encoder)
    bundle.read(["你好"])
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/bench.db")
        upgrade(engine)
        items = [PostItem(external_id="p", url="https://example.com/p", title="t", body="b")]
        comments = [
            CommentItem(external_id=f"c{number}", post_id="p", author=f"a{number}", author_id=f"a{number}", text=text)
            for number, text in enumerate(real_texts()[:DOCS])
        ]
        _land(Path(folder), [to_record(item) for item in (*items, *comments)])
        load(lambda: UnitOfWork(engine), landing=Path(folder) / "landing")
        took = seconds(lambda: tag(lambda: UnitOfWork(engine), tagger=Tagger(bundle, UTC), vault=Vault(new_key())))
    return DOCS / took


def _land(folder: Path, records: list[Any]) -> None:
    first = {"kind": "run", "source": "bench", "platform": "feed", "started_at": datetime.now(UTC).isoformat()}
    path = folder / "landing" / "bench" / "1.jsonl"
    path.parent.mkdir(parents=True)
    lines = [first, *records, {"kind": "end", "cursor": {}}]
    path.write_text("".join(json.dumps(line, default=str) + "\n" for line in lines), encoding="utf-8")


def start() -> bool:
    """A fresh process with 5,000 phrases: from its beginning to its first tags, and its memory."""
    took, memory = [], 0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run = subprocess.run(
            [sys.executable, "-m", "benchmarks.tagging", "start-here"], check=True, capture_output=True, text=True
        )
        took.append(time.perf_counter() - began)
        memory = max(memory, int(run.stdout))
    best = statistics.median(took)
    print(
        f"start  {best:.2f} s (at most {START_SECONDS})   memory {memory} MiB (at most {MEMORY_MIB}), {PHRASES} phrases"
    )
    return best <= START_SECONDS and memory <= MEMORY_MIB


def start_here() -> None:
    """What :func:`start` measures; prints the peak memory in MiB."""
    readings = starter_bundle(PHRASES).read(["请问甲1f型多少钱，想进群", "哈哈哈"])
    assert readings[0].tags and readings[0].labels("keyword") == ("甲1f型",)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def main() -> bool:
    """Print the figures, each part in a process of one core; False where one is not what it must be."""
    parts = ("bulk", "door", "stage", "start")
    command = [sys.executable, "-m", "benchmarks.tagging"]
    codes = [subprocess.run([*command, part], env=os.environ | ONE_CORE, check=False).returncode for part in parts]
    return not any(codes)


if __name__ == "__main__":
    if sys.argv[1:] == ["start-here"]:
        start_here()
        sys.exit(0)
    chosen = {"bulk": bulk, "door": door, "stage": stage, "start": start}.get(sys.argv[1] if sys.argv[1:] else "", main)
    sys.exit(0 if chosen() else 1)
