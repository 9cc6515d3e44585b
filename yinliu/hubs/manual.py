"""The hub without a program behind it: an operator sends the suggested words and the link, and marks the result."""

from __future__ import annotations

import re

NAME = "manual"
WORDS = "{name}你好～看到你在我们内容下的留言，想邀请你加入「{group}」，群里会第一时间解答，也有同好交流。进群：{link}"
"""What is suggested where ``communities.yaml`` says no ``words``."""
PLACES = ("{name}", "{group}", "{link}")
"""What is filled in."""
_PLACE = re.compile(r"\{(name|group|link)\}")
_LONGEST_NAME = 20


def suggestion(words: str | None, *, name: str | None, group: str, link: str | None) -> str:
    """The words for one person: ``{name}``, ``{group}`` and ``{link}`` filled in, everything else as it is written.

    Without a name or a link the words go without; what a name holds is never read as a placeholder.
    """
    values = {"name": _tidy(name), "group": group, "link": link or ""}
    filled = _PLACE.sub(lambda found: values[found[1]], words or WORDS)
    return filled if link else re.sub(r"[，。；\s]*(?:进群|链接|点击)?[:：]\s*$", "。", filled)


def _tidy(name: str | None) -> str:
    """A name on one line, without control characters, not longer than a greeting bears."""
    return "".join(char for char in name or "" if char.isprintable()).strip()[:_LONGEST_NAME]
