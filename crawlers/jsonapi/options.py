"""What ``sources.yaml`` can say about a JSON API; every expression and placeholder is checked when it is read."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self
from urllib.parse import urljoin, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from crawlers.jsonapi.address import PLACEHOLDERS, placeholders
from crawlers.jsonapi.expressions import Expression
from crawlers.jsonapi.paging import AnyPaging, Single
from crawlers.jsonapi.secrets import SecretText, references
from crawlers.jsonapi.values import Format
from crawlers.options import SourceOptions, is_web_address

_OF_POST = frozenset(name for name in PLACEHOLDERS if name.startswith("post."))
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_NOT_OURS = frozenset(("host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer"))


def _known_placeholders(value: str) -> str:
    """A text without placeholders that nothing fills; a reference to the environment is out of place here."""
    if references(value):
        raise PydanticCustomError("secret_place", "secrets belong into headers or params of the source itself")
    for name in placeholders(value):
        if name not in PLACEHOLDERS:
            raise PydanticCustomError("placeholder", "there is no {name}", {"name": f"{{{name}}}"})
    return value


def _leads_somewhere(value: str) -> str:
    """A path, or a whole address whose host is written out."""
    try:
        parts = urlsplit(urljoin("https://site.example/", value))
        whole = not placeholders(parts.netloc) and is_web_address(
            parts._replace(path="/", query="", fragment="").geturl()
        )
    except ValueError:
        whole = False
    if not whole or parts.username or parts.password:
        raise PydanticCustomError("section_path", "must be a path, or a web address whose host is written out")
    return value


def _as_text(value: Any) -> Any:
    """A parameter as an address writes it: YAML reads 50 and true as what they look like."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _header_names(value: dict[str, str]) -> dict[str, str]:
    for name, text in value.items():
        if not _HEADER.fullmatch(name) or name.lower() in _NOT_OURS or not text.isascii() or not text.isprintable():
            raise PydanticCustomError("header", "not a header that can be sent: {name}", {"name": name})
    return value


Template = Annotated[str, AfterValidator(_known_placeholders)]
Path = Annotated[Template, AfterValidator(_leads_somewhere)]
Parameter = Annotated[Template, BeforeValidator(_as_text)]
SourceParameter = Annotated[SecretText, BeforeValidator(_as_text)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PostFields(_Part):
    """Where a row holds what a post is; ``title`` or ``body`` is needed, ``id`` always."""

    id: Expression
    url: Expression | None = None
    title: Expression | None = None
    body: Expression | None = None
    author: Expression | None = None
    author_id: Expression | None = None
    time: Expression | None = None
    labels: Expression | None = None


class CommentFields(_Part):
    """Where a row holds what a comment is; ``post`` only where one list holds the comments of all posts."""

    id: Expression
    text: Expression
    author: Expression | None = None
    author_id: Expression | None = None
    time: Expression | None = None
    parent: Expression | None = None
    url: Expression | None = None
    post: Expression | None = None


class Section(_Part):
    """One kind of request: ``path`` against the source's ``url``, and its parameters; both may hold placeholders."""

    path: Path = ""
    params: dict[str, Parameter] = {}

    def wants(self) -> set[str]:
        """The placeholders it uses."""
        return {name for text in (self.path, *self.params.values()) for name in placeholders(text)}


class ListSection(Section):
    """A list that is read page by page; ``skip`` is an expression that is true for rows which are none."""

    items: Expression = "@"
    paging: AnyPaging = Single()
    order: Literal["newest", "oldest"] = "newest"
    overlap: int = Field(default=20, ge=1, le=100)
    max_pages: int = Field(default=1000, ge=1, le=5000)
    format: Format = "html"
    skip: Expression | None = None


class Posts(ListSection):
    """The list of posts; or, with ``from_comments``, posts known only by the comments of the stream."""

    fields: PostFields | None = None
    metrics: dict[str, Expression] = {}
    from_comments: PostFields | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.fields is None) == (self.from_comments is None):
            raise PydanticCustomError("posts_fields", "needs either fields or from_comments")
        if self.fields and not (self.fields.title or self.fields.body):
            raise PydanticCustomError("posts_title", "fields needs title or body")
        return self


class Discussion(ListSection):
    """A list of comments; ``replies`` finds the replies nested in one, to any depth."""

    fields: CommentFields
    replies: Expression | None = None


class MoreReplies(Section):
    """For APIs that nest only the first replies of a comment: where the rest is, asked ``when`` that is true."""

    when: Expression
    items: Expression = "@"
    paging: AnyPaging = Single()


class Comments(Discussion):
    """The comments of one post. ``of_new_posts``: ask for every new post too (default: yes without ``stream``)."""

    overlap: int = Field(default=20, ge=1, le=100_000)
    missing: Literal["gone", "none"] = "gone"
    of_new_posts: bool | None = None
    more_replies: MoreReplies | None = None


class Metrics(Section):
    """Counters of one post at an address of their own."""

    values: dict[str, Expression] = Field(min_length=1)


class PostPage(Section):
    """One post at an address of its own, read again when a visit is due: its counters, and whether it is gone."""

    item: Expression = "@"


class JsonOptions(SourceOptions):
    """A JSON API. ``headers`` and ``params`` go with every request to the host of ``url``, and to no other."""

    platform: Literal["json"]
    headers: Annotated[dict[str, SecretText], AfterValidator(_header_names)] = {}
    params: dict[str, SourceParameter] = {}
    ok: Expression | None = None
    error: Expression | None = None
    posts: Posts
    post: PostPage | None = None
    stream: Discussion | None = None
    comments: Comments | None = None
    metrics: Annotated[
        tuple[Metrics, ...], BeforeValidator(lambda value: [value] if isinstance(value, dict) else value)
    ] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.posts.from_comments and not self.stream:
            raise PydanticCustomError("needs_stream", "posts.from_comments needs stream")
        if self.stream and not self.stream.fields.post:
            raise PydanticCustomError("needs_post", "stream.fields needs post: a comment must say what it is about")
        for name, section, allowed in self._sections():
            for wanted in sorted(section.wants() - allowed):
                raise PydanticCustomError(
                    "placeholder_place", "{name} has no {wanted}", {"name": name, "wanted": wanted}
                )
        return self

    def _sections(self) -> list[tuple[str, Section, frozenset[str]]]:
        found: list[tuple[str, Section | None, frozenset[str]]] = [
            ("posts", self.posts, frozenset()),
            ("stream", self.stream, frozenset()),
            ("post", self.post, _OF_POST),
            ("comments", self.comments, _OF_POST),
            ("comments.more_replies", self.comments and self.comments.more_replies, frozenset(PLACEHOLDERS)),
            *(("metrics", section, _OF_POST) for section in self.metrics),
        ]
        return [(name, section, allowed) for name, section, allowed in found if section is not None]
