"""``yinliu posts`` and ``yinliu tag-text``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

import typer

from yinliu.cli.door import Door
from yinliu.language import Text

_COLUMNS = (("编号", "id"), ("来源", "source"), ("发布时间", "published"), ("标题", "title"), ("评论", "comments"))


def posts(context: typer.Context) -> None:
    """已收集的文章。 / Posts gathered."""
    door: Door = context.obj
    with door.app.begin() as work:
        rows = work.content.posts()
    door.give_lines(rows)
    cells = [(row["id"], row["source"], door.when(row["published_at"]), row["title"], row["comments"]) for row in rows]
    door.table(Text(f"文章 {len(rows)} 篇", f"{len(rows)} posts"), _COLUMNS, cells)


def tag_text(context: typer.Context) -> None:
    """从标准输入读 JSON 行 {"id","text"}，输出标签与证据。 / JSON lines in, tags with evidence out."""
    door: Door = context.obj
    for number, line in enumerate(sys.stdin, start=1):
        if line.strip():
            print(json.dumps(_tagged(door, line, number), ensure_ascii=False))


def _tagged(door: Door, line: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
        text = row["text"]
        if not isinstance(text, str):
            raise TypeError(f"text is {type(text).__name__}")
    except (ValueError, KeyError, TypeError) as error:
        return {"line": number, "error": "bad_record", "message": str(error)[:200]}
    (found,) = door.app.tagger.tag([text])
    return {
        "id": row.get("id"),
        "version": door.app.tagger.version,
        "tags": [asdict(tag) for tag in found.tags],
        "contacts": [asdict(contact) for contact in found.contacts],
    }
