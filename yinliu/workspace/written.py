"""Names, texts and numbers as people write them into files: what no screen or database can take is refused."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError, PydanticKnownError

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DayKind = Literal["everyday", "workdays", "holidays"]
_UNSEEN = ("Cc", "Cs")
"""Unicode's control characters, and halves of characters (lone surrogates)."""


def _readable(text: str) -> str:
    """The text; an error where it holds what cannot be shown, kept or sent. Line ends and tabs may stand."""
    unseen = next((sign for sign in text if unicodedata.category(sign) in _UNSEEN and sign not in "\n\t"), None)
    if unseen is not None:
        raise PydanticCustomError("unreadable", "holds the sign {sign}", {"sign": f"U+{ord(unseen):04X}"})
    return text


def _on_one_line(text: str) -> str:
    if any(sign in text for sign in "\n\t\u2028\u2029"):
        raise PydanticCustomError("more_lines", "must stand on one line")
    if text and not text.strip():
        raise PydanticCustomError("blank_word", "must not be blank")
    return text


def _no_truth(value: Any) -> Any:
    """Whatever it is, but not true or false, which Python takes for 1 and 0."""
    if isinstance(value, bool):
        raise PydanticKnownError("int_type")
    return value


def _known_days(value: Any) -> Any:
    names = get_args(Weekday)
    if isinstance(value, list):
        known = bool(value) and all(isinstance(day, str) and day in names for day in value)
    else:
        known = isinstance(value, str) and value in get_args(_DayKind)
    if not known:
        words = {"kinds": "、".join(get_args(_DayKind)), "names": ", ".join(names)}
        raise PydanticCustomError("shift_days", "must be one of {kinds}, or some of [{names}]", words)
    return value


Plain = Annotated[str, AfterValidator(_readable)]
"""A text that can be shown and kept, of any length."""
Label = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_readable), AfterValidator(_on_one_line)]
"""A name on one line, of 1 to 40 characters."""
Title = Annotated[str, Field(max_length=100), AfterValidator(_readable), AfterValidator(_on_one_line)]
"""What people read, on one line, of at most 100 characters."""
Whole = Annotated[int, BeforeValidator(_no_truth)]
Number = Annotated[float, BeforeValidator(_no_truth)]
Days = Annotated[_DayKind | list[Weekday], BeforeValidator(_known_days)]
"""Kinds of days as China publishes them, or weekdays, at least one."""
