"""A command that was written wrongly, said in the language of its reader: typer speaks English alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import typer

from yinliu.errors import Misconfigured
from yinliu.language import Text

_Said = Callable[[re.Match[str]], str]
_LIMIT = re.compile(r"(?<=than or equal to )\d{5,}")
_TITLE = re.compile(r"[^（，,(/]+")
"""What an argument's help says before its details."""
_WAYS: tuple[tuple[str, _Said], ...] = (
    (
        r"No such command '(.*?)'\.(?: Did you mean (.+?)\?)?$",
        lambda found: f"没有名为 {found[1]!r} 的命令{_near(found[2])}",
    ),
    (r"Missing command", lambda found: "缺少命令"),
    (r"Missing option '(.+?)'", lambda found: f"缺少选项 {found[1]}"),
    (r"Missing argument '(.+?)'", lambda found: f"缺少参数 {found[1]}"),
    (
        r"No such option: (\S+?)\.?(?: \(Possible options: (.+?)\)| Did you mean (.+?)\?)?$",
        lambda found: f"没有选项 {found[1]}{_near(found[2] or found[3])}",
    ),
    (r"Option '(.+?)' requires an argument", lambda found: f"选项 {found[1]} 后面要写值"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", lambda found: f"多出的参数：{found[1]}"),
    (r"Invalid value for '(.+?)': (.+)", lambda found: f"{found[1]} 的值不对：{_why(found[2])}"),
)
_REASONS: tuple[tuple[str, _Said], ...] = (
    (r"valid integer", lambda found: "应为整数"),
    (r"valid number", lambda found: "应为数字"),
    (r"greater than or equal to (\S+)", lambda found: f"不能小于 {found[1].rstrip('.')}"),
    (r"less than or equal to (\S+)", lambda found: f"不能大于 {found[1].rstrip('.')}"),
    (r"'(.*?)' does not match the formats?", lambda found: f"{found[1]!r} 不是日期，应写成 2026-11-22（年-月-日）"),
    (r"(?:should be|is not one of) ('.+')", lambda found: f"应为 {found[1].replace(' or ', '、').replace(', ', '、')}"),
)


def misused(error: typer.TyperException) -> Misconfigured:
    """A wrong command, option or argument as an error of ours, with where its usage is told."""
    told = " ".join(getattr(error, "format_message", lambda: str(error))().split()) or "Missing command"
    told = _LIMIT.sub(lambda found: f"{int(found[0]):,}", told)  # in one piece it would be masked as somebody's
    where = getattr(getattr(error, "ctx", None), "command_path", "yinliu")
    zh = _of_argument(error, told) or _first(_WAYS, told) or told.rstrip(".")
    en = f"the command is wrong: {told.rstrip('.')}. See {where} --help"
    return Misconfigured(Text(f"命令写法有误：{zh}。用法见 {where} --help", en), code="usage")


def _of_argument(error: typer.TyperException, told: str) -> str | None:
    """What is wrong with an argument, which people know by what it is: 人的编号, not ``person``."""
    param = getattr(error, "param", None)
    title = _TITLE.match(getattr(param, "help", None) or "")
    if getattr(param, "param_type_name", None) != "argument" or title is None:
        return None
    if told.startswith("Missing argument"):
        return f"缺少参数“{title[0].strip()}”"
    found = re.match(r"Invalid value for '.+?': (.+)", told)
    return f"{title[0].strip()}不对：{_why(found[1])}" if found else None


def _why(reason: str) -> str:
    return _first(_REASONS, reason) or reason.rstrip(".")


def _first(ways: tuple[tuple[str, _Said], ...], told: str) -> str | None:
    found = ((say, re.search(pattern, told)) for pattern, say in ways)
    return next((say(match) for say, match in found if match), None)


def _near(names: str | None) -> str:
    return f"，相近的有 {names.replace(chr(39), '')}" if names else ""
