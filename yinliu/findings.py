"""What doctor finds: how one thing is, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from yinliu.errors import YinliuError
from yinliu.language import Text

State = Literal["ok", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined: how it is, and what to do about it."""

    name: Text
    state: State
    text: Text
    remedy: Text | None = None


def tried(name: Text, read: Callable[[], object]) -> Finding:
    """Fine, unless reading it fails."""
    try:
        read()
    except YinliuError as error:
        return Finding(name, "bad", _without(name, error.message))
    return Finding(name, "ok", Text("正常", "fine"))


def _without(name: Text, said: Text) -> Text:
    """What was said, without the name at its beginning: it stands before it already."""
    return Text(_after(name.zh, said.zh), _after(name.en, said.en))


def _after(name: str, said: str) -> str:
    """A line of a file (``crm.yaml:4 …``) keeps the file."""
    rest = said.removeprefix(name)
    return rest.lstrip("：: ") if rest != said and rest.startswith(("：", ": ", " ")) else said
