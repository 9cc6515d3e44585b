"""What a head learns from or is examined with: tables of labels, the team's labels in the database, our seeds."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from models.repositories.labels import Labelled
from nlp.heads.rows import TEXT_LIMIT, Complaint, Row, Table, read_table, settle
from nlp.normal import comparable
from yinliu.errors import Misconfigured
from yinliu.language import Text

LEAST_ROWS = 2
"""Rows of a label that can be learned at all."""
_NAMED = 8


@dataclass(frozen=True)
class Material:
    """Rows to learn from. ``left_out`` counts rows by why they are not among them; ``data`` names files and digests.

    ``undecided`` texts stand under each of two labels; they teach a little and no figure is about them.
    """

    rows: list[Row]
    undecided: list[Row] = field(default_factory=list)
    seeds: list[Row] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)
    data: dict[str, str] = field(default_factory=dict)


def read_file(file: Path) -> Table:
    """A table of labels; :class:`Misconfigured` where it cannot be read or holds no usable row."""
    try:
        table = read_table(file)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        text = Text(
            f"无法读取 {file}：{reason}。请给出一个 UTF-8 的 TSV 文件。",
            f"{file} cannot be read: {reason}. Give a TSV file in UTF-8.",
        )
        raise Misconfigured(text, code="no_table") from error
    if not table.rows:
        raise _no_rows(file, table)
    return table


def gather(files: Sequence[Path], *, labelled: Labelled, seeds: Sequence[Row]) -> Material:
    """All rows, each once; a text of the team's is no seed as well."""
    tables = [read_file(file) for file in files]
    own = [Row(text[:TEXT_LIMIT].strip(), label) for text, label in labelled.rows if text.strip()]
    settled = settle([*own, *(row for table in tables for row in table.rows)])
    known = {comparable(row.text).strip() for row in settled.rows}
    undecided = [row for table in tables for row in table.undecided if comparable(row.text).strip() not in known]
    known |= {comparable(row.text).strip() for row in undecided}
    left_out: Counter[str] = Counter(duplicate=settled.duplicates, contradicted=settled.disputed + labelled.disputed)
    for table in tables:
        left_out += table.left_out
        left_out["second_label"] += table.second_labels
    return Material(
        rows=settled.rows,
        undecided=list(dict.fromkeys(undecided)),
        seeds=[row for row in settle(seeds).rows if comparable(row.text).strip() not in known],
        left_out={code: count for code, count in left_out.items() if count},
        complaints=[complaint for table in tables for complaint in table.complaints],
        data={file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files},
    )


def check(material: Material, *, where: Text) -> None:
    """:class:`Misconfigured` for rows that no head can be made of: none, one label, a label with a single row."""
    counts = Counter(row.label for row in (*material.rows, *material.seeds))
    if not material.rows:
        text = Text(
            f"{where.zh}里没有可用的标注。请用 --data 文件.tsv（每行：标签<TAB>文本）提供。",
            f"{where.en}: no usable labels. Give some by --data FILE.tsv, a line each: label<TAB>text.",
        )
        raise Misconfigured(text, code="no_rows")
    if len(counts) < 2:  # noqa: PLR2004 (a choice has two sides)
        (only,) = counts
        text = Text(
            f"{where.zh}里只有一个标签 {only!r}，至少要有两个。请补充其他标签的行。",
            f"{where.en}: {only!r} is the only label; two are needed. Add rows of another one.",
        )
        raise Misconfigured(text, code="one_label")
    rare = sorted(label for label, count in counts.items() if count < LEAST_ROWS)
    if rare:
        raise _rare(rare, where)


def _rare(rare: list[str], where: Text) -> Misconfigured:
    named = "、".join(rare[:_NAMED]) + ("…" if len(rare) > _NAMED else "")
    text = Text(
        f"{where.zh}里有 {len(rare)} 个标签不足 {LEAST_ROWS} 行：{named}。请补充，或去掉这些行。",
        f"{where.en}: {len(rare)} labels have fewer than {LEAST_ROWS} rows: {named}. Add some, or drop those rows.",
    )
    return Misconfigured(text, code="rare_label")


def _no_rows(file: Path, table: Table) -> Misconfigured:
    seen = ", ".join(f"{code} {count}" for code, count in table.left_out.items()) or "0"
    text = Text(
        f"{file} 里没有可用的行（{seen}）。每行应为：标签<TAB>文本，UTF-8 编码；或有含 label 与 text 的表头。",
        f"{file} has no usable row ({seen}). A line is label<TAB>text in UTF-8; or a header names label and text.",
    )
    return Misconfigured(text, code="no_rows")
