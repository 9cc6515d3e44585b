"""The inbox as the starter has it, with exports of several platforms: from the files to people and tickets."""

from __future__ import annotations

import json
from pathlib import Path

from tests.run.conftest import Yinliu
from tests.run.rows import last_json
from tests.stages.test_platforms import SHEETS
from yinliu.workspace.folder import write_starter

SAID = (
    ("xhs", "u05", "想买两大一小的帐篷，多少钱？怎么进群？电话 13812345678"),
    ("douyin", "d09", "会员群怎么进？我电话13812345678，想买帐篷"),
    ("weibo", "123456", "别再联系我了，谢谢"),
    ("bili", "123456", "想买睡袋，多少钱？怎么进群？电话 13655556666"),
)


def test_one_inbox_knows_its_platforms(tmp_path: Path, yinliu: Yinliu) -> None:
    """One phone on 小红书 and 抖音 is one person; 123456 on 微博, who opted out, is not 123456 on B站."""
    workspace = tmp_path / "workspace"
    write_starter(workspace)
    source = "sources:\n- {name: inbox, platform: file, folder: inbox, settle_seconds: 0}\n"
    (workspace / "sources.yaml").write_text(source, encoding="utf-8")
    for number, (sheet, who, text) in enumerate(SAID):
        column, more = SHEETS[sheet]
        row = {"comment_id": f"90{number}", column: "77", "user_id": who, "nickname": f"{sheet}用户", "content": text}
        path = workspace / "inbox" / f"{sheet}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(row | {"create_time": 1762740000} | more, ensure_ascii=False), encoding="utf-8")
    ran = last_json(yinliu("--workspace", str(workspace), "run", "--json"))
    assert (ran["load"]["new"], ran["load"]["quarantined"]) == (4, 0)
    lines = yinliu("--workspace", str(workspace), "people", "list", "--json").splitlines()
    people = [json.loads(line) for line in lines if line.startswith("{")]
    told = {
        tuple(sorted(one["platform"] for one in person["accounts"])): person["suppressed_at"] is not None
        for person in people
    }
    assert told == {("douyin", "xiaohongshu"): False, ("weibo",): True, ("bilibili",): False}
