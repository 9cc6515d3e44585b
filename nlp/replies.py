"""Answers that say nothing by themselves: "要", "同求" and "1" mean what they answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.normal import comparable
from nlp.rules import Replies

_SHORT = 16
"""Characters; a longer answer speaks for itself."""
_OFFERED = 400
"""Characters at the end of what is answered in which an offer is looked for."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """Either the intent that an offer names, or "what the other one wanted" (``intent`` None), and by which rule."""

    intent: str | None
    rule: str


class ReplyReader:
    """Reads an answer together with what it answers."""

    def __init__(self, policy: Replies) -> None:
        self._yes, self._me_too = re.compile(policy.yes), re.compile(policy.me_too)
        self._offers = [(offer.intent, re.compile(offer.pattern)) for offer in policy.offers]

    def meaning(self, text: str, answered: str) -> Meaning | None:
        """What a comparable text means as an answer; None where it speaks for itself."""
        said = text.strip()
        if len(said) > _SHORT:
            return None
        if self._yes.search(said):
            offer = comparable(answered)[-_OFFERED:]
            intent = next((intent for intent, pattern in self._offers if pattern.search(offer)), None)
            if intent is not None:
                return Meaning(intent, "reply-yes")
        return Meaning(None, "reply-me-too") if self._me_too.search(said) else None
