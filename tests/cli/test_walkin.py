"""``yinliu queue walk-in|walk-out|walk-ins|credit``: who was brought in by nobody, and codes that turn up later."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import text

from tests.cli.conftest import Said
from tests.cli.test_queue import Yinliu, given, kept, open_app, owner, yinliu

__all__ = ["kept", "yinliu"]
CAME = ("queue", "walk-in", "--operator", "小栗", "--community", "露营同好群")


def code_of(yinliu: Yinliu, *what: str) -> str:
    """A link's code."""
    return str(given(yinliu("link", *what, "--json"))["code"])


def counts(yinliu: Yinliu, code: str) -> tuple[int, int]:
    """A link's tickets and joins."""
    rows = [json.loads(line) for line in yinliu("links", "--json").out.splitlines()]
    return next((row["tickets"], row["joins"]) for row in rows if row["code"] == code)


def told_once(said: Said, *words: str) -> bool:
    """Whether a command succeeded and said these words."""
    return said.code == 0 and all(word in said.out for word in words)


def test_who_came_by_a_link_is_noted_with_a_seat(yinliu: Yinliu) -> None:
    """With what the code stands for; the second time nothing happens, and the way on is told."""
    code = code_of(yinliu, "--post", "1", "--operator", "小栗")
    came = yinliu(*CAME, "--name", "momo 13812345678", "--code", code)
    assert told_once(came, "已登记进群：momo 138****5678 → 露营同好群，登记号 1，名额 3/3")
    assert f"已计入口令 {code}（文章 1《雪地露营》 · 运营 小栗）" in came.out and "13812345678" not in came.out
    again = yinliu(*CAME, "--name", "momo 13812345678", "--code", code, "--json")
    assert (again.code, given(again)["error"]) == (99, "recorded_already") and "--again" in again.err
    assert counts(yinliu, code) == (0, 1)
    over = yinliu(*CAME, "--name", "另一位")
    assert told_once(over, "名额 4/3", "超过容量 3", "queue walk-out")
    listed = yinliu("queue", "walk-ins").out
    assert "momo 138****5678" in listed and code in listed and "自己进群 2 人" in listed


def test_who_left_frees_the_seat(yinliu: Yinliu, tmp_path: Path) -> None:
    """And who waits is told of; a mistake is no join at all."""
    code = code_of(yinliu, "--campaign", "双十一")
    assert given(yinliu(*CAME, "--code", code, "--json"))["walk_in"] == 1
    with open_app(tmp_path / "workspace").begin() as work:
        work._session.execute(text("UPDATE ticket SET state = 'blocked_full' WHERE id = 2"))
        work.commit()
    assert told_once(yinliu("queue", "walk-out", "1", "--operator", "大川"), "登记号 1 已退群", "还有 1 人在等")
    assert yinliu("queue", "walk-out", "1", "--operator", "大川").code == 99 and counts(yinliu, code) == (0, 1)
    undone = yinliu("queue", "walk-out", "1", "--operator", "大川", "--undo")
    assert told_once(undone, "已撤回登记号 1，不算进群") and counts(yinliu, code) == (0, 0)
    assert "自己进群 0 人" in yinliu("queue", "walk-ins", "--all", "--community", "camp").out


def test_a_ticket_of_the_same_name_is_pointed_out(yinliu: Yinliu) -> None:
    """It may be the same person: the steps are told."""
    came = yinliu(*CAME, "--name", "买家0")
    assert told_once(came, "工单 1 的人也叫这个名字", "queue walk-out 1 --undo", "queue complete 1 --state joined")


def test_a_code_of_another_community(yinliu: Yinliu) -> None:
    """Refused for tickets and for those who walked in, naming both; nothing is changed."""
    code, who = code_of(yinliu, "--community", "tea"), owner(yinliu)
    for words in (("queue", "complete", "1", "--operator", who), CAME):
        told = yinliu(*words, "--code", code, "--json")
        assert (told.code, given(told)["error"]) == (2, "other_community")
        assert "茶友群" in told.err and "露营同好群" in told.err
    assert counts(yinliu, code) == (0, 0) and "已分配" in yinliu("queue", "list").out
    there = yinliu("queue", "walk-in", "--operator", "阿禾", "--code", code)
    assert told_once(there, "茶友群，登记号 1，名额 1/3") and counts(yinliu, code) == (0, 1)


def test_a_lost_ticket_is_not_credited(yinliu: Yinliu) -> None:
    """Nor is its result noted with a code."""
    code, who = code_of(yinliu, "--post", "1"), owner(yinliu)
    lost = yinliu("queue", "complete", "1", "--operator", who, "--state", "lost", "--code", code, "--json")
    assert (lost.code, given(lost)["error"]) == (2, "not_joined") and "已分配" in yinliu("queue", "list").out


def test_a_credit_is_given_later_and_taken_back(yinliu: Yinliu) -> None:
    """Told each time; another code can be given then."""
    codes, who = [code_of(yinliu, "--campaign", name) for name in ("甲", "乙")], owner(yinliu)
    credit = ("queue", "credit", "1", "--operator", who)
    assert given(yinliu(*credit, "--code", codes[0], "--json"))["error"] == "not_joined"
    assert yinliu("queue", "complete", "1", "--operator", who).code == 0
    assert told_once(yinliu(*credit, "--code", codes[0]), f"已计入口令 {codes[0]}（活动 甲）")
    assert "之前已计入口令" in yinliu(*credit, "--code", codes[0]).out
    assert "queue credit 1 --undo" in yinliu(*credit, "--code", codes[1]).err
    assert told_once(yinliu(*credit, "--undo"), f"工单 1 不再计入口令 {codes[0]}（活动 甲）", "--code 口令")
    assert yinliu(*credit, "--undo").code == 99
    assert given(yinliu(*credit, "--code", codes[1], "--json")) == {"ticket": 1, "code": codes[1], "again": False}
    assert (counts(yinliu, codes[0]), counts(yinliu, codes[1])) == ((0, 0), (1, 1))
    assert given(yinliu(*credit, "--json"))["error"] == "bad_code"
