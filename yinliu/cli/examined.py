"""Which head is examined, and the rules that it was learnt with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from yinliu.cli.door import Door
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.workspace.folder import Workspace

if TYPE_CHECKING:  # heads need numpy and scipy, which take a third of a second to import
    from nlp.encoders.encoder import Encoder
    from nlp.heads.answers import Probabilities
    from nlp.heads.classifier import Classifier
    from nlp.heads.flags import RuleFlags
    from nlp.heads.rows import Row
    from nlp.segmenter import Segmenter

INTENTS = "intents"
TOPICS = "topics"
NONE = "none"
_INSTALLED = "use"
_OTHER = "chat_other"


def in_workspace(door: Door) -> bool:
    """Whether the command was given a workspace, or stands in one."""
    return door.app.settings.workspace is not None or (Path.cwd() / "yinliu.yaml").exists()


def team(door: Door) -> Workspace:
    """The workspace, or the rules that we ship where there is none."""
    from yinliu.understanding import starter

    return door.app.workspace if in_workspace(door) else starter()


def rule_flags(door: Door, name: str) -> RuleFlags:
    """What rules say beside n-grams: heads of intents alone learn from them."""
    from nlp.heads.flags import no_flags
    from yinliu.understanding import rules_of

    if name != INTENTS:
        return no_flags
    flags: RuleFlags = rules_of(team(door)).flags
    return flags


def textcat_words(door: Door, name: str) -> Segmenter | None:
    """What cuts words for spaCy's ``TextCategorizer``, where ``topics.yaml`` chooses that; None: a linear head."""
    from yinliu.understanding import rules_of

    if name != TOPICS or not in_workspace(door) or door.app.workspace.topics.classifier != "textcat":
        return None
    return rules_of(door.app.workspace).segmenter


def opinion_encoder(door: Door, choice: str | None) -> Encoder | None:
    """The encoder whose opinion is trained: ``choice``, the workspace's, or the one that is installed (``use``)."""
    from nlp.encoders.choice import encoder_of

    wanted = choice or team(door).intents.encoder
    try:
        return encoder_of(wanted if choice or wanted != NONE else _INSTALLED, workspace=team(door).folder)
    except ValueError as error:
        if not choice and wanted == NONE:
            return None
        text = Text(f"encoder: {wanted} 用不了（{error}）。", f"encoder: {wanted} cannot be used ({error}).")
        raise Misconfigured(text, code="bad_encoder") from error


def own_folder(door: Door, name: str) -> Path:
    """Where the team's own head of a name lies."""
    from yinliu.understanding import trained

    return trained(door.app.workspace, name)


def reader(door: Door, name: str, model: Path | None, *, encoder: str | None = None) -> Probabilities:
    """What is examined: a head; for intents all that reads them, rules, guards and the encoder's opinion too."""
    from nlp.heads.answers import probabilities_of

    if name == INTENTS:
        return _whole_reading(door, model, encoder)
    folder = model if model is not None else _used(door, name)
    return probabilities_of(_load(folder), rule_flags(door, name))


def _whole_reading(door: Door, model: Path | None, encoder: str | None) -> Probabilities:
    from yinliu.understanding import bundle_of

    bundle = bundle_of(team(door), intents=model, encoder=encoder)
    return lambda texts: bundle.judge.probabilities(bundle.read(texts).weighed, other=_OTHER)


def _used(door: Door, name: str) -> Path:
    from yinliu.understanding import shipped

    own = own_folder(door, name)
    folder = own if own.is_dir() else shipped(name)
    if folder is None:
        text = Text(
            f"还没有名为 {name} 的模型（{own}）。先运行 yinliu train {name} --data 文件.tsv，或用 --model 指定目录。",
            f"there is no head {name} ({own}). Run `yinliu train {name} --data FILE.tsv`, or name one by --model.",
        )
        raise Misconfigured(text, code="no_head")
    return folder


def _load(folder: Path) -> Classifier:
    from nlp.heads.kinds import load_head

    try:
        return load_head(folder)
    except ValueError as error:
        text = Text(
            f"{folder} 不是可用的模型目录：{error}。请用 yinliu train 重新训练。",
            f"{folder} is no usable head: {error}. Train it again by `yinliu train`.",
        )
        raise Misconfigured(text, code="bad_head") from error


def remembered(door: Door, name: str, model: Path | None, rows: Sequence[Row]) -> int:
    """How many rows the head that is examined was trained on; 0 where nobody knows."""
    from nlp.heads import examination
    from nlp.heads.store import load_unseen

    try:
        folder = model if model is not None else _used(door, name)
        unseen = load_unseen(folder, labels=len(_load(folder).labels))
    except (Misconfigured, ValueError):
        return 0
    return examination.remembered([row.text for row in rows], unseen)
