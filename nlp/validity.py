"""Whether a comment says anything (有效评论): it is no advert, and more is left of it than emoji or a friend's name."""

from __future__ import annotations

import re
from typing import Literal

Invalid = Literal["empty", "mention_only", "emoji_only", "spam"]

_MENTION = re.compile(r"[@＠][^\s@＠,，。:：]{1,16}(?=[\s@＠,，。:：]|$)")
_EMOTE = re.compile(r"\[[^\[\]\s]{1,12}\]|【[^【】\s]{1,8}】")


def emptiness(text: str) -> Invalid | None:
    """Why a comparable text says nothing; None where something is said."""
    if any(map(_says, text)) and any(map(_says, _MENTION.sub(" ", _EMOTE.sub(" ", text)))):
        return None
    if not text.strip():
        return "empty"
    left = _MENTION.sub(" ", text)
    return "mention_only" if left != text and not left.strip() else "emoji_only"


def _says(char: str) -> bool:
    return char.isalnum()
