"""pydantic's findings in the words of the people who write the files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from yinliu.foreign import in_chinese
from yinliu.language import Text
from yinliu.workspace.complaints_communities import OF_COMMUNITIES, OF_WHOLE_PARTS

_SHOWN = 60
_SECRET_FIELDS = ("secret_env", "key", "headers", "params")
"""Where people paste a secret by mistake: what stands there is not shown."""

_OF_WHOLE_PARTS = (
    "word_twice",
    "word_in_two_topics",
    "named_twice",
    "unknown_intent",
    *OF_WHOLE_PARTS,
)
"""Mistakes of a whole part of a file: the message names what is wrong in it."""

_OF_SIZE = ("greater_than_equal", "greater_than", "less_than_equal", "less_than")
_LARGE = 10_000
"""From here on digits are grouped: a number in one piece would be masked as somebody's."""
_PHONES = 10_000_000_000
"""From here on a number may be somebody's indeed."""
_CREDENTIALS = re.compile(r"//[^/\s]*@")

_KINDS: dict[str, tuple[str, str]] = {
    "missing": ("缺少必填项", "is required and missing"),
    "extra_forbidden": ("没有这个配置项", "is not a known key"),
    "string_type": ("应为文字（数字和日期要加引号）", "must be a text"),
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
    "string_too_short": ("至少 {min_length} 个字，请补上", "must have at least {min_length} characters: fill it in"),
    "string_too_long": ("最多 {max_length} 个字，请改短", "must have at most {max_length} characters: make it shorter"),
    "string_unicode": ("含有不完整的字符，请删去后重新输入", "holds half a character: delete it and type it anew"),
    "unreadable": (
        "含有控制字符或不完整的字符（{sign}），请删去后重新输入",
        "holds a control character or half of one ({sign}): delete it and type it anew",
    ),
    "more_lines": ("只能写一行，请删去换行和制表符", "must stand on one line: delete line ends and tabs"),
    "too_long": ("最多 {max_length} 项", "must have at most {max_length} items"),
    "finite_number": ("应为普通数字", "must be a finite number"),
    "int_parsing_size": ("数字太大", "is too large a number"),
    "invalid_key": ("配置项的名称应为文字", "a key must be a text"),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        ("应为日期，如 2026-11-01", "must be a date, like 2026-11-01"),
    ),
    "too_short": ("至少要有 {min_length} 项", "must have at least {min_length} items"),
    "literal_error": ("只能是 {expected}", "must be {expected}"),
    "web_address": ("应为网址，如 https://example.com/", "must be a web address, like https://example.com/"),
    "web_address_secret": ("网址里不能带用户名或密码", "must not carry a user name or password"),
    "time_zone": ("应为时区名，如 Asia/Shanghai", "must be a time zone, like Asia/Shanghai"),
    "css_selector": ("不是有效的 CSS 选择器：{reason}", "is not a CSS selector: {reason}"),
    "regex": ("不是有效的正则表达式：{reason}", "is not a regular expression: {reason}"),
    "union_tag_invalid": ("{discriminator} 只能是 {expected_tags}", "{discriminator} must be one of {expected_tags}"),
    "union_tag_not_found": ("缺少 {discriminator}", "needs {discriminator}"),
    "jmespath": ("不是有效的 JMESPath 表达式：{reason}", "is not a JMESPath expression: {reason}"),
    "secret_name": (
        "不能发送这个环境变量：{name}（只能用 YINLIU_ 开头的，且不能是 yinliu 自己的设置）",
        "is not a variable that may be sent: {name}",
    ),
    "secret_place": ("密钥只能写在来源的 headers 或 params 里", "secrets belong into headers or params of the source"),
    "placeholder": ("没有这个占位符：{name}", "there is no {name}"),
    "placeholder_place": ("{name} 里不能用 {wanted}", "{name} has no {wanted}"),
    "section_path": ("应为路径，或写明主机的网址", "must be a path, or a web address whose host is written out"),
    "header": ("不能发送的请求头：{name}", "is not a header that can be sent: {name}"),
    "posts_fields": ("posts 要写 fields 或 from_comments 之一", "needs either fields or from_comments"),
    "posts_title": ("fields 需要 title 或 body", "fields needs title or body"),
    "needs_stream": ("用 from_comments 时必须有 stream", "from_comments needs stream"),
    "needs_post": ("stream.fields 需要 post：要知道评论属于哪篇", "stream.fields needs post"),
    "list_or_sitemap": (
        "要写 list（选择器）或 sitemap（auto 或网址）",
        "needs list (selectors) or sitemap (auto or an address)",
    ),
    "sitemap_address": ("应为 auto 或网址，如 https://example.com/map.xml", "must be auto or a web address"),
    "pattern": ("不是有效的匹配式（如 *.xlsx 或正则表达式）", "is not a pattern"),
    "preset": ("应为 .yaml 文件或内置预设：{known}", "must be a .yaml file or one of {known}"),
    "column": ("不是已知字段（{known}），也不像计数名", "must be one of {known}, or the name of a counter"),
    "field": ("{name} 不是已知字段：{known}", "{name} is none of {known}"),
    "rsshub_instance": (
        "写了 route 时，url 应为 RSSHub 实例地址，不带参数",
        "with route, url must be the RSSHub instance, without a query",
    ),
    "rsshub_key": ("应写环境变量，如 ${{YINLIU_RSSHUB_KEY}}", "must name a variable, like ${{YINLIU_RSSHUB_KEY}}"),
    "rsshub_route": ("应为 RSSHub 路由，如 /bilibili/user/video/2267573", "must be a route of RSSHub"),
    "rsshub_route_key": ("路由里不能带 key，请写在 key 一项", "must not carry a key; use the option key"),
    "rsshub_without_route": ("key 只能与 route 一起用", "key belongs to route"),
    "blank_word": ("不能只有空格", "must not be blank"),
    "word_twice": ("“{word}”在话题 {name} 里写了两次，请删去一个", "{word!r} stands twice in {name}; remove one"),
    "word_in_two_topics": (
        "“{word}”同时写在话题 {names} 里；一个词只能属于一个话题，请只留一处",
        "{word!r} stands in {names}; a word belongs to one topic: keep it in one",
    ),
    "unknown_intent": ("没有这个意图：{names}", "no such intent: {names}"),
    **OF_COMMUNITIES,
    "named_twice": ("名称重复：{names}", "names are used twice: {names}"),
}


_NAME = "只能用小写字母、数字、{}，以小写字母{}开头，最多 {} 个字符，如 camping"
_PATTERNS: dict[str, str] = {
    r"^[a-z0-9][a-z0-9_-]{0,39}$": _NAME.format("_ 和 -", "或数字", 40),
    r"^[a-z][a-z0-9_]{0,39}$": _NAME.format("_", "", 40),
    r"^[a-z0-9][a-z0-9-]{0,59}$": _NAME.format("-", "或数字", 60),
    r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$": "应为时刻，时和分各两位，如 09:30",
    r"^[A-Z]$": "应为一个大写字母，如 A",
    r"^https?://\S+$": "应为网址，以 http:// 或 https:// 开头",
    r"^https?://[^\s/]+$": "应为网址，末尾不带路径和 /，如 https://go.example.com",
    r"^https?://[^\s/@?#]+(/[^\s?#]*)?$": "应为网址，如 https://matrix.example.com",
    r"^YINLIU_[A-Z0-9_]+$": "应为环境变量名，以 YINLIU_ 开头，只用大写字母、数字和 _，如 YINLIU_TOKEN",
}
"""Our patterns in words."""


def complain(problem: Any, *, names: list[str], nearest: str | None, place: Text | None = None) -> Text:
    """One finding: where, what stands there, what is allowed, and the nearest valid name.

    ``place``: where it stands in words, if there are any.
    """
    kind = _KINDS.get(problem["type"])
    context = _told(problem.get("ctx") or {})
    zh = _pattern(problem, context) or kind[0].format(**_chinese(context)) if kind else "不符合要求"
    en = kind[1].format(**context) if kind else str(problem["msg"])
    path = ".".join(str(step) for step in problem["loc"] if step != "[key]")
    place = place or Text(path, path)
    whole = not problem["loc"] or problem["type"] in ("missing", "extra_forbidden", *_OF_WHOLE_PARTS)
    shown = "" if whole else _shown(problem.get("input"), counted=problem["type"] in _OF_SIZE)
    if problem["loc"] and problem["loc"][-1] in _SECRET_FIELDS:
        shown = "***"
    said, said_en = (" = ".join(part for part in (where, shown) if part) for where in (place.zh, place.en))
    hint = _hint(names, nearest)
    return Text(f"{said}：{zh}{hint.zh}" if said else f"{zh}{hint.zh}", f"{said_en} {en}{hint.en}".lstrip())


def _told(context: Mapping[str, Any]) -> dict[str, Any]:
    """What a complaint is filled with: our own limits, readable."""
    return {name: _number(value) if isinstance(value, int | float) else value for name, value in context.items()}


def _chinese(context: Mapping[str, Any]) -> dict[str, Any]:
    """The same in Chinese: names in a row without English between them, and what libraries said."""
    rows = ("expected", "expected_tags", *(() if "kinds" in context else ("names",)))  # beside kinds: as YAML has them
    listed = {name: _listed(str(context[name])) for name in rows if name in context}
    reason = {"reason": in_chinese(str(context["reason"]))} if "reason" in context else {}
    return {**context, **listed, **reason, "discriminator": str(context.get("discriminator", "")).strip("'")}


def _listed(names: str) -> str:
    return names.replace(" or ", "、").replace(", ", "、").replace("'", "")


def _pattern(problem: Any, context: Mapping[str, Any]) -> str | None:
    """A pattern of ours in words."""
    return _PATTERNS.get(str(context.get("pattern"))) if problem["type"] == "string_pattern_mismatch" else None


def _number(value: float) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < _PHONES:
        value = int(value)
    return f"{value:,}" if _LARGE <= abs(value) < _PHONES else str(value)


def _shown(value: Any, *, counted: bool = False) -> str:
    """What stands there, as YAML says it; ``counted``: it is a number of things, and nobody's."""
    text = _number(value) if counted and isinstance(value, int | float) else _written(value)
    text = _CREDENTIALS.sub("//***@", text)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _written(value: Any, *, inside: bool = False) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list):
        return "[…]" if inside else f"[{', '.join(_written(one, inside=True) for one in value[:_SHOWN])}]"
    if isinstance(value, str | int | float):
        return repr(value)
    return str(value) if isinstance(value, date) else "{…}"


def _hint(names: list[str], nearest: str | None) -> Text:
    end = f"，是不是想写 {nearest}？" if nearest else "。"
    zh = f"{end}可用：{'、'.join(names)}" if names else ""
    en = (f", did you mean {nearest}?" if nearest else "") + (f" Allowed: {', '.join(names)}" if names else "")
    return Text(zh, en)
