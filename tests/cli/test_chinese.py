"""What an operator reads in Chinese has no English words in it; English stays English, and so does JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from yinliu import titles
from yinliu.bootstrap import App
from yinliu.cli.story import _found, _rule
from yinliu.cli.texts import _age, _window
from yinliu.foreign import in_chinese
from yinliu.problems import describe
from yinliu.reasons import reason
from yinliu.settings import read_settings
from yinliu.workspace.folder import Workspace

TITLES = {"topic:skincare": "敏感肌护肤", "community:camp": "露营群", "intent:rent": "想租"}


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("topic:skincare", "话题 敏感肌护肤", "topic skincare"),
        ("topic:other", "话题 other", "topic other"),
        ("full:camp", "露营群 已满", "camp is full"),
        ("instead_of:camp", "露营群 一直没有名额，改进有名额的社群", "camp had no seat, this community has one"),
        ("intent:rent", "意图 想租", "intent rent"),
        ("intent:price_inquiry", "意图 询问价格", "intent asks the price"),
        ("city:杭州", "城市 杭州", "city 杭州"),
    ],
)
def test_a_reason_names_the_teams_own_titles(code: str, zh: str, en: str) -> None:
    """In Chinese; English keeps the names of the files."""
    said = reason(code, TITLES)
    assert (said.zh, said.en) == (zh, en)


def test_titles_are_read_from_the_files_that_can_be_read(workspace: Path) -> None:
    """A broken file costs its own titles alone."""
    known = Workspace(workspace).titles
    assert {key.partition(":")[0] for key in known} == {"topic", "intent", "community"}
    (workspace / "intents.yaml").write_text("intents: [", encoding="utf-8")
    left = Workspace(workspace).titles
    assert {key.partition(":")[0] for key in left} >= {"topic"}
    assert "intent" not in {key.partition(":")[0] for key in left}


def _record(workspace: Path, *, stage: str, outcome: str, counts: dict[str, int]) -> None:
    moment = datetime(2026, 11, 2, tzinfo=UTC)
    with App(read_settings(workspace=workspace)).begin() as work:
        work.runs.record(stage=stage, subject=None, outcome=outcome, counts=counts, began=moment, now=moment)
        work.commit()


def test_status_says_stages_and_outcomes_in_chinese(call: Call, workspace: Path) -> None:
    """Without counts of 0; English and JSON keep the names."""
    _record(workspace, stage="crawl", outcome="site_unreachable", counts={"problem": 1})
    _record(workspace, stage="load", outcome="done", counts={"files": 4, "gone": 0})
    _record(workspace, stage="tag", outcome="done", counts={"tags": 0})
    at = ("--workspace", str(workspace), "status")
    said = call(*at).out
    for word in ("采集", "入库", "打标", "连不上站点", "完成", "没有新内容", "落地文件 4"):
        assert word in said
    for word in ("crawl", "done", "site_unreachable", "已删除 0"):
        assert word not in said
    english = call(*at, "--lang", "en").out
    assert all(word in english for word in ("crawl", "done", "site_unreachable", "deleted 0"))
    rows = json.loads(call(*at, "--json").out)["stages"]
    assert {(row["stage"], row["outcome"]) for row in rows} >= {("crawl", "site_unreachable"), ("load", "done")}


@pytest.mark.parametrize("columns", [80, 100])
def test_the_queue_fits_a_terminal(call: Call, workspace: Path, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven columns, none wider than the terminal."""
    monkeypatch.setenv("COLUMNS", str(columns))
    head = call("--workspace", str(workspace), "queue", "list").out
    assert all(name in head for name in ("工单", "状态", "社群", "运营", "对方", "评分", "应处理于"))
    assert max(map(len, head.splitlines())) <= columns


def test_platforms_counters_and_contacts_have_words() -> None:
    """What is not known keeps its own name."""
    assert [str(titles.platform(name)) for name in ("feed", "wechat_mp", "new")] == ["订阅源", "公众号", "new"]
    assert [str(titles.counter(name)) for name in ("likes", "own")] == ["点赞", "own"]
    assert (titles.contact("phone").zh, titles.contact("phone").en) == ("手机", "phone")
    assert (titles.finding("place").zh, titles.finding("place").en) == ("地点", "place")


def test_ages_and_points_in_time_are_said_in_chinese() -> None:
    """Hours, days; what is neither stays."""
    assert (_age(timedelta(hours=3)), _age(timedelta(days=6))) == ("3.0 小时", "6 天")
    assert [_window(name).zh for name in ("72h", "7d", "", "launch")] == ["72 小时", "7 天", "", "launch"]
    assert _window("72h").en == "72h"


@pytest.mark.parametrize(
    ("said", "zh"),
    [
        (
            "robots.txt: ConnectionRefusedError: Connection was refused by other side: 111: Connection refused.",
            "robots.txt：对方拒绝连接",
        ),
        ("CannotResolveHostError: DNS lookup failed: no results for hostname lookup: a.cn.", "域名 a.cn 解析不了"),
        ("TimeoutError: Getting https://a.cn/ took longer than 30.0 seconds..", "超过 30 秒没有响应"),
        ("Permission denied", "没有权限"),
        ("missing ), unterminated subpattern at position 3", "缺少右括号（第 3 个字符之后）"),
        ("something new", "something new"),
        (None, ""),
    ],
)
def test_libraries_speak_chinese(said: str | None, zh: str) -> None:
    """Where their words are known."""
    assert in_chinese(said) == zh


def test_long_and_hostile_messages_are_cut() -> None:
    """A megabyte is read in no time, lone surrogates and control characters are no error."""
    for text in ("a" * 10**6, "a: " * 10**5, "\ud800\x00", 'found duplicate key "' * 10**4):
        assert len(in_chinese(text)) <= 4_000


def test_a_problem_is_told_in_its_readers_language() -> None:
    """The network's words are Chinese in the Chinese message, English in the English one."""
    detail = "ConnectionRefusedError: Connection was refused by other side: 111: Connection refused."
    said = describe(source="a", code="site_unreachable", place="https://a.cn", detail=detail)
    assert "对方拒绝连接" in said.zh and "refused" not in said.zh
    assert detail in said.en


def test_findings_are_told_by_their_titles() -> None:
    """Intents, topics, places; what found them in words; English keeps the names of the rules."""
    told = [
        _found({"kind": kind, "label": label}, TITLES) for kind, label in (("topic", "skincare"), ("intent", "rent"))
    ]
    assert [(one.zh, one.en) for one in told] == [
        ("话题：敏感肌护肤", "topic:skincare"),
        ("意图：想租", "intent:rent"),
    ]
    assert [_rule(one).zh for one in ("gram:多少", "word:防晒", "place:city", "buy-call")] == [
        "",
        " 词表",
        " 地点",
        " 规则 buy-call",
    ]
    assert _rule("gram:多少").en == " gram:多少"
