"""The team's own days off and days of work, which go before those that China publishes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

_SPAN = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?: ?\.\. ?([0-9]{4})-([0-9]{1,2})-([0-9]{1,2}))?")
_LONGEST = 60
"""Days of one span: more is a year mistyped."""
_SURELY_OFF = ((1, 1), (5, 1), (10, 1))
"""Days that are off in every year, whatever is published."""
_NAMED = 3
"""Days that a message names; of more it tells the number."""


def _span(value: Any) -> Any:
    """The first and the last day of a date, or of two with ``..`` between them."""
    first, last = value if isinstance(value, tuple) else _ends(value)
    if first > last:
        raise PydanticCustomError("days_backwards", "ends before it begins", {"first": str(first), "last": str(last)})
    if last - first >= timedelta(days=_LONGEST):
        raise PydanticCustomError(
            "days_many", "is {days} days long", {"days": (last - first).days + 1, "most": _LONGEST}
        )
    return first, last


def _ends(value: Any) -> tuple[date, date]:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value, value
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        numbers = [int(part) for part in found.groups() if part] if found else []
        days = [date(*numbers[at : at + 3]) for at in range(0, len(numbers), 3)]
        return days[0], days[-1]
    except (ValueError, IndexError) as error:
        raise PydanticCustomError("days_wrong", "must be a day or a span of days") from error


Span = Annotated[tuple[date, date], BeforeValidator(_span)]
"""A day, or the first and the last of several, as ``2027-02-05..2027-02-11``."""


class Calendar(BaseModel):
    """``calendar``: days off and days of work; of all other days the published ones hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    off: list[Span] = Field(default=[], max_length=1000)
    work: list[Span] = Field(default=[], max_length=1000)

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Calendar:
        both = sorted(set(_each(self.off)) & set(_each(self.work)))
        if both:
            named = ", ".join(map(str, both[:_NAMED])) + (f" … ({len(both)})" if len(both) > _NAMED else "")
            raise PydanticCustomError("days_both", "{days} are off and worked", {"days": named})
        return self

    @cached_property
    def _works(self) -> dict[date, bool]:
        return dict.fromkeys(_each(self.off), False) | dict.fromkeys(_each(self.work), True)

    def works(self, day: date) -> bool | None:
        """Whether the team works on a day; None where the file does not say."""
        return self._works.get(day)

    def covers(self, year: int) -> bool:
        """Whether the file tells a year's days off: 1 January, 1 May and 1 October are among them."""
        return all(self.works(date(year, month, day)) is False for month, day in _SURELY_OFF)


def _each(spans: Iterable[tuple[date, date]]) -> Iterator[date]:
    for first, last in spans:
        yield from (first + timedelta(days=days) for days in range((last - first).days + 1))
