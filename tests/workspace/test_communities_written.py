"""What communities.yaml must not say: it is told before a run, in both languages, without Python's words."""

from __future__ import annotations

import re

import pytest

from nlp.contacts import mask_text
from tests.workspace.conftest import Refused

WHOLE = "communities:\n  - name: a\n    title: 甲\n    capacity: 5\n    operators: [甲]\n"
SHIFT = WHOLE + "operators:\n  - name: 甲\n    shifts: [{{days: {}}}]\n"
GROUP = WHOLE.replace("capacity: 5", "groups: [{name: g, capacity: 1, title: %s}]")
PYTHONS = re.compile(r"Commented|literal\[|\blist\[|\bNone\b|\bTrue\b|\bstr\b|function-")

IN_CHINESE = {
    "operators.0": "的第 1 个运营",
    "operators.0.name": "第 1 个运营的 name",
    "groups.0.title": "的群「g」的 title",
    "cities.0": "cities 第 1 项",
    "shifts.0.days": "运营「甲」的 shifts 第 1 项的 days",
    "shifts.0.days = []": "days = []",
    "shifts.0.days = 'weekend'": "days = 'weekend'",
    "communities.0 = ['a', […]]": "第 1 个社群 = ['a', […]]",
}
"""Where something stands, for the words that English has."""

REFUSED = {
    "an empty operator": (WHOLE.replace("[甲]", "['']"), 5, ("operators.0", "1")),
    "a blank operator": (WHOLE.replace("[甲]", "[' ']"), 5, ("operators.0",)),
    "an operator of two lines": (WHOLE.replace("[甲]", '["a\\nb"]'), 5, ("operators.0",)),
    "an operator too long": (WHOLE.replace("[甲]", f"[{'长' * 41}]"), 5, ("operators.0", "长长", "40")),
    "an operator with NUL": (WHOLE.replace("[甲]", '["a\\0b"]'), 5, ("operators.0", "U+0000")),
    "an operator's row with NUL": (WHOLE + 'operators:\n  - name: "a\\0b"\n', 7, ("operators.0.name", "U+0000")),
    "a lead too long": (WHOLE + f"    lead: {'长' * 41}\n", 6, ("lead", "40")),
    "an empty lead": (WHOLE + "    lead: ''\n", 6, ("lead", "1")),
    "half a character": (WHOLE.replace("title: 甲", 'title: "\\ud800"'), 3, ("title", "ud800")),
    "an escape sequence": (WHOLE.replace("title: 甲", 'title: "\\e[2J"'), 3, ("title", "U+001B")),
    "an empty title": (WHOLE.replace("title: 甲", "title: ''"), 3, ("title", "1")),
    "a title of a thousand": (WHOLE.replace("title: 甲", f"title: {'长' * 1000}"), 3, ("title", "100")),
    "no title": (WHOLE.replace("title: 甲", "title:"), 3, ("title", "null")),
    "a group's title with NUL": (GROUP % '"a\\0b"', 4, ("title", "U+0000")),
    "a city with half a character": (WHOLE + '    cities: ["\\udfff"]\n', 6, ("cities.0",)),
    "an empty city": (WHOLE + "    cities: ['']\n", 6, ("cities.0", "1")),
    "words with NUL": (WHOLE + '    words: "a\\0b"\n', 6, ("words", "U+0000")),
    "a capacity that is a truth": (WHOLE.replace("5", "true"), 4, ("capacity", "true")),
    "a quota that is a truth": (WHOLE + "operators: [{name: 甲, daily_quota: true}]\n", 6, ("daily_quota", "true")),
    "a time that is a truth": (WHOLE + "answer_within_hours: true\n", 6, ("answer_within_hours", "true")),
    "too large": (WHOLE.replace("5", "2000000"), 4, ("2,000,000", "1,000,000")),
    "too large a quota": (WHOLE + "operators: [{name: 甲, daily_quota: 10001}]\n", 6, ("10,001", "10,000")),
    "no days": (SHIFT.format("[]"), 8, ("shifts.0.days = []", "workdays", "mon")),
    "days by another name": (SHIFT.format("weekend"), 8, ("shifts.0.days = 'weekend'", "workdays", "mon")),
    "a weekday by another name": (SHIFT.format("[mon, 周二]"), 8, ("['mon', '周二']", "tue")),
    "days that are none": (SHIFT.format("[[mon]]"), 8, ("days", "mon")),
    "no operators": (WHOLE.replace("[甲]", "[]"), 5, ("operators = []", "1")),
    "a list for a community": ("communities:\n  - [a, [b]]\n", 2, ("communities.0 = ['a', […]]",)),
}


@pytest.mark.parametrize(("content", "line", "words"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_where_it_stands(refused: Refused, content: str, line: int, words: tuple[str, ...]) -> None:
    """With line, value and limit, which no mask hides, and nothing that only Python knows."""
    error = refused("communities.yaml", content)
    chinese = tuple(IN_CHINESE.get(word, word) for word in words)
    for text, told in ((error.message.zh, chinese), (error.message.en, words)):
        shown = mask_text(text)
        assert f"communities.yaml:{line} " in shown
        assert all(word in shown for word in told), shown
        assert not PYTHONS.search(shown), shown
        shown.encode("utf-8")


def test_what_may_be_somebodys_number_stays_masked(refused: Refused) -> None:
    """A phone number in the wrong place is no limit of ours."""
    for content in (WHOLE.replace("5", "13912345678"), WHOLE.replace("[甲]", "[13912345678]")):
        text = mask_text(str(refused("communities.yaml", content)))
        assert "13912345678" not in text.replace(",", "")
