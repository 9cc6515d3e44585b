"""What invite and observe say when a hub failed: what was done all the same, or that nothing was."""

from __future__ import annotations

import pytest

from yinliu.errors import RetryLater
from yinliu.language import Text
from yinliu.stages import observe
from yinliu.stages.invite import ended

DOWN = RetryLater(Text("连不上。", "no connection."), code="hub_unreachable")


@pytest.mark.parametrize(
    ("done", "zh", "en"),
    [
        (
            {},
            "连不上。（本次没有发出邀请，工单都还在）",
            "no connection. (nobody was invited in this run; no ticket is lost)",
        ),
        (
            {"invited": 3, "already": 1},
            "连不上。（本次：已邀约 3，已在群里或已被邀请 1；工单都还在）",
            "no connection. (this run: invited 3, there already 1; no ticket is lost)",
        ),
    ],
)
def test_invite_says_what_was_done(done: dict[str, int], zh: str, en: str) -> None:
    """With the error's own code and kind."""
    told = ended([DOWN], done=done)
    assert (told.message, told.code, type(told)) == (Text(zh, en), "hub_unreachable", RetryLater)


def test_observe_says_that_nobody_was_looked_up() -> None:
    """It never speaks of invitations."""
    told = ended([DOWN], done={}, nothing=observe.NOTHING).message
    assert told.zh == "连不上。（没能查看群成员，工单没有变动）" and "邀请" not in told.zh
