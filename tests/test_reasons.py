"""Reasons in words: what is stored as a code is said as people say it, and what an operator wrote is left as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinliu import wording
from yinliu.reasons import reason

WRITTEN = st.text(max_size=60).filter(lambda text: text.strip("： :") == text and text != "")


@pytest.mark.parametrize(
    ("code", "zh"),
    [
        ("attempt_failed:1:微信搜不到", "放回（第 1 次未成功）：微信搜不到"),
        ("attempt_failed:2:unreachable", "放回（第 2 次未成功）：社群平台连不上"),
        ("attempts_used:3:M_FORBIDDEN", "尝试 3 次都失败：M_FORBIDDEN"),
        ("given_back:没空", "放回：没空"),
        ("given_back:a:b：c", "放回：a:b：c"),
        ("given_back:", "放回"),
        ("given_back:topic", "放回：topic"),
        ("taken_back:", "登记有误，撤回"),
        ("taken_back:点错了", "登记有误，撤回：点错了"),
        ("late_to:主管", "超过处理时限，转给主管"),
        ("late_wait:2026-11-23 09:30", "超过处理时限，等其他运营到班（2026-11-23 09:30）"),
        ("shift_began", "运营到班，分配"),
        ("uncredited:abc", "不再计入口令 abc"),
        ("微信已发", "微信已发"),
    ],
)
def test_a_code_in_chinese(code: str, zh: str) -> None:
    """As an operator would say it."""
    assert reason(code).zh == zh


@given(WRITTEN, st.sampled_from(["given_back:{}", "taken_back:{}", "attempt_failed:7:{}", "attempts_used:7:{}"]))
def test_what_was_written_is_told(said: str, code: str) -> None:
    """As it was written, with braces and colons in it, unless it is a code by itself."""
    told = reason(code.format(said))
    assert told.zh.endswith((said, reason(said).zh)) and told.en.endswith((said, reason(said).en))


@given(st.text(max_size=200))
def test_any_code_has_words(code: str) -> None:
    """Nothing that is stored breaks the page."""
    assert isinstance(reason(code).zh, str)
    assert reason("given_back:" * 3000 + code).en


def test_counts_are_told_as_operators_say_them() -> None:
    """Who is given a ticket when a shift begins, and who is given a seat that was freed."""
    assert (wording.count("given").zh, wording.count("drained").zh) == ("到班分配", "补位")
