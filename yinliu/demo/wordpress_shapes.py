"""Posts and comments in the JSON shape of WordPress 6."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from markupsafe import escape

from yinliu.demo.pages import address
from yinliu.demo.records import DemoComment, DemoPost

_AVATAR_SIZES = (24, 48, 96)
_FIRST_CATEGORY = 2
_FIRST_TAG = 20
_EXCERPT = 55

Json = dict[str, object]


class Shapes:
    """Gives authors, categories and tags the numbers WordPress knows them by, and writes the JSON."""

    def __init__(self, posts: Sequence[DemoPost], comments: Sequence[DemoComment]) -> None:
        staff = {comment.author for comment in comments if comment.by_staff}
        self._users = _numbers({post.author for post in posts} | staff, first=1)
        self._categories = _numbers({post.category for post in posts}, first=_FIRST_CATEGORY)
        self._tags = _numbers({tag for post in posts for tag in post.tags}, first=_FIRST_TAG)

    def post(self, post: DemoPost, base: str, *, embed: bool) -> Json:
        """One post; with author and terms inside if ``_embed`` was asked."""
        shaped = {**self._dates(post), **self._words(post, base), **self._terms(post)}
        shaped["_links"] = self._post_links(post, base)
        if embed:
            shaped["_embedded"] = {
                "author": [self._user(post.author, base)],
                "wp:term": self._embedded_terms(post, base),
            }
        return shaped

    def comment(self, comment: DemoComment, base: str, *, post: DemoPost) -> Json:
        """One comment; guests have the author number 0."""
        return {
            "id": comment.id,
            "post": comment.post_id,
            "parent": comment.parent_id or 0,
            "author": self._users[comment.author] if comment.by_staff else 0,
            "author_name": comment.author,
            "author_url": "",
            "date": _site_time(comment.created),
            "date_gmt": _gmt(comment.created),
            "content": {"rendered": f"<p>{escape(comment.text)}</p>\n"},
            "link": f"{base}{address(post)}#comment-{comment.id}",
            "status": "approved",
            "type": "comment",
            "author_avatar_urls": _avatars(comment.author_id),
            "meta": [],
            "_links": _comment_links(comment, base),
        }

    def _dates(self, post: DemoPost) -> Json:
        return {
            "id": post.id,
            "date": _site_time(post.published),
            "date_gmt": _gmt(post.published),
            "guid": {"rendered": f"https://notes.example.test/?p={post.id}"},
            "modified": _site_time(post.modified),
            "modified_gmt": _gmt(post.modified),
        }

    def _words(self, post: DemoPost, base: str) -> Json:
        return {
            "slug": post.slug,
            "status": "publish",
            "type": "post",
            "link": base + address(post),
            "title": {"rendered": str(escape(post.title))},
            "content": {"rendered": _paragraphs(post.paragraphs), "protected": False},
            "excerpt": {"rendered": _paragraphs([f"{post.paragraphs[0][:_EXCERPT]} […]"]), "protected": False},
        }

    def _terms(self, post: DemoPost) -> Json:
        return {
            "author": self._users[post.author],
            "featured_media": 0,
            "comment_status": "open",
            "ping_status": "open",
            "sticky": False,
            "template": "",
            "format": "standard",
            "meta": [],
            "categories": [self._categories[post.category]],
            "tags": [self._tags[tag] for tag in post.tags],
        }

    def _post_links(self, post: DemoPost, base: str) -> Json:
        api = f"{base}/wp-json/wp/v2"
        return {
            "self": [{"href": f"{api}/posts/{post.id}"}],
            "collection": [{"href": f"{api}/posts"}],
            "author": [{"embeddable": True, "href": f"{api}/users/{self._users[post.author]}"}],
            "replies": [{"embeddable": True, "href": f"{api}/comments?post={post.id}"}],
            "wp:term": [
                {"taxonomy": "category", "embeddable": True, "href": f"{api}/categories?post={post.id}"},
                {"taxonomy": "post_tag", "embeddable": True, "href": f"{api}/tags?post={post.id}"},
            ],
        }

    def _user(self, name: str, base: str) -> Json:
        number = self._users[name]
        return {
            "id": number,
            "name": name,
            "url": "",
            "description": "",
            "link": f"{base}/author/{quote(name)}/",
            "slug": quote(name).lower(),
            "avatar_urls": _avatars(f"user-{number}"),
        }

    def _embedded_terms(self, post: DemoPost, base: str) -> list[list[Json]]:
        category = _term(self._categories[post.category], post.category, "category", base)
        return [[category], [_term(self._tags[tag], tag, "post_tag", base) for tag in post.tags]]


def _numbers(names: Iterable[str], *, first: int) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted(names), first)}


def _term(number: int, name: str, taxonomy: str, base: str) -> Json:
    slug = quote(name).lower()
    folder = "category" if taxonomy == "category" else "tag"
    return {"id": number, "link": f"{base}/{folder}/{slug}/", "name": name, "slug": slug, "taxonomy": taxonomy}


def _comment_links(comment: DemoComment, base: str) -> Json:
    api = f"{base}/wp-json/wp/v2"
    links: Json = {
        "self": [{"href": f"{api}/comments/{comment.id}"}],
        "collection": [{"href": f"{api}/comments"}],
        "up": [{"embeddable": True, "post_type": "post", "href": f"{api}/posts/{comment.post_id}"}],
    }
    if comment.parent_id:
        links["in-reply-to"] = [{"embeddable": True, "href": f"{api}/comments/{comment.parent_id}"}]
    return links


def _avatars(who: str) -> Json:
    digest = hashlib.md5(f"{who}@example.test".encode(), usedforsecurity=False).hexdigest()
    return {str(size): f"https://secure.gravatar.com/avatar/{digest}?s={size}&d=mm&r=g" for size in _AVATAR_SIZES}


def _paragraphs(texts: Iterable[str]) -> str:
    return "\n".join(f"<p>{escape(text)}</p>" for text in texts) + "\n"


def _site_time(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat()


def _gmt(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat()
