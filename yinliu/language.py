"""What is said to people, in Chinese and in English.

Every message is written once, in both languages, where it is used: ``Text("已写入 3 行", "wrote 3 rows")``.
The language is chosen once at the door (``YINLIU_LANG`` or ``--lang``); Chinese is the default.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]

_chosen: Language = "zh"


def choose(language: Language) -> None:
    """Speak this language from now on, in the whole process."""
    global _chosen  # noqa: PLW0603 (the language of a process is one)
    _chosen = language


def chosen() -> Language:
    """The language spoken now."""
    return _chosen


@dataclass(frozen=True, slots=True)
class Text:
    """One message in both languages; ``str()`` gives the chosen one."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if _chosen == "zh" else self.en
