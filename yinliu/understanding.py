"""A workspace's rules, words and heads as one bundle: what reads for every stage and command."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from nlp.bundle import Bundle, Spec
from nlp.encoders.asking import SecondOpinion
from nlp.encoders.memory import Remembering
from nlp.heads.classifier import Classifier
from nlp.heads.kinds import load_head
from nlp.heads.store import load
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.workspace.folder import Workspace

HEADS = ("intents", "sentiment", "topics")
"""The heads that tagging uses and a team may train; `yinliu train` makes others too."""
OURS = ("opt_out",)
"""The heads that are the same for every team."""


OPINION = "opinion"
"""Where, in the folder of a head of intents, the opinion of an encoder lies that was trained with it."""


def bundle_of(workspace: Workspace, *, intents: Path | None = None, encoder: str | None = None) -> Bundle:
    """The bundle of a workspace: heads that the team trained take the place of those that are shipped.

    ``intents``: a folder whose head of intents, and opinion, are used instead; ``encoder`` instead of the workspace's.
    """
    heads = dict(_heads(workspace))
    if intents is not None:
        heads["intents"] = _load(intents, linear=True)
    choice = encoder or _encoder_beside(intents) or workspace.intents.encoder
    folder = (intents or trained(workspace, "intents")) / OPINION
    return Bundle(_spec(workspace), heads, second=_second(workspace, choice, folder))


def rules_of(workspace: Workspace) -> Bundle:
    """The bundle without heads: what rules and words say, also where a head is broken."""
    return Bundle(_spec(workspace), {})


def starter() -> Workspace:
    """The rules that we ship, for commands that need no workspace."""
    return Workspace(Path(str(files("yinliu.workspace") / "starter")))


def shipped(name: str) -> Path | None:
    """Where a head of ours lies; None where we ship none of this name."""
    folder = Path(str(files("nlp") / "shipped" / name))
    return folder if folder.is_dir() else None


def trained(workspace: Workspace, name: str) -> Path:
    """Where a head that the team trained lies."""
    return workspace.data / "heads" / name


def _spec(workspace: Workspace) -> Spec:
    cities = (city for community in workspace.communities.communities for city in community.cities)
    return Spec(
        topics=workspace.topics, intents=workspace.intents, words=workspace.words, places=tuple(sorted(set(cities)))
    )


def _heads(workspace: Workspace) -> Iterator[tuple[str, Classifier]]:
    for name in (*HEADS, *OURS):
        own = trained(workspace, name)
        folder = own if own.is_dir() and name in HEADS else shipped(name)
        if folder is not None:
            yield name, _load(folder, linear=name == "intents")


def _encoder_beside(folder: Path | None) -> str | None:
    """The encoder whose opinion lies in a head's folder, where it is installed."""
    from nlp.encoders.choice import encoder_of
    from nlp.encoders.store import load as load_opinion

    if folder is None or not (folder / OPINION).is_dir():
        return None
    try:
        choice = load_opinion(folder / OPINION).encoder
        encoder_of(choice, workspace=folder)
    except ValueError:
        return None
    return choice


def _second(workspace: Workspace, choice: str, folder: Path) -> SecondOpinion | None:
    """The second opinion of an encoder: the team's in ``folder``, else ours."""
    from nlp.encoders.choice import UNSURE, encoder_of
    from nlp.encoders.store import load as load_opinion

    try:
        encoder = encoder_of(choice, workspace=workspace.folder)
        if encoder is None:
            return None
        ours = shipped(f"opinions/{encoder.name}")
        opinion = load_opinion(folder if folder.is_dir() or ours is None else ours)
        opinion.check(encoder)
    except (ValueError, OSError) as error:
        text = Text(f"encoder: {choice} 用不了（{error}）。", f"encoder: {choice} cannot be used ({error}).")
        raise Misconfigured(text, code="bad_encoder") from error
    return SecondOpinion(Remembering(encoder), opinion, workspace.intents.unsure or UNSURE.get(encoder.name, 0.5))


def _load(folder: Path, *, linear: bool) -> Classifier:
    try:
        return load(folder) if linear else load_head(folder)
    except (ValueError, OSError) as error:
        text = Text(
            f"模型 {folder} 无法使用（{error}）。请重新训练（yinliu train），或删除该目录改用内置模型。",
            f"the head {folder} cannot be used ({error}). Train it again, or remove the folder to use ours.",
        )
        raise Misconfigured(text, code="bad_head") from error
