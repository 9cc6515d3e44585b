"""Addresses: placeholders fill in values, never meanings."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.jsonapi.address import About, address, followed, path_of, same_site
from crawlers.problems import CrawlProblem

BASE = "https://shop.example/api/"
TEMPLATES = ("posts/{post.id}/comments", "{post.id}", "{post.path}", "{post.url}.json", "c?of={post.id}", "/{post.id}")


@given(st.sampled_from(TEMPLATES), st.text(max_size=30))
def test_no_value_changes_the_host(template: str, value: str) -> None:
    """Not by slashes, user names, dots, backslashes, nor a scheme of its own."""
    made = address(BASE, template, about=About(value, value), params={"q": "{post.id}"})
    assert same_site(made, BASE)
    assert made.isascii()
    assert not any(char.isspace() for char in made)


@pytest.mark.parametrize(
    "value", ["//evil.example/", "http://evil.example/", "@evil.example", "\\\\evil", "..", "a/../../b"]
)
def test_values_that_look_like_addresses_stay_one_segment(value: str) -> None:
    """Slashes and dots in a value are escaped."""
    path = urlsplit(address(BASE, "posts/{post.id}/comments", about=About(value, ""))).path
    assert path.count("/") == 4 and path.startswith("/api/posts/") and "/../" not in path


def test_parameters_are_encoded_once() -> None:
    """A value arrives as it is; a place's own parameters hold no placeholders."""
    about = About("1", "https://blog.example/%E5%86%AC/?a=1#top")
    made = address(
        BASE, "c?fixed=1", about=about, params={"p": "{post.path}", "d": "{post.plain_path}"}, place={"n": "{x}"}
    )
    assert parse_qs(urlsplit(made).query) == {"fixed": ["1"], "p": ["/%E5%86%AC/"], "d": ["/冬/"], "n": ["{x}"]}


def test_a_place_wins_over_a_parameter_of_the_same_name() -> None:
    """The page that is asked for is the one meant."""
    assert address(BASE, "p", params={"page": "1"}, place={"page": "2"}) == f"{BASE}p?page=2"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        *(("https://a.example/x/?q#f", "/x/"), ("https://a.example/#/posts/1", "/posts/1")),
        *(("/posts/1", "/posts/1"), ("http://[", ""), ("", "")),
    ],
)
def test_the_path_of_a_script_s_site_is_its_route(url: str, path: str) -> None:
    """Comment servers know a post by the path the reader sees."""
    assert path_of(url) == path


def test_a_next_page_is_followed_on_the_same_host_and_without_secrets() -> None:
    """Some APIs repeat the key in the link to the next page; that link is journaled."""
    page = "https://shop.example/api/posts?page=1"
    assert followed("?page=2&key=s3cret&a=b+c", page=page, without={"key"}) == f"{BASE}posts?page=2&a=b+c"
    assert followed("https://shop.example:443/x#f", page=page, without=()) == "https://shop.example:443/x"


@pytest.mark.parametrize(
    "link",
    ["https://evil.example/", "//evil.example/x", "http://shop.example/", "https://shop.example:444/", "http://["],
)
def test_a_next_page_elsewhere_is_refused(link: str) -> None:
    """Another host, scheme or port was never configured."""
    with pytest.raises(CrawlProblem) as caught:
        followed(link, page=BASE, without=())
    assert caught.value.code == "redirect_forbidden"
