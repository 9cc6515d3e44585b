"""JMESPath (jmespath.org/specification.html): checked when the workspace is read, evaluated without surprises."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

_SIGNATURES: dict[str, list[dict[str, Any]]] = {
    name: list(entry["signature"]) for name, entry in Functions.FUNCTION_TABLE.items()
}


def _valid(value: str) -> str:
    """The expression itself; a wrong one, an unknown function or a wrong number of arguments is refused."""
    try:
        reason = next(_mistakes(_compiled(value).parsed), "")
    except (JMESPathError, RecursionError) as error:
        reason = str(error).splitlines()[0]
    if reason or not value.strip():
        raise PydanticCustomError("jmespath", "not a JMESPath expression: {reason}", {"reason": reason or "empty"})
    return value


Expression = Annotated[str, AfterValidator(_valid)]
"""A JMESPath expression as written in ``sources.yaml``."""


@cache
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)


def _mistakes(node: Any) -> Iterator[str]:
    """What jmespath itself would only say when it meets data: unknown functions and wrong numbers of arguments."""
    if not isinstance(node, dict):
        return
    if node.get("type") == "function_expression":
        yield from _call_mistakes(str(node["value"]), len(node["children"]))
    for child in node.get("children") or ():
        yield from _mistakes(child)


def _call_mistakes(name: str, given: int) -> Iterator[str]:
    signature = _SIGNATURES.get(name)
    if signature is None:
        yield f"there is no function {name}()"
    elif given < len(signature) or (given > len(signature) and not signature[-1].get("variadic")):
        yield f"{name}() takes {len(signature)} arguments, not {given}"


def find(expression: str | None, data: Any) -> Any:
    """What an expression finds in parsed JSON; None where it finds nothing, or cannot be applied to such data."""
    if expression is None:
        return None
    try:
        return _compiled(expression).search(data)
    except (JMESPathError, RecursionError, TypeError, ValueError, OverflowError):
        return None
