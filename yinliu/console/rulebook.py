"""``communities.yaml`` as it is now: the server runs for weeks, and groups are closed and opened meanwhile."""

from __future__ import annotations

from threading import Lock

from yinliu.errors import YinliuError
from yinliu.workspace.communities import Communities
from yinliu.workspace.folder import Workspace

_FILES = ("communities.yaml", "topics.yaml", "intents.yaml")


class Rulebook:
    """The communities, read again when a file changed; while a file is being written wrongly, the last good ones."""

    def __init__(self, workspace: Workspace) -> None:
        self._folder = workspace.folder
        self._lock = Lock()
        self._seen = self._mark()
        self._rules = workspace.communities

    def current(self) -> Communities:
        """The rules of this moment."""
        with self._lock:
            mark = self._mark()
            if mark != self._seen:
                self._seen = mark
                self._read()
            return self._rules

    def _read(self) -> None:
        try:
            self._rules = Workspace(self._folder).communities
        except (YinliuError, OSError):
            return

    def _mark(self) -> tuple[tuple[int, int], ...]:
        return tuple(self._stamp(name) for name in _FILES)

    def _stamp(self, name: str) -> tuple[int, int]:
        try:
            found = (self._folder / name).stat()
        except OSError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_size)
