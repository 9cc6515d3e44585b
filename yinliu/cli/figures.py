"""How the figures of a head, the rows left out and the mistakes are printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from nlp.heads.evaluation import Figures
from nlp.heads.machine import Recipe
from nlp.heads.rows import Complaint, Row, shown
from nlp.heads.textcat.course import Course
from yinliu.cli.door import Door
from yinliu.language import Text

_LEFT_OUT = {
    "duplicate": Text("重复", "repeated"),
    "contradicted": Text("同一文本有不同标签", "one text under several labels"),
    "second_label": Text("有第二标签", "with a second label"),
    "no_tab": Text("没有制表符", "without a tab"),
    "no_label": Text("标签为空", "without a label"),
    "no_text": Text("文本为空", "without a text"),
    "not_utf8": Text("不是 UTF-8 编码", "not in UTF-8"),
    "long_label": Text("标签过长", "a label too long"),
    "long_text": Text("文本过长", "a text too long"),
    "odd_label": Text("标签含控制字符", "a label with control characters"),
}


def share(value: float | None) -> str:
    """A figure from 0 to 1 with four digits."""
    return "—" if value is None else f"{value:.4f}"


def brief(figures: Figures) -> dict[str, Any]:
    """The figures without labels and mistakes, for a program."""
    names = ("rows", "accuracy", "macro_f1", "calibration_error", "lead_f1")
    return {name: getattr(figures, name) for name in names}


def whole(figures: Figures, rows: Sequence[Row]) -> dict[str, Any]:
    """All figures, for a program; texts masked and cut."""
    mistakes = [{**asdict(one), "row": one.row + 1, "text": shown(rows[one.row].text)} for one in figures.mistakes]
    return {**brief(figures), "by_label": [asdict(one) for one in figures.by_label], "mistakes": mistakes}


def tell_figures(door: Door, title: Text, figures: Figures) -> None:
    """The main figures in one table."""
    columns = (("行数", "rows"), ("准确率", "accuracy"), ("宏平均 F1", "macro-F1"), ("校准误差", "calibration error"))
    row: list[Any] = [f"{figures.rows:,}", *map(share, (figures.accuracy, figures.macro_f1, figures.calibration_error))]
    lead: tuple[tuple[str, str], ...] = ()
    if figures.lead_f1 is not None:
        lead, row = (("线索 F1", "lead F1"),), [*row, share(figures.lead_f1)]
    door.table(title, (*columns, *lead), [row])


def tell_labels(door: Door, figures: Figures) -> None:
    """A row a label."""
    columns = (("标签", "label"), ("精确率", "precision"), ("召回率", "recall"), ("F1", "F1"), ("行数", "rows"))
    rows = [(o.label, share(o.precision), share(o.recall), share(o.f1), o.support) for o in figures.by_label]
    door.table(Text("各标签", "labels"), columns, rows)


def tell_mistakes(door: Door, figures: Figures, rows: Sequence[Row]) -> None:
    """The surest mistakes first."""
    columns = (("标签", "label"), ("读成", "read as"), ("概率", "probability"), ("文本", "text"))
    told = [(o.label, o.said, f"{o.probability:.2f}", shown(rows[o.row].text)) for o in figures.mistakes]
    if told:
        door.table(Text("最严重的误判", "worst mistakes"), columns, told)


def tell_remembered(door: Door, known: int) -> None:
    """That figures are too good, where the head was trained on some of the rows."""
    if known:
        zh = f"注意：其中 {known:,} 行是模型训练时用过的，以上数字偏高。请用没有训练过的行检验。"
        en = f"mind: the model was trained on {known:,} of these rows, which flatters it. Use rows it has not seen."
        door.say(Text(zh, en))


def tell_left_out(door: Door, left_out: Mapping[str, int], complaints: Sequence[Complaint]) -> None:
    """How many rows are not used and why; the first lines that cannot be read."""
    if left_out:
        zh = "，".join(f"{_word(code).zh} {count}" for code, count in left_out.items())
        en = ", ".join(f"{_word(code).en} {count}" for code, count in left_out.items())
        door.say(Text(f"未使用的行：{zh}", f"rows left out: {en}"))
    for one in complaints:
        limit = "" if one.limit is None else Text(f"（上限 {one.limit} 字）", f" (limit {one.limit} characters)")
        door.say(f"  {one.file}:{one.line}  {_word(one.code)}{limit}  {one.value}")


def tell_disbelieved(door: Door, rows: Sequence[tuple[Row, str]], *, most: int) -> None:
    """Rows whose label the head does not believe."""
    if not rows:
        return
    columns = (("标签", "label"), ("更像", "rather"), ("文本", "text"))
    title = Text(
        f"标签存疑、未用于训练的行 {len(rows)}（--keep-disputed 保留）",
        f"{len(rows)} rows whose label is doubtful, not learnt from (--keep-disputed keeps them)",
    )
    door.table(title, columns, [(row.label, said, shown(row.text)) for row, said in rows[:most]])


def recipe_told(recipe: Recipe | Course) -> Text:
    """A recipe in a line."""
    if isinstance(recipe, Course):
        zh, en = "配方：spaCy TextCategorizer", "recipe: spaCy's TextCategorizer"
        return Text(
            f"{zh}，{recipe.epochs} 轮，每批 {recipe.batch} 行",
            f"{en}, {recipe.epochs} epochs, {recipe.batch} rows at once",
        )
    filtered = Text("去掉存疑行", "doubtful rows left out") if recipe.filtered else Text("保留所有行", "all rows kept")
    numbers = f"C={recipe.cost:g}"
    return Text(
        f"配方：{numbers}，1–{recipe.orders} 字片段，标签均衡 {recipe.balance:g}，{filtered.zh}",
        f"recipe: {numbers}, n-grams up to {recipe.orders}, balance {recipe.balance:g}, {filtered.en}",
    )


def _word(code: str) -> Text:
    return _LEFT_OUT.get(code, Text(code, code))
