"""Names as they are shown, and as people write them: they put their numbers into them, and say titles for names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nlp.contacts import mask_text
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.workspace.communities import Communities
from yinliu.workspace.document import nearest


def masked(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose ``name``, and those of its ``accounts``, show no contact."""
    accounts = {"accounts": all_masked(row["accounts"])} if "accounts" in row else {}
    return {**row, "name": mask_text(row["name"] or "") or None, **accounts}


def all_masked(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every row so."""
    return [masked(row) for row in rows]


def actor_named(actor: str) -> str:
    """Who decides, without spaces around it; :class:`Misconfigured` (``no_actor``) for nobody."""
    if not actor.strip():
        text = Text("--actor 不能为空：写操作人的名字。", "--actor is empty: name who decides.")
        raise Misconfigured(text, code="no_actor")
    return actor.strip()


def community_named(policy: Communities, text: str) -> str:
    """The name of the community that somebody means by its name or its title.

    :class:`Misconfigured` (``no_community``) for none, and for a title that several have.
    """
    plain = text.strip()
    found = [rule.name for rule in policy.communities if rule.title.strip() == plain]
    if plain in policy.by_name:
        return plain
    if len(found) != 1:
        raise _no_community(policy, text)
    return found[0]


def _no_community(policy: Communities, text: str) -> Misconfigured:
    titles = {rule.title: rule.name for rule in policy.communities}
    near = nearest(text, [*policy.by_name, *titles])
    zh, en = (f"，是不是想写 {near}？", f", did you mean {titles.get(near, near)}?") if near else ("。", ".")
    known = "、".join(f"{rule.name}（{rule.title}）" for rule in policy.communities)
    said = Text(
        f"communities.yaml 里没有名称或标题为 {text!r} 的社群{zh}可用：{known or '-'}",
        f"communities.yaml has no community {text!r}{en} Allowed: {', '.join(policy.by_name) or '-'}",
    )
    return Misconfigured(said, code="no_community")
