"""What the server answers: pages from one template, pictures; every answer with the same strict headers."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from fastapi.responses import Response
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from nlp.contacts import mask_text
from yinliu.console.pictures import png_uri_of
from yinliu.reports.outside import clean
from yinliu.stages.links import Landing, invitation
from yinliu.workspace.pictures import Picture

_LONGEST_TITLE = 60
_NO_SCRIPT = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_SAFE = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_NOTICES = {
    "bad_code": ("这个链接不完整，或者已经失效", "可能是复制时少了几位，或者多带了别的字。"),
    "busy": ("正在忙，请稍后再试", "页面暂时打不开，过一分钟刷新就好。"),
}


def page(found: Landing, *, team: str) -> Response:
    """The page behind a code."""
    group, has_picture = (found.entrance.group, found.entrance.picture) if found.entrance else (None, False)
    url = group.invite_url if group else None
    drawn = f"/j/{found.code}/group{invitation(found.invited_to)}"
    shown = {
        "state": found.state,
        "title": _line(found.community.title if found.community else _without(found)),
        "group": _line(group.title if group else ""),
        "post": _line(found.post or ""),
        "operator": _line(found.operator or ""),
        "heard": found.heard,
        "code": found.code,
        "url": url,
        "picture": drawn if has_picture else png_uri_of(url) if url else None,
        "team": _line(team),
    }
    return _html(_template("landing.html").render(css=_css(), **shown), status=200)


def _without(found: Landing) -> str:
    """The title of a page that leads to no community: it is gone, or nobody has said yet which one it is."""
    if found.state == "closed":
        return "这个社群已经关闭"
    return "活动入口还没准备好" if found.campaign else "入口还没准备好"


def notice(kind: Literal["bad_code", "busy"], *, status: int) -> Response:
    """A page that says what went wrong and what to do."""
    title, text = _NOTICES[kind]
    headers = {"Retry-After": "60"} if kind == "busy" else {}
    return _html(_template("notice.html").render(css=_css(), kind=kind, title=title, text=text), status, headers)


def svg(content: bytes) -> Response:
    """A drawing of ours."""
    return picture(Picture(content, "image/svg+xml"))


def picture(found: Picture) -> Response:
    """A picture, on its own without any right: an SVG may hold scripts."""
    policy = {"Content-Security-Policy": f"{_NO_SCRIPT}; style-src 'unsafe-inline'; sandbox"}
    return Response(found.content, media_type=found.mime, headers=_SAFE | policy)


def healthy() -> Response:
    """That server and database answer."""
    return Response('{"ok": true}', media_type="application/json", headers=_SAFE)


def _html(text: str, status: int, more: dict[str, str] | None = None) -> Response:
    policy = f"{_NO_SCRIPT}; img-src 'self' data:; style-src 'sha256-{_css_hash()}'"
    headers = _SAFE | {"Content-Security-Policy": policy} | (more or {})
    content = text.encode("utf-8", "replace")
    return Response(content, status_code=status, media_type="text/html; charset=utf-8", headers=headers)


def _line(text: str) -> str:
    """One line of what a team or a platform wrote, contacts masked, not longer than a phone can show."""
    plain = mask_text(clean(text[: _LONGEST_TITLE * 20]))
    return plain if len(plain) <= _LONGEST_TITLE else plain[: _LONGEST_TITLE - 1] + "…"


@lru_cache(maxsize=1)
def _css() -> str:
    return (files("yinliu.console") / "templates" / "page.css").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _css_hash() -> str:
    return base64.b64encode(hashlib.sha256(_css().encode("utf-8")).digest()).decode("ascii")


@lru_cache(maxsize=4)
def _template(name: str) -> Template:
    loader = PackageLoader("yinliu.console", "templates")
    house = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return house.get_template(name)
