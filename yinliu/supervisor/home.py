"""The folder that holds everything a supervisor writes: lock, identity, secrets, Airflow's settings, logs."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from yinliu.errors import RetryLater
from yinliu.language import Text

USER = "admin"
LOG_LIMIT = 10_000_000


@dataclass(frozen=True, slots=True)
class Home:
    """Paths in the home folder; every file with a secret in it has mode 0600, the folder 0700."""

    path: Path

    @property
    def password_file(self) -> Path:
        """Where Airflow's simple auth manager looks for passwords: a JSON object by user name."""
        return self.path / "passwords.json"

    @property
    def config_file(self) -> Path:
        """Airflow's settings, written anew at every start."""
        return self.path / "airflow.cfg"

    @property
    def pools_file(self) -> Path:
        """The pools that are imported at every start."""
        return self.path / "pools.json"

    @property
    def logs(self) -> Path:
        """The folder of log files."""
        return self.path / "logs"

    def log(self, name: str) -> Path:
        """The log file of one component."""
        return self.logs / f"{name}.log"

    def prepare(self) -> None:
        """Make the folder, closed to everybody else."""
        self.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)
        if not self.password_file.exists():
            write_private(self.password_file, json.dumps({USER: secrets.token_urlsafe(18)}) + "\n")

    def secrets(self) -> Mapping[str, str]:
        """Generated at the first start and kept: ``jwt``, ``fernet``, ``api`` and ``identity``."""
        file = self.path / "secrets.json"
        if not file.exists():
            write_private(file, json.dumps(_generated(), indent=2) + "\n")
        kept: dict[str, str] = json.loads(file.read_text())
        return kept

    def rotate(self, name: str) -> None:
        """Put a log that has grown large aside, over the one put aside before; its writer appends and goes on."""
        log = self.log(name)
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the home for one supervisor; the kernel lets go of it however that one ends."""
        with (self.path / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                file.seek(0)
                raise _already_running(self.path, file.read().strip()) from error
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
            yield


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = file.with_name(f"{file.name}.part")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)


def _generated() -> dict[str, str]:
    return {
        "jwt": secrets.token_urlsafe(64),
        "fernet": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "api": secrets.token_urlsafe(32),
        "identity": secrets.token_hex(16),
    }


def _already_running(path: Path, pid: str) -> RetryLater:
    return RetryLater(
        Text(
            f"{path} 已有一个 yinliu up 在运行（进程 {pid}），请先停掉它，或换一个工作区",
            f"{path} is in use by another yinliu up (process {pid}): stop it first, or take another workspace",
        ),
        code="already_running",
    )
