"""pydantic's findings in the words of the people who write the files."""

from __future__ import annotations

import re
from typing import Any

from yinliu.language import Text

_SHOWN = 60
_CREDENTIALS = re.compile(r"//[^/\s]*@")

_KINDS: dict[str, tuple[str, str]] = {
    "missing": ("缺少必填项", "is required and missing"),
    "extra_forbidden": ("没有这个配置项", "is not a known key"),
    "string_type": ("应为文字", "must be a text"),
    "int_type": ("应为整数", "must be a whole number"),
    "int_parsing": ("应为整数", "must be a whole number"),
    "int_from_float": ("应为整数", "must be a whole number"),
    "float_type": ("应为数字", "must be a number"),
    "float_parsing": ("应为数字", "must be a number"),
    "bool_type": ("应为 true 或 false", "must be true or false"),
    "bool_parsing": ("应为 true 或 false", "must be true or false"),
    "list_type": ("应为列表（每项以 - 开头）", "must be a list (items begin with -)"),
    "dict_type": ("应为“键: 值”的组合", "must be a mapping (key: value)"),
    "model_type": ("应为“键: 值”的组合", "must be a mapping (key: value)"),
    "model_attributes_type": ("应为“键: 值”的组合", "must be a mapping (key: value)"),
    "greater_than_equal": ("不能小于 {ge}", "must be at least {ge}"),
    "greater_than": ("必须大于 {gt}", "must be more than {gt}"),
    "less_than_equal": ("不能大于 {le}", "must be at most {le}"),
    "less_than": ("必须小于 {lt}", "must be less than {lt}"),
    "unknown_grade": ("没有这个等级：{names}", "unknown grade: {names}"),
    "string_pattern_mismatch": (
        "格式不对，应符合 {pattern}（^[a-z0-9] 表示以小写字母或数字开头）",
        "must match {pattern}",
    ),
    "string_too_short": ("至少 {min_length} 个字", "must have at least {min_length} characters"),
    "string_too_long": ("最多 {max_length} 个字", "must have at most {max_length} characters"),
    "too_short": ("至少要有 {min_length} 项", "must have at least {min_length} items"),
    "literal_error": ("只能是 {expected}", "must be {expected}"),
    "web_address": ("应为网址，如 https://example.com/", "must be a web address, like https://example.com/"),
    "web_address_secret": ("网址里不能带用户名或密码", "must not carry a user name or password"),
    "time_zone": ("应为时区名，如 Asia/Shanghai", "must be a time zone, like Asia/Shanghai"),
    "css_selector": ("不是有效的 CSS 选择器：{reason}", "is not a CSS selector: {reason}"),
    "regex": ("不是有效的正则表达式：{reason}", "is not a regular expression: {reason}"),
    "named_twice": ("名称重复：{names}", "names are used twice: {names}"),
}


def complain(problem: Any, *, names: list[str], nearest: str | None) -> Text:
    """One finding: where, what stands there, what is allowed, and the nearest valid name."""
    kind = _KINDS.get(problem["type"])
    context = problem.get("ctx") or {}
    zh, en = (
        [text.format(**context) for text in kind] if kind else [f"不符合要求（{problem['msg']}）", str(problem["msg"])]
    )
    path = ".".join(str(step) for step in problem["loc"] if step != "[key]")
    shown = "" if problem["type"] in ("missing", "extra_forbidden") else _shown(problem.get("input"))
    said = " = ".join(part for part in (path, shown) if part)
    hint = _hint(names, nearest)
    return Text(f"{said}：{zh}{hint.zh}", f"{said} {en}{hint.en}")


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str | int | float | bool | None) else type(value).__name__
    text = _CREDENTIALS.sub("//***@", text)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _hint(names: list[str], nearest: str | None) -> Text:
    zh = (f"，是不是想写 {nearest}？" if nearest else "") + (f" 可用：{'、'.join(names)}" if names else "")
    en = (f", did you mean {nearest}?" if nearest else "") + (f" Allowed: {', '.join(names)}" if names else "")
    return Text(zh, en)
