"""Processes by the mark in their environment: whoever carries it is ours, in whatever session or group it has gone.

A task's command starts a session of its own and outlives a killed parent; its environment it keeps. Where there is
no ``/proc`` only process groups are stopped.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from yinliu.supervisor.parts import Component
from yinliu.supervisor.settings import COMPONENT

PROC = Path("/proc")
TICK = 0.05
EXEC_TICK = 0.001
EXEC_TICKS = 2000  # about two seconds: longer no program takes to begin
NONE_TICKS = 50  # while it is laid out, too, it begins where it ends; not for so long
ENV = slice(47, 49)  # of the fields after the name in /proc/PID/stat: where it begins and ends, see proc(5), 50 and 51


@dataclass(frozen=True, slots=True)
class Child:
    """A running component: a process that leads a session of its own."""

    component: Component
    process: subprocess.Popen[bytes]
    mark: Mapping[str, str]

    @property
    def alive(self) -> bool:
        """Whether it is still running (and reaps it when it is not)."""
        return self.process.poll() is None

    def stop(self, *, grace: float) -> None:
        """End it and all it has started: its tasks' commands first, so that it can still report how they ended."""
        for pid in marked(self.mark):
            if _group(pid) != self.process.pid:
                _send(pid, signal.SIGTERM)
        _send(self.process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(grace)
        self.kill()

    def kill(self) -> None:
        """End it and all it has started, at once."""
        if self.alive or not PROC.exists():  # the number of a process that was waited for may be somebody else's
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        sweep(self.mark, grace=0)


def start(
    component: Component,
    *,
    environment: Mapping[str, str],
    mark: Mapping[str, str],
    log: Path,
) -> Child:
    """Start a component in a session of its own, its output appended to ``log``."""
    own = {**mark, COMPONENT: component.name}
    with log.open("ab") as output:
        process = subprocess.Popen(
            component.command,
            env={**environment, **own},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Child(component, process, own)


def marked(mark: Mapping[str, str]) -> list[int]:
    """The processes, other than this one, whose environment holds every variable of ``mark``."""
    wanted = {f"{name}={value}".encode() for name, value in mark.items()}
    return [pid for pid, variables in _environments() if pid != os.getpid() and wanted <= variables]


def sweep(mark: Mapping[str, str], *, grace: float) -> int:
    """End every marked process, first politely, and return only when none is left; answers how many there were."""
    found = set(marked(mark))
    for pid in found:
        _send(pid, signal.SIGTERM if grace else signal.SIGKILL)
    until = time.monotonic() + grace
    while left := marked(mark):
        found.update(left)
        if time.monotonic() >= until:
            for pid in left:
                _send(pid, signal.SIGKILL)
        time.sleep(TICK)
    return len(found)


def environment_of(folder: Path) -> bytes:
    """What a process was started with, of its ``folder`` in ``/proc``: ``name=value``, each with a NUL behind it.

    Asked again while it is becoming another program: then there is none for a moment. OSError where it is gone or not
    ours to see.
    """
    none = 0
    for _ in range(EXEC_TICKS):
        if held := (folder / "environ").read_bytes():
            return held
        none = none + 1 if _was_given_none(folder) else 0
        if none >= NONE_TICKS:
            break
        time.sleep(EXEC_TICK)
    return b""


def _environments() -> Iterator[tuple[int, set[bytes]]]:
    for folder in PROC.glob("[0-9]*"):
        with suppress(OSError):
            yield int(folder.name), set(environment_of(folder).split(b"\0"))


def _was_given_none(folder: Path) -> bool:
    """Whether its environment looks laid out and empty; OSError for a kernel thread or a zombie."""
    (folder / "exe").readlink()
    start, end = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[ENV]
    return start == end != "0"


def _group(pid: int) -> int | None:
    with suppress(ProcessLookupError):
        return os.getpgid(pid)
    return None


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
