"""A workspace's rules, words and heads as one bundle: what reads for every stage and command."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from nlp.bundle import Bundle, Spec
from nlp.encoders.asking import SecondOpinion
from nlp.heads.head import Head
from nlp.heads.store import load
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.workspace.folder import Workspace

HEADS = ("intents", "sentiment", "topics")
"""The heads that tagging uses; `yinliu train` makes others too."""


def bundle_of(workspace: Workspace) -> Bundle:
    """The bundle of a workspace: heads that the team trained take the place of those that are shipped."""
    cities = (city for community in workspace.communities.communities for city in community.cities)
    spec = Spec(
        topics=workspace.topics, intents=workspace.intents, words=workspace.words, places=tuple(sorted(set(cities)))
    )
    return Bundle(spec, dict(_heads(workspace)), second=_second(workspace))


def shipped(name: str) -> Path | None:
    """Where a head of ours lies; None where we ship none of this name."""
    folder = Path(str(files("nlp") / "shipped" / name))
    return folder if folder.is_dir() else None


def trained(workspace: Workspace, name: str) -> Path:
    """Where a head that the team trained lies."""
    return workspace.data / "heads" / name


def _heads(workspace: Workspace) -> Iterator[tuple[str, Head]]:
    for name in HEADS:
        own = trained(workspace, name)
        folder = own if own.is_dir() else shipped(name)
        if folder is not None:
            yield name, _load(folder)


def _second(workspace: Workspace) -> SecondOpinion | None:
    """The second opinion that ``intents.yaml`` chooses."""
    from nlp.encoders.choice import UNSURE, encoder_of
    from nlp.encoders.store import load as load_opinion

    policy = workspace.intents
    try:
        encoder = encoder_of(policy.encoder, workspace=workspace.folder)
        if encoder is None:
            return None
        own, ours = trained(workspace, "intents") / "opinion", shipped(f"opinions/{encoder.name}")
        opinion = load_opinion(own if own.is_dir() or ours is None else ours)
        opinion.check(encoder)
    except (ValueError, OSError) as error:
        text = Text(
            f"intents.yaml 的 encoder: {policy.encoder} 用不了（{error}）。",
            f"intents.yaml: encoder: {policy.encoder} cannot be used ({error}).",
        )
        raise Misconfigured(text, code="bad_encoder") from error
    return SecondOpinion(encoder, opinion, policy.unsure or UNSURE.get(encoder.name, 0.5))


def _load(folder: Path) -> Head:
    try:
        return load(folder)
    except (ValueError, OSError) as error:
        text = Text(
            f"模型 {folder} 无法使用（{error}）。请重新训练（yinliu train），或删除该目录改用内置模型。",
            f"the head {folder} cannot be used ({error}). Train it again, or remove the folder to use ours.",
        )
        raise Misconfigured(text, code="bad_head") from error
