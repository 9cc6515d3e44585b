"""The workspace folder: its files as checked models, its data folders, and the starter that ``init`` writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from nlp.rules import LONGEST_WORD, Intents, Topics, Words
from yinliu.errors import Misconfigured
from yinliu.foreign import in_chinese
from yinliu.language import Text
from yinliu.workspace.communities import Communities
from yinliu.workspace.document import Document, mistakes, no_such
from yinliu.workspace.policies import Crm, General, Scoring, Sources

STARTER_FILES = (
    "yinliu.yaml",
    "sources.yaml",
    "topics.yaml",
    "intents.yaml",
    "words.yaml",
    "scoring.yaml",
    "communities.yaml",
    "crm.yaml",
)
OTHER_SIGNALS = ("contact_left", "topic_fit", "engagement", "repeat", "colleague", "competitor")
"""Kinds of signals that are not intents."""


class Workspace:
    """A team's folder; each file is read when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            what = Text("是文件，不是目录", "is a file") if folder.exists() else Text("不存在", "does not exist")
            text = Text(
                f"工作区 {folder} {what.zh}。运行 yinliu init 目录 新建，或用 --workspace 指定。",
                f"the workspace {folder} {what.en}. `yinliu init DIR` makes one; --workspace names another.",
            )
            raise Misconfigured(text, code="no_workspace")
        self.folder = folder.resolve()

    @property
    def data(self) -> Path:
        """Where everything that is not configuration lies."""
        return self.folder / "data"

    @property
    def landing(self) -> Path:
        """Where crawls leave their files: ``landing/SOURCE/RUN.jsonl``."""
        return self.data / "landing"

    @cached_property
    def general(self) -> General:
        """``yinliu.yaml``."""
        return self._document("yinliu.yaml").check(General)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of weeks and of times on screens."""
        return ZoneInfo(self.general.timezone)

    @cached_property
    def topics(self) -> Topics:
        """``topics.yaml``."""
        return self._document("topics.yaml").check(Topics)

    @cached_property
    def intents(self) -> Intents:
        """``intents.yaml``."""
        return self._document("intents.yaml").check(Intents)

    @cached_property
    def words(self) -> Words:
        """``words.yaml`` with the words of the files it names; none where there is no such file."""
        if not (self.folder / "words.yaml").exists():
            return Words()
        document = self._document("words.yaml")
        words = document.check(Words)
        listed = [word for row, name in enumerate(words.files) for word in self._listed(document, row, name)]
        known = dict.fromkeys((*words.keywords, *listed))
        return words.model_copy(update={"keywords": list(known)})

    def _listed(self, document: Document, row: int, name: str) -> list[str]:
        """The words of a file, one a line."""
        try:
            lines = (self.folder / name).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, ValueError) as error:
            text = Text(
                f"files.{row} = {name!r}：读不了（{in_chinese(str(error))}）",
                f"files.{row} = {name!r} cannot be read ({error})",
            )
            raise mistakes([document.mistake(("files", row), text)]) from error
        words = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        long = next((number for number, line in enumerate(lines, 1) if len(line.strip()) > LONGEST_WORD), None)
        if long is not None:
            text = Text(
                f"files.{row} = {name!r}：第 {long} 行超过 {LONGEST_WORD} 个字",
                f"files.{row} = {name!r}: line {long} has more than {LONGEST_WORD} characters",
            )
            raise mistakes([document.mistake(("files", row), text)])
        return words

    @cached_property
    def scoring(self) -> Scoring:
        """``scoring.yaml``; every signal it weighs is an intent or one of :data:`OTHER_SIGNALS`."""
        document = self._document("scoring.yaml")
        scoring = document.check(Scoring)
        known = [*OTHER_SIGNALS, *(intent.name for intent in self.intents.intents)]
        self._only_known(document, known, {("signals", name): name for name in scoring.signals})
        return scoring

    @cached_property
    def communities(self) -> Communities:
        """``communities.yaml``."""
        return self.communities_of(self.folder / "communities.yaml")

    def communities_of(self, file: Path) -> Communities:
        """A ``communities.yaml`` anywhere; every topic, intent, operator and hub that it names is known."""
        document = Document(file)
        communities = document.check(Communities)
        wrong = [
            document.mistake(at, _unknown(document.place(at), name, known)) for at, name, known in communities.unknown()
        ]
        if wrong:
            raise mistakes(wrong)
        known = [topic.name for topic in self.topics.topics]
        named = {
            ("communities", row, "topics", column): topic
            for row, community in enumerate(communities.communities)
            for column, topic in enumerate(community.topics)
        }
        self._only_known(document, known, named)
        wanted = {
            ("communities", row, "intents", column): intent
            for row, community in enumerate(communities.communities)
            for column, intent in enumerate(community.intents)
        }
        if wanted:
            self._only_known(document, [intent.name for intent in self.intents.intents], wanted)
        return communities

    @cached_property
    def titles(self) -> dict[str, str]:
        """The titles of topics, intents and communities by ``topic:NAME`` and so on; of files that can be read."""
        found: dict[str, str] = {}
        parts: tuple[tuple[str, Callable[[], Iterable[Any]]], ...] = (
            ("topic", lambda: self.topics.topics),
            ("intent", lambda: self.intents.intents),
            ("community", lambda: self.communities.communities),
        )
        for kind, read in parts:
            with suppress(Misconfigured):
                found |= titles_of(kind, read())
        return found

    @cached_property
    def crm(self) -> Crm:
        """``crm.yaml``."""
        return self._document("crm.yaml").check(Crm)

    def sources(self, platforms: Mapping[str, type[BaseModel]]) -> list[Any]:
        """``sources.yaml``: each source as its platform's options."""
        document = self._document("sources.yaml")
        rows = document.check(Sources).sources or []
        named = {("sources", row, "platform"): source.platform for row, source in enumerate(rows)}
        self._only_known(document, sorted(platforms), named)
        sources = [document.check(platforms[source.platform], at=("sources", row)) for row, source in enumerate(rows)]
        self._refuse_twins(document, [source.name for source in sources])  # type: ignore[attr-defined]
        return sources

    @staticmethod
    def _refuse_twins(document: Document, names: list[str]) -> None:
        for row, name in enumerate(names):
            if name in names[:row]:
                text = Text(f"sources.{row}.name = {name!r}：名称重复", f"sources.{row}.name = {name!r} is used twice")
                raise mistakes([document.mistake(("sources", row, "name"), text)])

    @staticmethod
    def _only_known(document: Document, known: list[str], named: Mapping[Any, str]) -> None:
        wrong = [
            document.mistake(where, _unknown(document.place(where), name, known))
            for where, name in named.items()
            if name not in known
        ]
        if wrong:
            raise mistakes(wrong)

    def _document(self, name: str) -> Document:
        return Document(self.folder / name)


def titles_of(kind: str, rules: Iterable[Any]) -> dict[str, str]:
    """The titles of rules by ``KIND:NAME``."""
    return {f"{kind}:{rule.name}": rule.title for rule in rules if rule.title}


def _unknown(place: Text, name: str, known: list[str]) -> Text:
    said = Text(f"{place.zh} = {name!r}：没有这个名称", f"{place.en} = {name!r} is not known")
    return no_such(said, name, known)


def write_starter(folder: Path) -> list[Path]:
    """Write the commented starter files that are missing; gives the files written, leaves all others alone."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        text = Text(
            f"无法在 {folder} 新建工作区（{in_chinese(error.strerror)}）。请换一个目录名。",
            f"no workspace can be made at {folder} ({error.strerror}). Choose another folder.",
        )
        raise Misconfigured(text, code="bad_folder") from error
    written = []
    for name in (*STARTER_FILES, ".gitignore"):
        target = folder / name
        if not target.exists():
            source = files("yinliu.workspace") / "starter" / name.replace(".gitignore", "gitignore")
            target.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
            written.append(target)
    return written
