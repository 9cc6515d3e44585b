"""Keep services running: wait until all is well, restart what dies, give up in the end, stop in reverse order."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from yinliu.errors import ActionNeeded
from yinliu.language import Text
from yinliu.supervisor.home import Home
from yinliu.supervisor.parts import Component, Parts
from yinliu.supervisor.processes import Child

TICK = 0.1
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often (seconds)."""

    healthy: float = 180.0
    stop: float = 15.0
    restarts: int = 5
    within: float = 600.0
    backoff: float = 1.0


@dataclass(slots=True)
class Request:
    """Set by a signal: somebody wants everything to stop."""

    made: bool = False

    @contextmanager
    def by_signal(self) -> Iterator[None]:
        """Listen to SIGINT, SIGTERM and SIGHUP meanwhile."""
        before = {number: signal.signal(number, self._make) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _make(self, _number: int, _frame: FrameType | None) -> None:
        self.made = True


@dataclass(slots=True)
class Watch:
    """The services of one supervisor and what became of them."""

    parts: Parts
    begin: Callable[[Component], Child]
    home: Home
    announce: Callable[[Text], None]
    patience: Patience
    request: Request
    children: list[Child] = field(default_factory=list)
    due: dict[str, float] = field(default_factory=dict)
    deaths: dict[str, list[float]] = field(default_factory=dict)

    def prepare(self) -> None:
        """Run the preparations; raise :class:`ActionNeeded` for one that fails."""
        for component in self.parts.preparations:
            child = self.begin(component)
            self.children.append(child)
            while child.alive and not self.request.made:
                time.sleep(TICK)
            if self.request.made:
                return
            self.children.remove(child)
            if child.process.returncode:
                raise failed(component, self.home.log(component.name))

    def keep(self, ready: Callable[[], None]) -> None:
        """Start the services and keep them until somebody asks to stop; ``ready`` is called once, when all are well."""
        if self.request.made:
            return
        self.children.extend(self.begin(component) for component in self.parts.services)
        until = time.monotonic() + self.patience.healthy
        well = False
        while not self.request.made:
            self._mend()
            if not well and not self.due and self.parts.healthy():
                well = True
                ready()
            elif not well and time.monotonic() > until:
                raise late(self.patience.healthy, self.home.log("*"))
            time.sleep(TICK)

    def stop(self) -> None:
        """Stop what runs, the last started first."""
        while self.children:
            self.children[-1].stop(grace=self.patience.stop)
            self.children.pop()

    def _mend(self) -> None:
        for place, child in enumerate(self.children):
            name = child.component.name
            self.home.rotate(name)
            if name not in self.due and not child.alive:
                self.due[name] = time.monotonic() + self._delay(child)
            elif time.monotonic() >= self.due.get(name, float("inf")):
                del self.due[name]
                self.children[place] = self.begin(child.component)

    def _delay(self, child: Child) -> float:
        """Clear away what a dead child has left and answer when to start it again; give up after too many deaths."""
        child.kill()
        name, now = child.component.name, time.monotonic()
        recent = [moment for moment in self.deaths.get(name, []) if now - moment < self.patience.within]
        self.deaths[name] = [*recent, now]
        if len(recent) >= self.patience.restarts:
            raise failed(child.component, self.home.log(name))
        delay = self.patience.backoff * float(2 ** len(recent))
        self.announce(died(child, delay=delay, log=self.home.log(name)))
        return delay


def died(child: Child, *, delay: float, log: Path) -> Text:
    """What is said about a child that will be started again."""
    name, code = child.component.name, child.process.returncode
    return Text(
        f"{name} 意外退出（退出码 {code}），{delay:g} 秒后重新启动；日志：{log}",
        f"{name} ended unexpectedly (exit {code}), starting it again in {delay:g} s; log: {log}",
    )


def failed(component: Component, log: Path) -> ActionNeeded:
    """A component that does not work, whatever is tried."""
    return ActionNeeded(
        Text(
            f"{component.name} 无法运行，已全部停止。原因见日志末尾：{log}",
            f"{component.name} does not work, everything is stopped. The reason is at the end of {log}",
        ),
        code="component_failed",
    )


def late(seconds: float, logs: Path) -> ActionNeeded:
    """Components that run but do not become well."""
    return ActionNeeded(
        Text(
            f"{seconds:g} 秒内没有全部就绪，已全部停止。原因见日志：{logs}",
            f"not everything was ready within {seconds:g} s, everything is stopped. The reason is in {logs}",
        ),
        code="not_healthy",
    )
