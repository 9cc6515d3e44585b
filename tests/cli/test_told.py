"""What the operator's commands say beside the plain result: who opted out, who waits, what was credited, and whose."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from models.onboarding import Ticket
from tests.cli.conftest import Call, Said
from tests.cli.test_leads import NOW, SOURCES, ZONE, comment
from tests.cli.test_people import ACTOR, people
from tests.cli.test_queue import Yinliu, given, kept, open_app, owner, yinliu
from yinliu.cli.story import in_order

__all__ = ["kept", "people", "yinliu"]
LEAD = ("leads", "--explain")
TWO = "communities:\n- {name: far, title: 远方群, cities: [杭州], capacity: 3, operators: [小栗]}\n"


def lead_of(yinliu: Yinliu, ticket: int = 1) -> dict[str, Any]:
    """The ticket's row."""
    rows: list[dict[str, Any]] = [
        json.loads(line) for line in yinliu("queue", "list", "--all", "--json").out.split("\n") if line
    ]
    return next(row for row in rows if row["id"] == ticket)


def test_a_lead_that_opted_out_is_told_so(yinliu: Yinliu) -> None:
    """On its first line, and since when by whom and why; beside the event too."""
    row = lead_of(yinliu)
    opted = ("people", "opt-out", str(row["person_id"]), "--actor", "店长", "--reason", "电话里说别再发")
    assert yinliu(*opted).code == 0
    told = yinliu(*LEAD, str(row["lead_id"])).out
    assert told.splitlines()[0].endswith("已退订，不再联系")
    assert "由店长登记（电话里说别再发）" in told and "对方要求不再联系（电话里说别再发）" in told
    before = yinliu(*LEAD, str(row["lead_id"]), "--as-of", "2000-01-01").out
    assert "退订" not in before and "已退订" in yinliu(*LEAD, str(row["lead_id"]), "--as-of", "2999-01-01").out
    assert "联系方式：手机 139****5670" in told


def loaded(call: Call, workspace: Path, *rows: dict[str, Any], rules: str | None = None) -> list[str]:
    """The options of a workspace in which these comments were routed."""
    (workspace / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    if rules:
        (workspace / "communities.yaml").write_text(rules, encoding="utf-8")
    post = {"kind": "post", "external_id": "p1", "url": "http://x.example/1", "title": "周末" * 30, "body": "文"}
    run = {"kind": "run", "source": "blog", "platform": "feed", "started_at": NOW.isoformat()}
    end = {"kind": "end", "lines": len(rows) + 1, "requests": 1, "cursor": {}}
    file = workspace / "data" / "landing" / "blog" / "1.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in (run, post, *rows, end)), encoding="utf-8")
    named = ["--workspace", str(workspace)]
    for stage in ("load", "tag", "qualify", "route"):
        assert call(*named, stage).code in (0, 99)
    return named


def test_a_comment_that_opts_out_is_named(call: Call, workspace: Path) -> None:
    """Nobody who asked so is called 尚未分配."""
    rows = [comment("c1", "小王", "我想买一顶，电话13912345678", days=2), comment("c2", "小王", "别再联系我了", days=1)]
    named = loaded(call, workspace, *rows)
    told = call(*named, *LEAD, "1").out
    assert "已退订，不再联系：自 " in told and "TA 留言说“别再联系我了”" in told
    assert "没有工单：已退订的人不再分配" in told and "尚未分配" not in told


def test_who_no_community_takes_is_told_what_is_missing(call: Call, workspace: Path) -> None:
    """Their topics, cities and intents by title, and the next step."""
    named = loaded(call, workspace, comment("c1", "小王", "我想买一顶，多少钱？电话13912345678", days=1), rules=TWO)
    told = call(*named, *LEAD, "1").out
    assert "没有社群接收 TA（话题 " in told and "；城市 无；意图 " in told
    assert "询问价格" in told.split("没有社群接收")[1] and "communities.yaml" in told
    assert "no community takes them (topics" in call(*named, *LEAD, "1", "--lang", "en").out


def test_a_narrow_terminal_shows_a_row_each(call: Call, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without posts, and says so; a wide one shortens them, and names communities by title."""
    named = loaded(call, workspace, comment("c1", "小王", "我想买一顶，电话13912345678", days=1))
    wide = call(*named, "leads").out
    assert "来自文章" in wide and "…" in wide and "周末" * 30 not in wide
    monkeypatch.setenv("COLUMNS", "80")
    narrow = call(*named, "leads").out
    assert "来自文章" not in narrow and "窗口窄" in narrow
    (row,) = [line for line in narrow.splitlines() if "小王" in line]
    assert "139****5678" in row and narrow.rstrip().splitlines()[-1] == row.rstrip()


def test_comments_stand_in_order_of_time() -> None:
    """Those without a time come last."""
    rows: list[dict[str, Any]] = [
        {"id": 1, "published_at": None},
        {"id": 2, "published_at": NOW},
        {"id": 3, "published_at": NOW},
    ]
    assert [row["id"] for row in in_order(rows)] == [2, 3, 1]


def test_a_finding_without_a_place_in_the_text_has_no_arrow(call: Call, workspace: Path) -> None:
    """Whatever was found: no line ends with an arrow."""
    named = loaded(call, workspace, comment("c1", "小王", "我想买一顶，电话13912345678", days=1))
    assert not [line for line in call(*named, *LEAD, "1").out.splitlines() if line.rstrip().endswith("←")]


def test_links_of_this_machine_are_warned_of(yinliu: Yinliu) -> None:
    """In a claim and in the audit, once; not where the team has an address."""
    assert yinliu("queue", "claim", "--operator", owner(yinliu)).out.count("注意：链接只在本机能打开") == 1
    assert yinliu("audit-links").out.count("注意：链接只在本机能打开") == 1


def test_a_credit_is_told(yinliu: Yinliu) -> None:
    """With what the code stands for; the second time that it was before."""
    who = owner(yinliu)
    code = given(yinliu("link", "--post", "1", "--operator", who, "--json"))["code"]
    done = ("queue", "complete", "1", "--operator", who, "--code", code)
    first, second = yinliu(*done).out, yinliu(*done).out
    assert f"已计入口令 {code}（文章 1《雪地露营》 · 运营 {who}）" in first and "之前" not in first
    assert "工单 1 早已是已进群" in second and f"之前已计入口令 {code}" in second


def test_a_freed_seat_says_who_waits(yinliu: Yinliu, tmp_path: Path) -> None:
    """Of the same community; nothing where nobody does."""
    with open_app(tmp_path / "workspace").begin() as work:
        work._session.execute(text("UPDATE ticket SET state = 'blocked_full' WHERE id = 2"))
        work.commit()
    lost = ("queue", "complete", "1", "--operator", owner(yinliu), "--state")
    assert "名额" not in yinliu(*lost, "invited").out
    assert "还有 1 人在等社群 露营同好群" in yinliu(*lost, "lost").out


def test_a_merge_with_somebody_who_opted_out_says_so(people: Callable[..., Said]) -> None:
    """The merged person is not contacted."""
    assert people("opt-out", "3", *ACTOR).code == 0
    merged = people("merge", "1", "3", *ACTOR)
    assert merged.code == 0 and "注意：其中有人已退订，合并后的 1 不再联系" in merged.out


@pytest.mark.parametrize("known", ["camp", "露营同好群", " 露营同好群 "])
def test_a_community_goes_by_name_or_title(yinliu: Yinliu, known: str) -> None:
    """In the queue and for links; others are refused with both."""
    assert len(yinliu("queue", "list", "--community", known, "--json").out.splitlines()) == 2
    assert given(yinliu("link", "--community", known, "--json"))["community"] == "camp"
    for words in (("queue", "list"), ("link",)):
        told = yinliu(*words, "--community", "露营同好")
        assert told.code == 2 and "是不是想写 露营同好群" in told.err and "tea（茶友群）" in told.err


def test_a_result_noted_twice_is_told(yinliu: Yinliu) -> None:
    """And a state that is none is answered with those that can follow."""
    done = ("queue", "complete", "1", "--operator", owner(yinliu))
    assert yinliu(*done).code == 0
    assert "已经是已进群（joined），不用再登记" in yinliu(*done).err
    told = yinliu(*done, "--state", "已成群").err
    assert "可改为：留存7日（retained）、已退群（left）、已拒绝（opted_out）" in told and "invited" not in told
    assert "不能改为已邀约（invited）" in yinliu(*done, "--state", "invited").err


def test_whose_a_ticket_is_after_its_release(yinliu: Yinliu) -> None:
    """The same operator's, unless anybody may have it."""
    who = owner(yinliu)
    released = ("queue", "release", "1", "--operator", who, "--reason", "没空")
    told = yinliu(*released).out
    assert f"仍由{who}负责" in told and "--anybody" in told
    assert "任何人都可以领取" in yinliu(*released, "--anybody").out


def test_nothing_to_claim_says_where_the_tickets_are(yinliu: Yinliu) -> None:
    """The others', or in work; or that there are none."""
    who, other = owner(yinliu), owner(yinliu, 2)
    assert yinliu("queue", "claim", "--operator", who, "--limit", "9").code == 0
    told = yinliu("queue", "claim", "--operator", who).err
    assert "自己正在处理" in told and (who == other or f"归{other}（已分配）" in told)
    assert yinliu("queue", "invite", "1", "--operator", who).code == 0
    assert "由自己跟进（已邀约，用 --ticket 领取）" in yinliu("queue", "claim", "--operator", who).err
    assert "没有待处理的工单" in yinliu("queue", "claim", "--operator", "阿禾").err


def test_a_result_noted_by_mistake_can_be_taken_back(yinliu: Yinliu) -> None:
    """A join or a loss says how; another step does not; the story tells who took it back and why."""
    who, lead = owner(yinliu), str(lead_of(yinliu)["lead_id"])
    again = f"登记错了可以撤回：yinliu queue recycle 1 --operator {who}"
    assert again not in yinliu("queue", "invite", "1", "--operator", who).out
    for state in ("已进群", "已流失"):
        assert again in yinliu("queue", "complete", "1", "--operator", who, "--state", state).out
        back = yinliu("queue", "recycle", "1", "--operator", who, "--reason", "点错了13812345678")
        assert (back.code, back.out) == (0, "工单 1 已重新启用：已分配\n")
    told = yinliu(*LEAD, lead).out
    assert told.count("登记有误，撤回：点错了138****5678") == 2
    assert "（已分配，" in told


def test_what_is_given_back_is_told_by_who_and_why(yinliu: Yinliu) -> None:
    """In the story: no state that did not change stands beside it."""
    who, lead = owner(yinliu), str(lead_of(yinliu)["lead_id"])
    failed = yinliu("queue", "release", "1", "--operator", who, "--reason", "微信搜不到", "--failed").out
    assert "已放回，10 分钟后可再领取" in failed and f"仍由{who}负责" in failed and "轮到" not in failed
    (line,) = [line for line in yinliu(*LEAD, lead).out.splitlines() if "微信搜不到" in line]
    assert line.endswith(f"  {who}  放回（第 1 次未成功）：微信搜不到") and "已分配" not in line


def test_who_waits_for_a_seat_is_not_leased(yinliu: Yinliu, tmp_path: Path) -> None:
    """Nothing to do now: exit 99, no words, no lease."""
    with open_app(tmp_path / "workspace").begin() as work:
        work._session.execute(text("UPDATE ticket SET state = 'blocked_full', operator = NULL WHERE id = 1"))
        work.commit()
    told = yinliu("queue", "claim", "--ticket", "1", "--operator", "小栗")
    assert told.code == 99 and told.out == ""
    assert "工单 1 还没有名额，腾出名额后会自动进入领取队列" in told.err
    assert lead_of(yinliu)["leased_by"] is None


@pytest.mark.parametrize(("hours", "said"), [(5, "已超时，新期限 "), (-5, "已超时（期限 ")])
def test_a_late_ticket_shows_its_new_time(yinliu: Yinliu, tmp_path: Path, hours: int, said: str) -> None:
    """Or that it was not answered in that either."""
    due = datetime.now(UTC) + timedelta(hours=hours)
    with open_app(tmp_path / "workspace").begin() as work:
        work._session.execute(update(Ticket).where(Ticket.id == 1).values(due_at=due, late_at=due))
        work.commit()
    told = yinliu("queue", "list").out
    assert said + f"{due.astimezone(ZONE):%m-%d %H:%M}" in told and told.count("已超时") == 1
    assert yinliu("queue", "invite", "1", "--operator", owner(yinliu)).code == 0
    assert "已超时" not in yinliu("queue", "list").out
