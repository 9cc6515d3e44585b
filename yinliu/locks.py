"""A lock between processes of one machine: held as long as its file is open, gone with the process, however it ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yinliu.errors import RetryLater
from yinliu.language import Text


@contextmanager
def only_one(path: Path, *, what: Text) -> Iterator[None]:
    """Hold the lock at ``path``; :class:`RetryLater` when somebody else holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = Text(
                f"{what.zh}正在另一个进程中进行，请稍后再试。", f"{what.en} is running elsewhere; try again later."
            )
            raise RetryLater(message, code="already_running") from error
        yield
