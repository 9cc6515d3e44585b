"""A command written wrongly: told in Chinese with what is right, never a traceback."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Call


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("queue clam", "没有名为 'clam' 的命令，相近的有 claim"),
        ("nonsense", "没有名为 'nonsense' 的命令"),
        ("queue claim", "缺少选项 --operator"),
        ("queue invite --operator x", "缺少参数“工单编号”"),
        ("people show x", "人的编号不对：应为整数"),
        ("people show 99999999999999999999", "人的编号不对：不能大于 2,147,483,647。"),
        ("people unmerge x", "合并编号不对：应为整数"),
        ("queue claim --operator x --nope", "没有选项 --nope"),
        ("queue claim --operator", "选项 --operator 后面要写值"),
        ("queue invite x --operator a", "应为整数"),
        ("queue claim --operator x --limit 0", "--limit 的值不对：不能小于 1"),
        ("queue claim --operator x --limit 101", "不能大于 100"),
        ("leads --as-of 昨天", "'昨天' 不是日期，应写成 2026-11-22"),
        ("links --by x", "应为 'post'、'campaign'、'community'、'operator'"),
        ("queue move 1 joined x --actor y", "多出的参数：x"),
    ],
)
def test_what_is_wrong_is_told_in_chinese(call: Call, words: str, told: str) -> None:
    """With where the usage is shown; a program gets the same as JSON."""
    said = call(*words.split())
    assert said.code == 2 and told in said.err and "--help" in said.err and "Traceback" not in said.err
    assert json.loads(call(*words.split(), "--json").out)["error"] == "usage"


def test_in_english_where_it_was_chosen(call: Call) -> None:
    """As typer says it."""
    assert "Missing option '--operator'" in call("--lang", "en", "queue", "claim").err


def test_a_limit_is_told_whole_in_english_too(call: Call) -> None:
    """It is nobody's number."""
    assert "2,147,483,647" in call("--lang", "en", "people", "show", "99999999999999999999").err


@pytest.mark.parametrize("words", ["--help", "queue --help", "queue claim --help"])
def test_help_is_no_mistake(call: Call, words: str) -> None:
    """It ends with 0."""
    said = call(*words.split())
    assert said.code == 0 and "Usage" in said.out


def test_full_width_numbers_are_numbers(call: Call, workspace: object) -> None:
    """As a Chinese keyboard writes them."""
    said = call("--workspace", str(workspace), "leads", "--explain", "１９６", "--json")
    assert json.loads(said.out)["error"] == "no_lead" or "196" in said.out
