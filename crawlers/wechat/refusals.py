"""What an error code of the official account's API means here.

The API always answers HTTP 200; ``errcode`` says what happened (developers.weixin.qq.com: 全局错误码, each API's page).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from crawlers.problems import CrawlProblem
from crawlers.quoting import beginning, shape

TOKEN_API = "/cgi-bin/stable_token"  # noqa: S105 - the address where a token is asked for
LIST = "/cgi-bin/freepublish/batchget"
FIGURES = "/datacube/getarticletotaldetail"
COMMENTS = "/cgi-bin/comment/list"

TOKEN_REFUSED = frozenset((40001, 40014, 42001))
"""The access token is wrong, not the newest, or too old: a new one may help, once."""

NO_ARTICLE = 88001

_CODES = {
    -1: "server_error",
    40013: "auth_expired",
    40125: "auth_expired",
    40164: "ip_not_allowed",
    40243: "auth_expired",
    41001: "auth_expired",
    41002: "auth_expired",
    41004: "auth_expired",
    45009: "quota_exhausted",
    45011: "rate_limited",
    48001: "permission_missing",
    48004: "permission_missing",
    50002: "auth_expired",
    50007: "auth_expired",
    61004: "ip_not_allowed",
    61007: "permission_missing",
    61503: "data_not_ready",
    88000: "permission_missing",
    88001: "not_found",
    89503: "ip_not_allowed",
    **dict.fromkeys(TOKEN_REFUSED, "auth_expired"),
}
_OTHER = "api_refused"
_DAILY = {LIST: 100, TOKEN_API: 500_000}
"""Calls a day that are documented for a new account; the account's own are on its page 开发 › 接口权限."""

_PERMISSIONS = {
    LIST: "发布能力 (freepublish), 群发与通知权限集 7",
    FIGURES: "数据统计 › 图文分析, 群发与通知权限集 7, verified accounts only",
    COMMENTS: "图文消息留言管理, 留言功能, 群发与通知权限集 7, verified accounts only",
}
_LONGEST, _READ_MOST = 200, 2000
_CALL_ID = re.compile(r"\s*(?:\brid: [\w-]+|\bhints?: ?\[[^\]]*\])")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an API did not do what it was asked: its own number, our problem code, and the words for it."""

    api: str
    errcode: int
    code: str
    detail: str


def read_answer(text: str, *, api: str) -> dict[str, Any]:
    """The JSON object of an answer; ``not_json`` when it is something else. Nothing of a token's answer is told."""
    begins = "" if api == TOKEN_API else f"; {beginning(text)}"
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CrawlProblem("not_json", f"{api}: {type(error).__name__}{begins}") from error
    if not isinstance(answer, dict):
        raise CrawlProblem("not_json", f"{api}: an object was promised{begins}")
    return answer


def refusal(answer: dict[str, Any], *, api: str) -> Refusal | None:
    """The refusal in an answer; None when there is none (``errcode`` 0, or none at all)."""
    errcode = answer.get("errcode", 0)
    if isinstance(errcode, str) and errcode.lstrip("-").isdigit():
        errcode = int(errcode[:10])
    if not isinstance(errcode, int):
        raise CrawlProblem("not_json", f"{api}: errcode is no number, but {shape(errcode)}")
    if errcode == 0:
        return None
    code = _CODES.get(errcode, _OTHER)
    return Refusal(api, errcode, code, _detail(code, errcode, str(answer.get("errmsg") or ""), api))


def _detail(code: str, errcode: int, message: str, api: str) -> str:
    # Without the number of this one call, so that the same refusal of tomorrow is the same problem.
    words = " ".join(_CALL_ID.sub("", " ".join(message[:_READ_MOST].split())).split())
    said = f"{api}: {errcode} {words[:_LONGEST]}".rstrip()
    if code == "quota_exhausted":
        limit = f"{_DAILY[api]} calls a day" if api in _DAILY else "the account's limit for a day"
        return f"{said}; {limit}, counted anew from 00:00 Asia/Shanghai"
    if code == "permission_missing":
        return f"{said}; needs {_PERMISSIONS.get(api, 'the permission of this API')}"
    return said
