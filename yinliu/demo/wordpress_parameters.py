"""Reading the parameters of a WordPress listing, and refusing them with the words WordPress uses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus

from yinliu.demo.exchange import Answer, json_answer
from yinliu.demo.schedule import SHANGHAI

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d(:?\d\d)?)?")
_MOMENTS = ("after", "before", "modified_after", "modified_before")
_NUMBERS = ("exclude", "include", "post", "parent")
_LARGEST_PAGE = 100


class InvalidParameters(Exception):
    """Parameters the collection refuses, each with its reason."""

    def __init__(self, reasons: Mapping[str, tuple[str, str]]) -> None:
        super().__init__(", ".join(reasons))
        self._reasons = reasons

    def answer(self) -> Answer:
        """The refusal as WordPress words it."""
        details = {name: {"code": code, "message": text, "data": None} for name, (code, text) in self._reasons.items()}
        data = {"status": 400, "params": {name: text for name, (_, text) in self._reasons.items()}, "details": details}
        body = {"code": "rest_invalid_param", "message": f"无效参数：{', '.join(self._reasons)}", "data": data}
        return json_answer(body, status=HTTPStatus.BAD_REQUEST)


class Parameters:
    """The parameters of one request; what cannot be read is noted in ``refused`` and replaced by its default."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self._raw = raw
        self.refused: dict[str, tuple[str, str]] = {}

    def page(self) -> int:
        """The page asked for, from 1."""
        number = self._number("page", default=1)
        if number < 1:
            self._refuse("page", "rest_out_of_bounds", "page must be greater than or equal to 1")
        return number

    def per_page(self) -> int:
        """How many items a page has, 1 to 100."""
        number = self._number("per_page", default=10)
        if not 1 <= number <= _LARGEST_PAGE:
            text = f"per_page must be between 1 (inclusive) and {_LARGEST_PAGE} (inclusive)"
            self._refuse("per_page", "rest_out_of_bounds", text)
        return number

    def choice(self, name: str, allowed: Sequence[str], *, default: str) -> str:
        """One of the allowed words."""
        value = self._raw.get(name, default)
        if value not in allowed:
            *head, last = allowed
            comma = "," if len(head) > 1 else ""
            self._refuse(name, "rest_not_in_enum", f"{name} is not one of {', '.join(head)}{comma} and {last}.")
        return value

    def moments(self, allowed: Sequence[str]) -> dict[str, datetime]:
        """The date filters that were given; a date without an offset is site time."""
        given = [name for name in _MOMENTS if name in allowed and name in self._raw]
        found = {name: self._moment(name) for name in given}
        return {name: moment for name, moment in found.items() if moment}

    def numbers(self, allowed: Sequence[str]) -> dict[str, frozenset[int]]:
        """The filters by id that were given, each a comma list."""
        return {name: self._list(name) for name in _NUMBERS if name in allowed and self._raw.get(name)}

    def _number(self, name: str, *, default: int) -> int:
        try:
            return int(self._raw.get(name, default))
        except ValueError:
            self._refuse(name, "rest_invalid_type", f"{name} is not of type integer.")
            return default

    def _moment(self, name: str) -> datetime | None:
        value = self._raw[name]
        try:
            moment = datetime.fromisoformat(value) if _MOMENT.fullmatch(value) else None
        except ValueError:
            moment = None
        if moment is None:
            self._refuse(name, "rest_invalid_date", "Invalid date.")
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)

    def _list(self, name: str) -> frozenset[int]:
        numbers = []
        for index, part in enumerate(re.split(r"[\s,]+", self._raw[name].strip(", "))):
            if not part.isdecimal():
                self._refuse(name, "rest_invalid_type", f"{name}[{index}] is not of type integer.")
                return frozenset()
            numbers.append(int(part))
        return frozenset(numbers)

    def _refuse(self, name: str, code: str, text: str) -> None:
        self.refused[name] = (code, text)
