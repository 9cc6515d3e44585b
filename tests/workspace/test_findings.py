"""What doctor finds is told once: the name of the thing stands before it already."""

from __future__ import annotations

import pytest

from yinliu.errors import ActionNeeded
from yinliu.findings import tried
from yinliu.language import Text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("社群平台 chat：连不上", "连不上"),
        ("社群平台 chat 需要环境变量 X", "需要环境变量 X"),
        ("社群平台 chatter：连不上", "社群平台 chatter：连不上"),
        ("社群平台 chat:4 写错了", "社群平台 chat:4 写错了"),
        ("连不上社群平台 chat", "连不上社群平台 chat"),
        ("社群平台 chat", "社群平台 chat"),
    ],
)
def test_a_name_is_told_once(said: str, told: str) -> None:
    """Where the message begins with it; a file with its line, and another's name, stay."""

    def fails() -> None:
        raise ActionNeeded(Text(said, said), code="x")

    found = tried(Text("社群平台 chat", "社群平台 chat"), fails)
    assert (found.state, found.text.zh, found.text.en) == ("bad", told, told)
