"""One question to the demo site and its answer, as plain values: what the parts of the site speak in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for: the site's own address, the path, and the query with ``name[]=`` lists joined by commas."""

    base: str
    path: str
    query: Mapping[str, str]

    @classmethod
    def of(cls, base: str, target: str) -> Request:
        """The request of one request line's target."""
        parts = urlsplit(target)
        query: dict[str, str] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            key = name.removesuffix("[]")
            query[key] = f"{query[key]},{value}" if name.endswith("[]") and key in query else value
        return cls(base, parts.path, query)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    body: str
    mime: str = HTML
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(
    value: object, *, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Answer:
    """A value as a JSON document."""
    return Answer(json.dumps(value, separators=(",", ":")), JSON, status, headers or {})
