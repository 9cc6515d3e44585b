"""``yinliu train`` and ``yinliu evaluate``: heads of any labels, learnt from a team's own rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yinliu.cli.door import Door
from yinliu.errors import Misconfigured
from yinliu.language import Text

if TYPE_CHECKING:  # heads need numpy and scipy, which take a third of a second to import
    from models.repositories.labels import Labelled
    from nlp.heads.answers import Probabilities
    from nlp.heads.flags import RuleFlags
    from nlp.heads.head import Head
    from yinliu.stages.material import Material
    from yinliu.stages.train import Learnt

INTENTS = "intents"
_TOLD = 5
_NAMED = 8

Name = Annotated[
    str, typer.Argument(help="模型名称，如 intents、topics、或自定义 / a head's name, any", metavar="HEAD")
]
DataFiles = Annotated[list[Path] | None, typer.Option("--data", help="标注文件 标签<TAB>文本，可多次 / label<TAB>text")]


def train(  # noqa: PLR0917 (options of a command)
    context: typer.Context,
    name: Name,
    data: DataFiles = None,
    out: Annotated[Path | None, typer.Option(help="写到哪个目录，默认 data/heads/HEAD / the folder to write")] = None,
    without_seeds: Annotated[bool, typer.Option("--without-seeds", help="不用内置样本 / without our examples")] = False,
    keep_disputed: Annotated[bool, typer.Option("--keep-disputed", help="保留存疑的行 / keep doubtful rows")] = False,
    force: Annotated[bool, typer.Option("--force", help="即使更差也替换 / replace a better head")] = False,
) -> None:
    """用团队自己的标注训练模型，不会替换更好的模型。 / Train a head from the team's labels."""
    from yinliu.stages.counts import now
    from yinliu.stages.train import train_head

    door: Door = context.obj
    _check_name(name)
    material = _material(door, name, data or [], alone=out is not None and bool(data), seeded=not without_seeds)
    target = out if out is not None else _own(door, name)
    with door.watching(Text(f"训练 {name}", f"train {name}")):
        learnt = train_head(
            material,
            name=name,
            target=target,
            now=now(),
            rival=_rival(target, name, own=out is None),
            flags_of=_flags(door, name),
            keep_disputed=keep_disputed,
            force=force,
        )
    _tell_learnt(door, name, material, learnt, target)


def evaluate(
    context: typer.Context,
    name: Name,
    file: Annotated[Path, typer.Argument(help="标注文件 标签<TAB>文本 / label<TAB>text", metavar="FILE")],
    model: Annotated[Path | None, typer.Option(help="模型目录，默认用工作区的 / a head's folder")] = None,
    worst: Annotated[int, typer.Option(min=0, max=10_000, help="列出几条最严重的误判 / mistakes told")] = 10,
) -> None:
    """用标注文件检验模型：准确率、宏平均 F1、各标签、校准误差、误判。 / How well a head reads a table of labels."""
    from yinliu.cli import figures as told
    from yinliu.stages.evaluate import evaluate_rows
    from yinliu.stages.material import read_file

    door: Door = context.obj
    _check_name(name)
    table = read_file(file)
    result = evaluate_rows(table.rows, _reader(door, name, model), worst=worst)
    left_out = {**({"second_label": table.second_labels} if table.second_labels else {}), **table.left_out}
    unknown = result.unknown
    door.give({"head": name, **told.whole(result.figures, table.rows), "left_out": left_out, "unknown_labels": unknown})
    told.tell_left_out(door, left_out, table.complaints)
    if unknown:
        listed = "、".join(unknown[:_NAMED]) + ("…" if len(unknown) > _NAMED else "")
        door.say(Text(f"模型不认识的标签（都算错）：{listed}", f"labels the model does not know, all wrong: {listed}"))
    told.tell_labels(door, result.figures)
    told.tell_mistakes(door, result.figures, table.rows)
    told.tell_figures(door, Text(f"检验 {name}", f"evaluation of {name}"), result.figures)


def _check_name(name: str) -> None:
    from nlp.heads.store import NAME

    if not re.fullmatch(NAME, name):
        text = Text(
            f"模型名称 {name[:60]!r} 不对：小写字母开头，只含小写字母、数字、下划线，最多 40 个字符。",
            f"{name[:60]!r} is no name of a head: a small letter, then small letters, digits, _; at most 40.",
        )
        raise Misconfigured(text, code="bad_head_name")


def _in_workspace(door: Door) -> bool:
    return door.app.settings.workspace is not None or (Path.cwd() / "yinliu.yaml").exists()


def _material(door: Door, name: str, files: Sequence[Path], *, alone: bool, seeded: bool) -> Material:
    """``alone``: without a workspace's labels, should there be no workspace."""
    from nlp.heads.seeds import seeds
    from yinliu.stages.material import check, gather

    labelled = _labelled(door, name, alone=alone)
    material = gather(files, labelled=labelled, seeds=seeds(name) if seeded else [])
    place = "、".join(map(str, files))
    where = Text(place, place) if files else Text(f"工作区的标注（{name}）", f"the workspace's labels for {name}")
    check(material, where=where)
    return material


def _labelled(door: Door, name: str, *, alone: bool) -> Labelled:
    from models.repositories.labels import Labelled

    if alone and not _in_workspace(door):
        return Labelled([], 0)
    with door.app.begin() as work:
        return work.labels.rows(name)


def _flags(door: Door, name: str) -> RuleFlags:
    """What rules say beside n-grams: heads of intents alone learn from them, where there is a workspace."""
    from nlp.heads.flags import no_flags

    if name != INTENTS or not _in_workspace(door):
        return no_flags
    flags: RuleFlags = door.app.bundle.flags
    return flags


def _own(door: Door, name: str) -> Path:
    from yinliu.understanding import trained

    return trained(door.app.workspace, name)


def _rival(target: Path, name: str, *, own: bool) -> Path | None:
    """The head whose place a new one takes; one of ours, where the team has none of its own yet."""
    from nlp.heads.store import is_head
    from yinliu.understanding import shipped

    if is_head(target):
        return target
    return shipped(name) if own else None


def _reader(door: Door, name: str, model: Path | None) -> Probabilities:
    """What is examined: a head, or for intents of a workspace all that reads them."""
    from nlp.heads.answers import probabilities_of

    if model is not None:
        return probabilities_of(_load(model), _flags(door, name))
    if name == INTENTS and _in_workspace(door):
        return _whole_reading(door)
    return probabilities_of(_load(_used(door, name)), _flags(door, name))


def _whole_reading(door: Door) -> Probabilities:
    bundle = door.app.bundle
    return lambda texts: (tuple(bundle.judge.labels), bundle.read(texts).weighed)


def _used(door: Door, name: str) -> Path:
    from yinliu.understanding import shipped

    own = _own(door, name)
    folder = own if own.is_dir() else shipped(name)
    if folder is None:
        text = Text(
            f"还没有名为 {name} 的模型（{own}）。先运行 yinliu train {name} --data 文件.tsv，或用 --model 指定目录。",
            f"there is no head {name} ({own}). Run `yinliu train {name} --data FILE.tsv`, or name one by --model.",
        )
        raise Misconfigured(text, code="no_head")
    return folder


def _load(folder: Path) -> Head:
    from nlp.heads.store import load

    try:
        return load(folder)
    except ValueError as error:
        text = Text(
            f"{folder} 不是可用的模型目录：{error}。请用 yinliu train 重新训练。",
            f"{folder} is no usable head: {error}. Train it again by `yinliu train`.",
        )
        raise Misconfigured(text, code="bad_head") from error


def _tell_learnt(door: Door, name: str, material: Material, learnt: Learnt, target: Path) -> None:
    from yinliu.cli import figures as told

    own, seeds, doubted = len(material.rows), len(material.seeds), len(learnt.disbelieved)
    door.say(Text(f"使用 {own:,} 行标注，{seeds:,} 行内置样本", f"{own:,} rows used, and {seeds:,} examples of ours"))
    told.tell_left_out(door, material.left_out, material.complaints)
    told.tell_disbelieved(door, learnt.disbelieved, most=_TOLD)
    door.say(told.recipe_told(learnt.trained.recipe))
    told.tell_figures(door, Text("交叉检验（没见过的行）", "on rows while unseen"), learnt.figures)
    verdict = learnt.verdict
    if verdict is not None:
        old, new = told.share(verdict.old), told.share(verdict.new)
        door.say(Text(f"宏平均 F1：原模型 {old} → 新模型 {new}", f"macro-F1: {old} before, {new} now"))
    door.say(Text(f"已写入 {target}", f"wrote {target}"))
    door.give(
        {
            "head": name,
            "rows": own,
            "seeds": seeds,
            "left_out": material.left_out,
            "disbelieved": doubted,
            "recipe": asdict(learnt.trained.recipe),
            "figures": told.brief(learnt.figures),
            "compared": None if verdict is None else asdict(verdict),
            "folder": str(target),
        }
    )
