"""Secrets stay out of what a crawl keeps, also where a site repeats them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response

from crawlers.ask import Ask
from crawlers.items import ProblemItem
from crawlers.secrets import Secrets
from crawlers.spider import masked

HOME = "https://api.example/v1/"


def middleware(**secrets: dict[str, str]) -> Secrets:
    """The middleware of a spider with these secrets."""
    spider: Any = SimpleNamespace(
        options=SimpleNamespace(url=HOME),
        secret_headers=lambda: secrets.get("headers", {}),
        secret_params=lambda: secrets.get("params", {}),
        secret_json=lambda: secrets.get("fields", {}),
    )
    return Secrets(SimpleNamespace(spider=spider))  # type: ignore[arg-type]


def request(url: str = f"{HOME}posts?page=2", **more: Any) -> Request:
    """A request as the frontier gives it."""
    return Request(url, meta={"ask": Ask(url=url, callback="read"), **more.pop("meta", {})}, **more)


@pytest.mark.parametrize("value", ["S3CRET", "a b&c", "密钥四字"])
def test_no_form_of_a_secret_is_quoted_in_a_problem(value: str) -> None:
    """As it is, or as an address writes it: in the address, the detail and the payload."""
    from urllib.parse import quote, quote_plus

    texts = f"{value} {quote(value)} {quote_plus(value)}"
    told = masked(ProblemItem(code="bad_http", url=texts, detail=texts, payload=texts), (value,))
    for text in (told.url, told.detail, told.payload or ""):
        assert not any(form in text for form in (value, quote(value), quote_plus(value)))


def test_a_problem_without_secrets_is_as_it_was() -> None:
    """A value too short to be one masks nothing."""
    problem = ProblemItem(code="bad_http", url=HOME, detail="abc")
    assert masked(problem, ("ab", "")) is problem or masked(problem, ("ab", "")) == problem


def test_a_secret_is_put_in_and_taken_out() -> None:
    """What goes over the wire has it; what comes back has not, and the request neither."""
    asked = request(method="POST", body=b'{"a": 1}', meta={"secret_json": True})
    door = middleware(headers={"Authorization": "Bearer S3CRET"}, params={"key": "S3CRET"}, fields={"secret": "S3CRET"})
    door.process_request(asked)
    assert "key=S3CRET" in asked.url
    assert asked.headers["Authorization"] == b"Bearer S3CRET"
    assert b"S3CRET" in asked.body
    answer = door.process_response(asked, Response(asked.url))
    assert "S3CRET" not in f"{answer.url} {asked.url} {asked.headers} {asked.body!r} {asked.meta}"


def test_a_redirect_does_not_carry_it_on() -> None:
    """A site that repeats the query in its Location, on its own host or another."""
    for target in ("https://other.example/x?key=S3CRET&page=2", "/v1/posts?key=S3CRET&page=2"):
        asked, door = request(), middleware(params={"key": "S3CRET"})
        door.process_request(asked)
        answer = door.process_response(asked, Response(asked.url, status=302, headers={"Location": target}))
        location = (answer.headers["Location"] or b"").decode()
        assert "S3CRET" not in location
        assert "page=2" in location


@pytest.mark.parametrize("url", ["https://other.example/", "http://api.example/v1/", "https://api.example:444/"])
def test_no_other_place_gets_it(url: str) -> None:
    """Another host, scheme or port."""
    asked = request(url)
    middleware(headers={"Authorization": "x"}, params={"key": "S3CRET"}).process_request(asked)
    assert (asked.url, "Authorization" in asked.headers) == (url, False)


def test_a_failed_request_is_cleaned_too() -> None:
    """What is told of it, or asked again, must not hold it."""
    asked, door = request(), middleware(params={"key": "S3CRET"})
    door.process_request(asked)
    door.process_exception(asked, OSError())
    assert "S3CRET" not in asked.url
