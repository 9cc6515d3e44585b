"""What a team writes in ``topics.yaml`` and ``intents.yaml``, checked."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError


def _valid_regex(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise PydanticCustomError("regex", "not a regular expression: {reason}", {"reason": str(error)}) from error
    return value


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Word = Annotated[str, Field(min_length=1, max_length=40)]
Regex = Annotated[str, AfterValidator(_valid_regex)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TopicRule(_Strict):
    """A topic, and the words by which it is known; each different word found adds ``weight``."""

    name: Name
    title: str
    words: list[Word] = Field(min_length=1)
    weight: float = Field(default=1.0, gt=0, le=100)
    threshold: float = Field(default=1.0, gt=0)


class Topics(_Strict):
    """``topics.yaml``: topics, and further words that the segmenter must keep whole."""

    topics: list[TopicRule]
    words: list[Word] = []

    @model_validator(mode="after")
    def _each_once(self) -> Topics:
        _refuse_twins([topic.name for topic in self.topics])
        return self


class IntentPattern(_Strict):
    """One way of saying it: an expression (over text in lower case and half width) and what it weighs."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    pattern: Regex
    weight: float = Field(default=1.0, ge=-100, le=100)


class IntentRule(_Strict):
    """An intent: it is given when the weights of the rules that were found reach ``threshold``."""

    name: Name
    title: str
    rules: list[IntentPattern] = Field(min_length=1)
    threshold: float = Field(default=1.0, gt=0)


class Intents(_Strict):
    """``intents.yaml``."""

    intents: list[IntentRule]

    @model_validator(mode="after")
    def _each_once(self) -> Intents:
        _refuse_twins([intent.name for intent in self.intents])
        _refuse_twins([rule.id for intent in self.intents for rule in intent.rules])
        return self


def _refuse_twins(names: list[str]) -> None:
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise PydanticCustomError("named_twice", "named twice: {names}", {"names": ", ".join(twins)})
