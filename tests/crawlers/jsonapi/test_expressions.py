"""Expressions are checked before a crawl, and never fail in one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from crawlers.jsonapi.expressions import Expression, find

EXPRESSION = TypeAdapter(Expression)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)
USUAL = ("a.b", "a[].b", "length(a)", "join('', [a, b])", "reverse(@)", "a > length(b)", "sort_by(@, &a)[0]", "sum(a)")


@pytest.mark.parametrize("text", [*USUAL, "not_null(a, b, c)", "@", "a || `[]`", '"wp:term"[][].name'])
def test_what_jmespath_offers_can_be_written(text: str) -> None:
    """Functions with their right number of arguments, among them those that take any number."""
    assert EXPRESSION.validate_python(text) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *(("a[", "jmespath"), ("", "empty"), ("  ", "jmespath"), ("a.", "jmespath"), ("a = b", "jmespath")),
        *(("lenght(a)", "no function lenght()"), ("join('')", "join() takes 2"), ("length(a, b)", "length() takes 1")),
        *(("a[?lenght(@)]", "no function"), ("(" * 3000 + "a" + ")" * 3000, "")),
    ],
)
def test_a_mistake_is_told_when_the_workspace_is_read(text: str, reason: str) -> None:
    """Also what jmespath itself only finds out when it meets data."""
    with pytest.raises(ValidationError) as caught:
        EXPRESSION.validate_python(text)
    (error,) = caught.value.errors()
    assert error["type"] == "jmespath"
    assert reason in error["msg"] or reason == "jmespath"


@given(st.sampled_from(USUAL), JSON)
def test_no_data_makes_an_expression_fail(text: str, data: Any) -> None:
    """Whatever an API answers, an expression finds JSON or nothing, and the same of the same data."""
    found = find(text, data)
    assert json.dumps(found) == json.dumps(find(text, data))
    assert found is None or isinstance(found, bool | int | float | str | list | dict)


def test_nothing_is_found_without_an_expression() -> None:
    """A field that is not configured is not there."""
    assert find(None, {"a": 1}) is None
