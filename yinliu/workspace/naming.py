"""Where something stands in ``communities.yaml``, as people call it: a community by its title, not by its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yinliu.language import Text

_NOUNS = {
    "communities": Text("社群", "community"),
    "groups": Text("群", "group"),
    "operators": Text("运营", "operator"),
    "hubs": Text("社群平台", "hub"),
}
_ROOTS = ("communities", "operators", "hubs", "calendar")
_LONGEST = 40


def place_named(content: Any, location: Sequence[str | int]) -> Text:
    """``communities.0.operators.1`` as 社群「露营群」的第 2 个运营; other files' places as they are.

    ``content``: what the location leads into; a row without a name or title of its own keeps its number.
    """
    plain = ".".join(map(str, location))
    if not location or location[0] not in _ROOTS:
        return Text(plain, plain)
    zh, en, value, steps = "", "", content, list(location)
    while steps:
        step, row = steps.pop(0), steps[0] if steps else None
        noun = _NOUNS.get(str(step)) if isinstance(row, int) else None
        value = _inside(value, step)
        if noun and isinstance(row, int):
            value = _inside(value, steps.pop(0))
            zh, en = f"{_of(zh)}{_row_zh(noun, value, row)}", f"{_dotted(en)}{_row_en(noun, value, f'{step}.{row}')}"
        elif isinstance(step, int):
            zh, en = f"{zh} 第 {step + 1} 项", f"{_dotted(en)}{step}"
        else:
            zh, en = f"{_key(zh)}{step}", f"{_dotted(en)}{step}"
    return Text(zh, en.removesuffix(": "))


def _row_zh(noun: Text, value: Any, row: int) -> str:
    called = _called(value, "title", "name")
    return f"{noun.zh}「{called}」" if called else f"第 {row + 1} 个{noun.zh}"


def _row_en(noun: Text, value: Any, place: str) -> str:
    called = _called(value, "name", "title")
    return f"{noun.en} {called!r}: " if called else place


def _called(value: Any, *keys: str) -> str | None:
    """What a row is called by the first of the keys that says something which can be shown."""
    said = (value.get(key) for key in keys) if isinstance(value, Mapping) else ()
    return next((one for one in said if isinstance(one, str) and _is_name(one)), None)


def _is_name(text: str) -> bool:
    return bool(text.strip()) and text.isprintable() and len(text) <= _LONGEST


def _inside(value: Any, step: str | int) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None


def _of(zh: str) -> str:
    return f"{zh}的" if zh else ""


def _key(zh: str) -> str:
    """What stands before a key: 社群「露营群」的 operators, but calendar.off."""
    if not zh:
        return ""
    return f"{zh}." if zh[-1].isascii() else f"{zh}的 "


def _dotted(en: str) -> str:
    return en if not en or en.endswith(": ") else f"{en}."
