"""What every command shares: the options before it, how counts and errors are printed, and the exit code."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from nlp.contacts import mask_text
from yinliu import wording
from yinliu.bootstrap import App
from yinliu.errors import NothingToDo, YinliuError
from yinliu.language import Text
from yinliu.stages.counts import Progress as Tick

_VALUED = ("--workspace", "--database-url", "--lang")
_FLAGS = ("--json",)
_WIDE = re.compile(r"[０-９－．：]+")
LARGEST = 2**31 - 1
"""No number of a row, and no token, is larger: both databases can hold it."""


def hoist(arguments: Sequence[str]) -> list[str]:
    """The arguments with the shared options in front, so that they may stand anywhere; full-width numbers as plain."""
    front: list[str] = []
    rest: list[str] = []
    waiting = iter([unicodedata.normalize("NFKC", word) if _WIDE.fullmatch(word) else word for word in arguments])
    for word in waiting:
        if word in _FLAGS or word.startswith(tuple(f"{name}=" for name in _VALUED)):
            front.append(word)
        elif word in _VALUED:
            front += [word, *([value] if (value := next(waiting, None)) is not None else [])]
        else:
            rest.append(word)
    return front + rest


@dataclass(frozen=True)
class Door:
    """One command's way in and out."""

    app: App
    as_json: bool

    @property
    def console(self) -> Console:
        """Where people read; a program reads standard output, so progress goes beside it."""
        return Console(stderr=self.as_json, highlight=False)

    def say(self, text: Text | str) -> None:
        """A line for people; nothing when a program reads."""
        if not self.as_json:
            self.console.print(str(text), markup=False, soft_wrap=True)

    def give(self, result: Mapping[str, Any]) -> None:
        """The result of a command, for a program."""
        if self.as_json:
            print(json.dumps(result, ensure_ascii=False, default=_plain))

    def give_lines(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """A list, a JSON line each, for a program."""
        if self.as_json:
            for row in rows:
                print(json.dumps(row, ensure_ascii=False, default=_plain))

    def report_counts(self, title: Text, counts: Mapping[str, int], *, work: Sequence[str]) -> None:
        """The counts of a stage; :class:`NothingToDo` when none of ``work`` is more than 0."""
        told = wording.listed(counts)
        self.say(Text(f"{title.zh}：{told}", f"{title.en}: {told}"))
        if "inputs" in counts:
            self.say(self.check_sum(counts))
        if any(counts.get(name) for name in work):
            self.give(counts)
        else:
            raise NothingToDo(
                Text(f"{title.zh}：没有需要处理的内容。", f"{title.en}: nothing to do."), code="nothing_to_do"
            )

    @staticmethod
    def check_sum(counts: Mapping[str, int]) -> Text:
        """That every input was stored or quarantined."""
        inputs, stored, quarantined = (counts[name] for name in ("inputs", "stored", "quarantined"))
        sign = "=" if inputs == stored + quarantined else "≠"
        return Text(
            f"核对  输入 {inputs} {sign} 入库 {stored} + 隔离 {quarantined}",
            f"check  inputs {inputs} {sign} stored {stored} + quarantined {quarantined}",
        )

    @contextmanager
    def watching(self, title: Text) -> Iterator[Tick]:
        """A bar while a stage works, and its time when it is done; gives the function that counts on."""
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.completed:.0f}"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.console, disable=not self.console.is_terminal) as progress:
            task = progress.add_task(str(title), total=None)
            yield lambda done: progress.advance(task, done)
            progress.update(task, total=max(1, progress.tasks[0].completed), completed=progress.tasks[0].completed or 1)

    def table(self, title: Text, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> None:
        """A table for people; columns are named in Chinese and English."""
        if self.as_json:
            return
        # Terminals in China draw box characters twice as wide: a single rule below the header cannot be torn by that.
        table = Table(title=str(title), title_justify="left", header_style="bold", box=box.SIMPLE_HEAD)
        for zh, en in columns:
            table.add_column(str(Text(zh, en)), overflow="fold")
        for row in rows:
            table.add_row(*("" if cell is None else str(cell) for cell in row))
        self.console.print(table, markup=False)

    def when(self, moment: datetime | None) -> str:
        """A time as people of the team read it."""
        return moment.astimezone(self.app.workspace.zone).strftime("%Y-%m-%d %H:%M") if moment else "—"

    @staticmethod
    def refuse(error: YinliuError, *, as_json: bool) -> int:
        """Say an error, contacts masked; gives the exit code."""
        if as_json:
            print(json.dumps({"error": error.code, "message": mask_text(str(error))}, ensure_ascii=False))
        Door.complain(error)
        return error.exit_code

    @staticmethod
    def complain(error: YinliuError) -> None:
        """Say an error where errors are said."""
        print(mask_text(str(error)), file=sys.stderr)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bytes):
        return None
    return str(value)
