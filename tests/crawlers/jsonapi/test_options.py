"""What ``sources.yaml`` may say about a JSON API, and what is answered where it says something else."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from pydantic import ValidationError

from crawlers.jsonapi.options import JsonOptions
from tests.crawlers.jsonapi.examples import example

EXAMPLES = ("blog", "journal", "talk", "notes")


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_are_valid_and_survive_the_way_into_a_crawl_process(name: str) -> None:
    """Options are handed over as JSON; secrets are not in it."""
    options = JsonOptions.model_validate(example(name))
    assert JsonOptions.model_validate_json(options.model_dump_json()) == options


def changed(path: str, value: Any, name: str = "journal") -> dict[str, Any]:
    """An example with one value changed."""
    source = copy.deepcopy(example(name))
    *steps, last = path.split(".")
    here = source
    for step in steps:
        here = here.setdefault(step, {})
    here[last] = value
    return source


@pytest.mark.parametrize(
    ("path", "value", "place", "kind"),
    [
        ("posts.fields.title", "tags[", "posts.fields.title", "jmespath"),
        ("posts.fields.body", "lenght(html)", "posts.fields.body", "jmespath"),
        ("posts.metrics.likes", "", "posts.metrics.likes", "jmespath"),
        ("posts.fields.name", "x", "posts.fields.name", "extra_forbidden"),
        ("posts.paging.kind", "pages", "posts.paging", "union_tag_invalid"),
        ("posts.paging", {"kind": "offset"}, "posts.paging.offset.size", "missing"),
        ("posts.order", "best", "posts.order", "literal_error"),
        ("posts.overlap", 0, "posts.overlap", "greater_than_equal"),
        ("posts.fields", {"id": "id"}, "posts", "posts_title"),
        ("posts.from_comments", {"id": "id"}, "posts", "posts_fields"),
        ("posts.path", "posts/{post.id}/", "", "placeholder_place"),
        ("comments.path", "x/{post.slug}/", "comments.path", "placeholder"),
        ("comments.path", "x/{comment.id}/", "", "placeholder_place"),
        ("comments.path", "//{post.id}/", "comments.path", "section_path"),
        ("comments.path", "https://{post.id}.example/", "comments.path", "section_path"),
        ("comments.path", "https://me:secret@x.example/", "comments.path", "section_path"),
        ("comments.path", "file:///etc/passwd", "comments.path", "section_path"),
        ("comments.path", "http://[", "comments.path", "section_path"),
        ("comments.params.key", "${YINLIU_A}", "comments.params.key", "secret_place"),
        ("params.key", "${HOME}", "params.key", "secret_name"),
        ("headers.X-Key", "${YINLIU_KEY}", "headers.X-Key", "secret_name"),
        ("headers", {"Host": "evil.example"}, "headers", "header"),
        ("headers", {"X-A": "a\r\nX-B: b"}, "headers", "header"),
        ("headers", {"bad name": "a"}, "headers", "header"),
        ("headers", {"X-A": "密"}, "headers", "header"),
        ("metrics", {"path": "x", "values": {}}, "metrics.0.values", "too_short"),
        ("stream", {"fields": {"id": "id", "text": "t"}}, "", "needs_post"),
        ("ok", "code = 0", "ok", "jmespath"),
        ("url", "shop.example", "url", "web_address"),
    ],
)
def test_a_mistake_has_its_place_and_kind(path: str, value: Any, place: str, kind: str) -> None:
    """Everything is told when the workspace is read, not in the middle of a crawl."""
    with pytest.raises(ValidationError) as caught:
        JsonOptions.model_validate(changed(path, value))
    error = caught.value.errors()[0]
    assert (".".join(map(str, error["loc"])), error["type"]) == (place, kind)


def test_posts_known_by_their_comments_need_a_stream() -> None:
    """Comments of one post cannot be asked for before the post is known."""
    source = example("notes")
    del source["stream"]
    with pytest.raises(ValidationError, match="needs stream"):
        JsonOptions.model_validate(source)


def test_parameters_may_be_numbers_and_booleans() -> None:
    """As YAML reads 50 and true."""
    options = JsonOptions.model_validate(changed("posts.params", {"limit": 50, "all": True, "x": 1.5}))
    assert options.posts.params == {"limit": "50", "all": "true", "x": "1.5"}
