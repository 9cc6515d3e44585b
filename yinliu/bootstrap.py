"""Settings into wired parts, once: the workspace, the database, the key, the tagger."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from models.database import Schema, open_engine, schema_state, upgrade
from models.unit_of_work import UnitOfWork
from models.vault import Vault, new_key
from yinliu.errors import ActionNeeded, Misconfigured, RetryLater
from yinliu.language import Text
from yinliu.settings import Settings
from yinliu.workspace.document import no_such
from yinliu.workspace.folder import Workspace

DATABASE_FILE = "yinliu.db"


@dataclass(frozen=True)
class App:
    """Every part a command may need; each is made when it is first asked for, tests give their own."""

    settings: Settings

    @cached_property
    def workspace(self) -> Workspace:
        """The team's folder: ``--workspace``, ``YINLIU_WORKSPACE``, else the current folder."""
        return Workspace(self.settings.workspace or Path.cwd())

    @cached_property
    def database_url(self) -> str:
        """The database: ``--database-url``, ``YINLIU_DATABASE_URL``, else a SQLite file in the workspace."""
        given = self.settings.database_url
        self.workspace.general  # noqa: B018 (no database is made in a folder that is no workspace)
        if given is None:
            self.workspace.data.mkdir(parents=True, exist_ok=True)
            return f"sqlite:///{self.workspace.data / DATABASE_FILE}"
        return normal_database_url(given.get_secret_value())

    @cached_property
    def raw_engine(self) -> Engine:
        """The database as it is, whatever its tables are."""
        return open_engine(self.database_url)

    @cached_property
    def engine(self) -> Engine:
        """The database with tables of this code's revision; an empty one gets them."""
        check_schema(self.raw_engine)
        return self.raw_engine

    def begin(self) -> UnitOfWork:
        """A new unit of work."""
        return UnitOfWork(self.engine)

    def reading(self) -> UnitOfWork:
        """A new unit of work that changes nothing, and that neither waits for a writer nor keeps one waiting."""
        return UnitOfWork(self.engine, reading=True)

    @cached_property
    def vault(self) -> Vault:
        """The key for contact details, known to be the one this database was written with."""
        with self.reading() as work:
            mark = work.runs.key_mark()
        vault = Vault(_key(self.settings, may_create=mark is None))
        if mark is None:
            with self.begin() as work:
                work.runs.mark_key(vault.check)
                work.commit()
            with self.begin() as work:  # another machine may have been first
                mark = work.runs.key_mark()
        if mark != vault.check:
            raise _wrong_key(self.settings)
        return vault

    @cached_property
    def bundle(self) -> Any:
        """The workspace's rules, words and heads, compiled."""
        from yinliu.understanding import bundle_of

        return bundle_of(self.workspace)

    @cached_property
    def tagger(self) -> Any:
        """The bulk door to :attr:`bundle`."""
        from nlp.tagger import Tagger

        return Tagger(self.bundle, self.workspace.zone)

    @cached_property
    def platforms(self) -> Mapping[str, Any]:
        """Every platform's spider by name."""
        from crawlers.settings import platforms

        return platforms()

    @cached_property
    def sources(self) -> dict[str, Any]:
        """The workspace's sources by name."""
        options = {name: spider.Options for name, spider in self.platforms.items()}
        return {source.name: source.located(self.workspace.folder) for source in self.workspace.sources(options)}

    def chosen_sources(self, names: list[str]) -> list[Any]:
        """The sources of these names, all when none is named; an unknown one is :class:`Misconfigured`."""
        for name in names:
            if name not in self.sources:
                said = Text(f"sources.yaml 里没有名为 {name!r} 的来源", f"sources.yaml has no source {name!r}")
                raise Misconfigured(no_such(said, name, self.sources), code="no_source")
        return [self.sources[name] for name in names] if names else list(self.sources.values())

    @property
    def browser(self) -> str | None:
        """The Chromium that pages are rendered with; None lets Playwright take its own."""
        return find_browser(self.settings)


def normal_database_url(given: str) -> str:
    """A URL as SQLAlchemy needs it: ``postgres://`` and ``postgresql://`` mean psycopg 3."""
    try:
        url = make_url(given)
    except ArgumentError as error:
        text = Text(
            "数据库地址无法识别，应形如 sqlite:////路径/yinliu.db 或 postgresql://用户@主机/库名",
            "the database URL cannot be read; like sqlite:////path/yinliu.db or postgresql://user@host/name",
        )
        raise Misconfigured(text, code="bad_database_url") from error
    backend = url.drivername.partition("+")[0]
    if backend in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    if backend != "sqlite":
        text = Text(
            f"不支持数据库 {backend}，可用 sqlite 或 postgresql", f"no such database {backend}: sqlite or postgresql"
        )
        raise Misconfigured(text, code="bad_database_url")
    return given


def check_schema(engine: Engine) -> None:
    """Make the tables of an empty database; refuse one that this code cannot work with."""
    try:
        state, revision = schema_state(engine)
    except OperationalError as error:
        shown = engine.url.render_as_string(hide_password=True)
        reason = str(error.orig).splitlines()[0][:200]
        message = Text(
            f"连不上数据库 {shown}：{reason}。下一步：检查地址与服务。",
            f"no connection to {shown}: {reason}. Check it.",
        )
        raise RetryLater(message, code="database_unreachable") from error
    except DatabaseError as error:
        shown = engine.url.render_as_string(hide_password=True)
        reason = str(error.orig).splitlines()[0][:200]
        message = Text(
            f"{shown} 不是可用的数据库：{reason}。请换一个文件或地址。", f"{shown} is no usable database: {reason}."
        )
        raise ActionNeeded(message, code="database_unreadable") from error
    if state is Schema.EMPTY:
        upgrade(engine)
    elif state is not Schema.CURRENT:
        raise _unfit(state, revision, engine)


def _unfit(state: Schema, revision: str | None, engine: Engine) -> ActionNeeded:
    shown = engine.url.render_as_string(hide_password=True)
    if state is Schema.OLDER:
        text = Text(
            f"数据库 {shown} 的结构较旧（{revision}）。先备份（SQLite 复制该文件，PostgreSQL 用 pg_dump），"
            f"再在同一工作区运行 yinliu db upgrade。",
            f"the tables of {shown} are older ({revision}). Back it up, then `yinliu db upgrade`.",
        )
        return ActionNeeded(text, code="database_older")
    if state is Schema.NEWER:
        text = Text(
            f"数据库 {shown} 的结构（{revision}）比当前程序新。请升级 yinliu，或换用旧库的备份。",
            f"the tables of {shown} ({revision}) are newer than this program. Upgrade yinliu, or use an older backup.",
        )
        return ActionNeeded(text, code="database_newer")
    text = Text(
        f"数据库 {shown} 里有别的程序的表。请换一个库。", f"{shown} holds another program's tables. Use another."
    )
    return ActionNeeded(text, code="database_foreign")


def find_browser(settings: Settings) -> str | None:
    """``YINLIU_CHROMIUM``, else Debian's Chromium, else the one that Playwright downloaded; None without any."""
    if settings.chromium:
        return str(settings.chromium)
    usual = [Path("/usr/bin") / name for name in ("chromium", "chromium-browser", "google-chrome")]
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    own = sorted(cache.glob("chromium*/chrome-linux*/*chrome*"), reverse=True)
    return next((str(path) for path in (*usual, *own) if path.is_file() and os.access(path, os.X_OK)), None)


def _key(settings: Settings, *, may_create: bool) -> str:
    if settings.key is not None:
        return _checked(settings.key, Text("环境变量 YINLIU_KEY", "the variable YINLIU_KEY"))
    file = settings.secret_file
    if file.exists():
        return _checked(SecretStr(file.read_text(encoding="ascii", errors="replace")), Text(str(file), str(file)))
    if not may_create:
        text = Text(
            f"找不到密钥文件 {file}，已有的联系方式无法解密。请恢复该文件，或设置 YINLIU_KEY / YINLIU_KEY_FILE。",
            f"the key file {file} is missing: contacts cannot be read. Restore it, or set YINLIU_KEY(_FILE).",
        )
        raise ActionNeeded(text, code="key_missing")
    return _create_key(file)


def _create_key(file: Path) -> str:
    """Write a new key, unless another process did so meanwhile."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = new_key()
    part = file.with_name(f".{file.name}.{os.getpid()}")
    part.touch(mode=0o600)
    part.write_text(key + "\n", encoding="ascii")
    try:
        os.link(part, file)
    except FileExistsError:
        key = file.read_text(encoding="ascii")
    finally:
        part.unlink()
    return key


def _checked(key: SecretStr, where: Text) -> str:
    try:
        Vault(key.get_secret_value())
    except ValueError as error:
        text = Text(f"{where.zh} 不是有效的密钥（应为 32 字节的 base64）", f"{where.en} is no key (32 bytes in base64)")
        raise Misconfigured(text, code="bad_key") from error
    return key.get_secret_value()


def _wrong_key(settings: Settings) -> ActionNeeded:
    where = "YINLIU_KEY" if settings.key is not None else str(settings.secret_file)
    text = Text(
        f"密钥（{where}）与这个数据库使用的不一致。请换回原来的密钥。",
        f"the key ({where}) is not the one this database was written with. Use that one again.",
    )
    return ActionNeeded(text, code="key_wrong")
