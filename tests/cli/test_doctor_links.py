"""doctor and link: what people who follow a signpost would not find is told before it is printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call

GENERAL = "team: 内容团队\ntimezone: Asia/Shanghai\nteam_accounts: []\n"
RULES = "communities:\n  - {{name: camp, title: 露营群, operators: [小李], {more}}}\n"
GROUP = "groups: [{{name: g1, capacity: 9, qr: qr/g1.png{until}}}]"


def told(call: Call, workspace: Path, more: str, *, link_url: str = "https://go.example.com") -> list[str]:
    """What doctor says of signposts."""
    (workspace / "communities.yaml").write_text(RULES.format(more=more), encoding="utf-8")
    (workspace / "yinliu.yaml").write_text(GENERAL + (f"link_url: {link_url}\n" if link_url else ""), encoding="utf-8")
    said = call("--workspace", str(workspace), "doctor", "--json")
    assert said.code == 0
    return [one["text"] for one in json.loads(said.out)["findings"] if one["name"] == "路标"]


def test_a_picture_must_be_there_and_not_past(call: Call, workspace: Path) -> None:
    """Missing, past its day, or fine."""
    assert "qr/g1.png 不存在" in told(call, workspace, GROUP.format(until=""))[0]
    (workspace / "qr").mkdir()
    (workspace / "qr" / "g1.png").write_bytes(b"\x89PNG\r\n\x1a\nrest")
    assert told(call, workspace, GROUP.format(until="")) == []
    assert "2026-01-01 已过期" in told(call, workspace, GROUP.format(until=", qr_until: 2026-01-01"))[0]


@pytest.mark.parametrize(
    ("words", "wrong"),
    [("{name}好：{link}", []), ("{nick}好，{群名}，{group}", ["{nick}", "{群名}"]), ("{{name}} {}", ["{}"])],
)
def test_words_that_are_sent_as_they_are(call: Call, workspace: Path, words: str, wrong: list[str]) -> None:
    """Each placeholder that is none, and which there are."""
    found = told(call, workspace, f"capacity: 9, words: '{words}'")
    assert [text.partition(" 不会被替换")[0].rpartition(" ")[2] for text in found] == wrong


def test_links_that_open_here_alone(call: Call, workspace: Path) -> None:
    """Without link_url; told by link too, with where a link leads."""
    assert "link_url" in told(call, workspace, "capacity: 9", link_url="")[0]
    said = call("--workspace", str(workspace), "link", "--campaign", "双十一")
    assert "只在本机能打开" in said.out and "没有合适的社群" not in said.out
    told(call, workspace, "capacity: 9, cities: [杭州]")
    said = call("--workspace", str(workspace), "link", "--campaign", "双十一")
    assert "没有合适的社群" in said.out and "只在本机" not in said.out
    given = json.loads(call("--workspace", str(workspace), "link", "--community", "camp", "--json").out)
    assert given["community"] == "camp"
