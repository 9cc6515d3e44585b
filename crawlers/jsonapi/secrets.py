"""Secrets in headers and parameters: ``${YINLIU_NAME}`` in ``sources.yaml``, the value in the environment only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from crawlers.problems import CrawlProblem

_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_NAME = re.compile(r"YINLIU_[A-Z0-9_]{1,60}")
_OUR_OWN = frozenset(("YINLIU_DATABASE_URL", "YINLIU_KEY", "YINLIU_KEY_FILE"))
"""What the program itself is configured by: no site has any business with it."""
_PRINTABLE = re.compile(r"[\x20-\x7e]+")


def _referring(value: str) -> str:
    """A text whose references name variables that may be sent; ``secret_name`` says which one may not."""
    for name in references(value):
        if not _NAME.fullmatch(name) or name in _OUR_OWN:
            raise PydanticCustomError("secret_name", "not a variable that may be sent: {name}", {"name": name})
    if "${" in _REFERENCE.sub("", value):
        raise PydanticCustomError("secret_name", "not a variable that may be sent: {name}", {"name": value[:40]})
    return value


SecretText = Annotated[str, AfterValidator(_referring)]
"""A text that may refer to the environment."""


def references(value: str) -> list[str]:
    """The variables a text refers to."""
    return _REFERENCE.findall(value)


def plain_of(texts: Mapping[str, str]) -> dict[str, str]:
    """The entries that hold no secret."""
    return {name: text for name, text in texts.items() if not references(text)}


def secrets_of(texts: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """The entries with secrets, filled in; ``secret_missing`` names a variable that is unset or cannot be sent."""
    secret = {name: text for name, text in texts.items() if references(text)}
    return {name: _REFERENCE.sub(lambda found: _value(found[1], environment), text) for name, text in secret.items()}


def values_of(texts: Mapping[str, str], environment: Mapping[str, str]) -> Iterator[str]:
    """The bare secrets, to be masked wherever they might be written."""
    for text in texts.values():
        yield from (_value(name, environment) for name in references(text))


def _value(name: str, environment: Mapping[str, str]) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise CrawlProblem("secret_missing", f"{name} is not set")
    if not _PRINTABLE.fullmatch(value):
        raise CrawlProblem("secret_missing", f"{name} holds something else than printable ASCII characters")
    return value
