"""``yinliu posts`` and ``yinliu tag-text``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nlp.contacts import mask
from nlp.tags import Contact
from yinliu.cli.door import LARGEST, Door
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.titles import counter

if TYPE_CHECKING:
    from nlp.tagger import Said  # takes a second to import

_TWO_DAYS = 48
_MESSAGE = 300
_COLUMNS = (("编号", "id"), ("来源", "source"), ("发布时间", "published"), ("标题", "title"), ("评论", "comments"))


def posts(context: typer.Context) -> None:
    """已收集的文章。 / Posts gathered."""
    door: Door = context.obj
    with door.app.reading() as work:
        rows = work.content.posts()
    door.give_lines(rows)
    cells = [(row["id"], row["source"], door.when(row["published_at"]), row["title"], row["comments"]) for row in rows]
    door.table(Text(f"文章 {len(rows)} 篇", f"{len(rows)} posts"), _COLUMNS, cells)


def curve(
    context: typer.Context,
    number: Annotated[int, typer.Argument(max=LARGEST, help="文章编号，见 yinliu posts / a post's id")],
) -> None:
    """一篇文章的计数随时间的变化。 / How a post's counters went over time."""
    door: Door = context.obj
    with door.app.reading() as work:
        post, snapshots = work.curves.post(number), work.curves.snapshots(number)
    if post is None:
        text = Text(
            f"没有编号为 {number} 的文章。yinliu posts 列出全部。", f"no post {number}; `yinliu posts` lists them."
        )
        raise Misconfigured(text, code="no_post")
    door.give({**post, "snapshots": snapshots})
    gone = Text(f"（{door.when(post['gone_at'])} 起已不在）", " (gone)") if post["gone_at"] else ""
    door.say(f"{post['title']}  {post['url']}{gone}")
    columns = (
        ("计数", "counter"),
        ("发布后", "age"),
        ("时间点", "window"),
        ("数值", "value"),
        ("原文", "as written"),
        ("时间", "at"),
        ("", ""),
    )
    if not snapshots:
        door.say(Text("还没有计数。", "no counters yet."))
        return
    rows = [_snapshot_row(door, post["published_at"], snapshot) for snapshot in snapshots]
    door.table(Text("计数变化", "counters over time"), columns, rows)


def _snapshot_row(door: Door, published: datetime | None, snapshot: dict[str, Any]) -> tuple[Any, ...]:
    age = "" if published is None else _age(snapshot["taken_at"] - published)
    value = "—" if snapshot["value"] is None else f"{snapshot['value']:,}"
    fell = Text("↓ 变少", "↓ fell") if snapshot["regressed"] else ""
    window, at = _window(snapshot["window"] or ""), door.when(snapshot["taken_at"])
    return counter(snapshot["name"]), age, window, value, snapshot["raw"], at, fell


def _age(passed: timedelta) -> str:
    hours = passed.total_seconds() / 3600
    if hours < _TWO_DAYS:
        return str(Text(f"{hours:.1f} 小时", f"{hours:.1f}h"))
    return str(Text(f"{hours / 24:.0f} 天", f"{hours / 24:.0f}d"))


def _window(name: str) -> Text:
    """A point in time after publishing: ``72h``, ``7d``."""
    unit = {"h": "小时", "d": "天"}.get(name[-1:])
    return Text(f"{name[:-1]} {unit}" if unit and name[:-1].isdecimal() else name, name)


def tag_text(context: typer.Context) -> None:
    """从标准输入读 JSON 行 {"id","text","parent"?}，输出标签与证据。 / JSON lines in, tags with evidence out."""
    door: Door = context.obj
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if line.strip():
            print(json.dumps(_tagged(door, line, number), ensure_ascii=False))


def _tagged(door: Door, line: bytes, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig"))
        said = _said(row)
    except (ValueError, TypeError, RecursionError) as error:
        return {"line": number, "error": "bad_record", "message": _complaint(error)}
    (found,) = door.app.tagger.tag([said])
    return {
        "id": row.get("id"),
        "version": door.app.tagger.version,
        "tags": [asdict(tag) for tag in found.tags],
        "contacts": [_shown(contact) for contact in found.contacts],
    }


def _said(row: Any) -> Said:
    """A record as something to be tagged; ``parent`` is the text that it answers."""
    from nlp.tagger import Said

    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise TypeError("text")
    parent = row.get("parent")
    if parent is not None and not isinstance(parent, str):
        raise TypeError("parent")
    return Said(row["text"], parent, datetime.now(UTC))


def _complaint(error: Exception) -> str:
    wanted = Text(
        '每行应为 {"id": …, "text": "文本", "parent": "被回复的文本，可省略"}，UTF-8 编码',
        'a line must be {"id": …, "text": "…", "parent": "…" (optional)} in UTF-8',
    )
    if isinstance(error, json.JSONDecodeError):
        return str(Text(f"{wanted.zh}（第 {error.pos + 1} 个字符起不是 JSON）", f"{wanted.en} ({error})"[:_MESSAGE]))
    return str(wanted) if isinstance(error, TypeError) else str(Text(wanted.zh, f"{wanted.en} ({error})"[:_MESSAGE]))


def _shown(contact: Contact) -> dict[str, Any]:
    """A contact as it may be seen: masked."""
    return {**asdict(contact), "value": mask(contact.kind, contact.value)}
