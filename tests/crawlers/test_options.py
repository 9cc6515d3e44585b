"""What a source may say, and what is answered where it says something else."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from crawlers.options import SourceOptions, is_web_address
from crawlers.platforms.page import PageOptions

SOURCE: dict[str, Any] = {"name": "shop", "platform": "page", "url": "https://shop.example/"}
PAGE: dict[str, Any] = {**SOURCE, "list": {"links": "a"}, "post": {"title": "h1", "body": "article"}}


def mistake(model: type[SourceOptions], given: dict[str, Any]) -> tuple[str, str]:
    """Where the one mistake is, and of what kind."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(given)
    (error,) = caught.value.errors()
    return ".".join(str(step) for step in error["loc"]), error["type"]


@pytest.mark.parametrize(
    ("change", "place", "kind"),
    [
        ({"url": "shop.example"}, "url", "web_address"),
        ({"url": "ftp://shop.example/"}, "url", "web_address"),
        ({"url": "file:///etc/passwd"}, "url", "web_address"),
        ({"url": "http://[::1"}, "url", "web_address"),
        ({"url": "http://shop.example:99999/"}, "url", "web_address"),
        ({"url": "http:///x"}, "url", "web_address"),
        ({"url": "https://me:secret@shop.example/"}, "url", "web_address_secret"),
        ({"timezone": "Mars/Olympus"}, "timezone", "time_zone"),
        ({"timezone": "../etc/passwd"}, "timezone", "time_zone"),
        ({"name": "Shop"}, "name", "string_pattern_mismatch"),
        ({"name": "../x"}, "name", "string_pattern_mismatch"),
        ({"max_body_mib": 0}, "max_body_mib", "greater_than"),
        ({"max_body_mib": 100}, "max_body_mib", "less_than_equal"),
        ({"delay_seconds": -1}, "delay_seconds", "greater_than_equal"),
        ({"delay": 1}, "delay", "extra_forbidden"),
    ],
)
def test_a_wrong_option_is_named(change: dict[str, Any], place: str, kind: str) -> None:
    """Each mistake has its place and its kind, from which the complaint is written."""
    assert mistake(SourceOptions, {**SOURCE, **change}) == (place, kind)


@pytest.mark.parametrize(
    ("change", "place", "kind"),
    [
        ({"list": {"links": "a["}}, "list.links.css", "css_selector"),
        ({"list": {"links": "a::text"}}, "list.links.css", "css_selector"),
        ({"list": {"links": "> a"}}, "list.links.css", "css_selector"),
        ({"list": {"links": {"css": "a", "regex": "("}}}, "list.links.regex", "regex"),
        ({"list": {"links": {"xpath": "//a", "css": "a"}}}, "list.links.xpath", "extra_forbidden"),
        ({"list": {"links": "a", "max_pages": 0}}, "list.max_pages", "greater_than_equal"),
        ({"post": {"title": "h1", "body": "p", "wait_for": "]"}}, "post.wait_for", "css_selector"),
        ({"render": "maybe"}, "render", "bool_parsing"),
        ({"comments": {"item": "li"}}, "comments.text", "missing"),
    ],
)
def test_a_wrong_selector_is_named(change: dict[str, Any], place: str, kind: str) -> None:
    """A selector is checked when the workspace is read, not in the middle of a crawl."""
    assert mistake(PageOptions, {**PAGE, **change}) == (place, kind)


def test_an_attribute_may_be_read_from_the_element_itself() -> None:
    """A bare ``::attr()`` is a selector."""
    given = {**PAGE, "comments": {"item": "li", "text": "p", "id": "::attr(data-id)", "parent": "nested"}}
    assert PageOptions.model_validate(given).comments is not None


@pytest.mark.parametrize(
    ("url", "web"),
    [
        *(("http://a.cn", True), ("https://中文.cn/路径", True), ("http://[::1]:8080/", True), ("HTTP://A/", True)),
        *(("", False), ("//a.cn/", False), ("javascript:x", False), ("http://", False), ("http://a b/", False)),
        *(("http://a.cn:0/", False), ("http://[a/", False), (f"http://{'a' * 70}/", False), ("data:,x", False)),
    ],
)
def test_a_web_address_has_a_scheme_a_host_and_a_port(url: str, web: bool) -> None:
    """Anything else is not asked."""
    assert is_web_address(url) is web


def test_the_body_limit_is_in_bytes() -> None:
    """``max_body_mib`` counts mebibytes, and parts of one."""
    assert SourceOptions.model_validate({**SOURCE, "max_body_mib": 0.5}).max_body == 512 * 1024
