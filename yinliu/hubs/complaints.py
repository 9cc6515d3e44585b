"""What is said of a homeserver's bad answers: what happened, and the next step; never a token, never an address."""

from __future__ import annotations

import re
from typing import Any

from nlp.contacts import mask_text
from yinliu.language import Text

_CODE = re.compile(r"M_[A-Z_]{1,60}|[a-z]{2,10}(?:\.[a-z_]{1,30}){1,5}\.[A-Z_]{1,60}")
_QUOTED = 200
_ASKED = {"": "这次邀请", "account": "邀请账号", "rooms": "查看群成员的请求", "directory": "按别名找群的请求"}
"""What was refused, by the first step of the path that was asked."""
_REMEDY = "检查邀请账号在群里的权限；若只有个别人被拒，请人工联系。"
_REMEDIES = {"account": "检查这个账号是否已停用，令牌是否属于它；需要时重新登录并更新令牌。"}


def code_of(answer: dict[str, Any]) -> str:
    """The Matrix error code of an answer; empty when it has none."""
    said = answer.get("errcode")
    return said if isinstance(said, str) and _CODE.fullmatch(said) else ""


def _quoted(answer: dict[str, Any]) -> str:
    said = answer.get("error")
    words = said[: _QUOTED * 4] if isinstance(said, str) else ""
    shown = mask_text("".join(char if char.isprintable() else " " for char in words))  # masked whole, then cut
    return f"{code_of(answer)} {shown[:_QUOTED]}".strip() or "-"


def unreachable(base: str, error: Exception) -> Text:
    """No connection."""
    name = type(error).__name__
    return Text(
        f"连不上 {base}（{name}）。检查 communities.yaml 里的 url 与网络，稍后再运行。",
        f"no connection to {base} ({name}). Check url in communities.yaml and the network, then run again.",
    )


def no_answer(base: str, error: Exception) -> Text:
    """No whole answer came in time, or one over the limit."""
    name = type(error).__name__.strip("_")
    return Text(
        f"{base} 没有给出完整的回答（{name}）。稍后再运行；经常如此可调大 timeout_seconds。",
        f"{base} gave no whole answer ({name}). Run again later; raise timeout_seconds if it repeats.",
    )


def server_error(base: str, status: int) -> Text:
    """5xx."""
    return Text(f"{base} 出错（{status}）。稍后再运行。", f"{base} fails ({status}). Run again later.")


def slow_down(seconds: float) -> Text:
    """429."""
    return Text(
        f"服务器要求 {seconds:.0f} 秒后再试（429）。其余工单留待下次；可请管理员调高邀请账号的限额（rc_invites）。",
        f"asks us to wait {seconds:.0f} s (429). The rest is left for the next run; rc_invites may be raised.",
    )


def token_refused(code: str) -> Text:
    """401."""
    return Text(
        f"访问令牌无效或已失效（401 {code}）。用邀请账号重新登录，更新 hubs 里 token 所指的环境变量。",
        f"the access token is not accepted (401 {code}). Log the inviter in again and renew the variable.",
    )


def not_in_room(room: str) -> Text:
    """We may not see or do anything in a room."""
    return Text(
        f"邀请账号不在群 {room} 里，或无权查看。先把它拉进群并允许邀请，或更正 communities.yaml 里的 room。",
        f"the inviter is not in {room}. Let it join and invite, or correct room in communities.yaml.",
    )


def no_room(alias: str) -> Text:
    """An alias of nothing."""
    return Text(f"没有名为 {alias} 的群。更正 communities.yaml 里的 room。", f"there is no room {alias}. Correct room.")


def already_joined() -> Text:
    """Somebody is a member already."""
    return Text("对方已在群里。", "is a member already.")


def refused(status: int, answer: dict[str, Any], *, path: str = "") -> Text:
    """4xx."""
    asked = path.split("/")[1] if path else ""
    where, zh = f" {asked}" if asked else "", _ASKED.get(asked, "这个请求")
    quoted = _quoted(answer)
    why = quoted.removeprefix(code_of(answer)).strip() or quoted
    return Text(
        f"服务器拒绝了{zh}（{status}：{why}）。{_REMEDIES.get(asked, _REMEDY)}",
        f"refused{where} ({status} {quoted}). Check the inviter's power in the room; else invite by hand.",
    )


def nonsense(path: str) -> Text:
    """An answer that no Matrix server gives."""
    what = path.split("/")[1]
    return Text(
        "这个网址不像 Matrix 服务器。检查 communities.yaml 里 hubs 的 url 是否为 homeserver 地址。",
        f"no Matrix server answers like this ({what}). Check url of the hub in communities.yaml.",
    )
