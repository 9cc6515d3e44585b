"""What an operator is shown before inviting: the newest words of the person, and who shares a contact with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from models.database import open_engine
from tests.cli.conftest import Call
from tests.cli.test_leads import comment
from tests.cli.test_told import loaded

BUYS = "我想买一顶帐篷，多少钱？电话13912345678"
CLAIM = ("queue", "claim", "--ticket", "1", "--operator", "小栗")
RULES = "communities:\n- {name: all, title: 同好群, capacity: 9, operators: [小栗]}\n"


def claimed(call: Call, workspace: Path, *rows: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What is said of the first ticket when it is claimed, and the same for a program."""
    named = loaded(call, workspace, *rows, rules=RULES)
    told = call(*named, *CLAIM)
    assert told.code == 0, told.err
    return told.out, json.loads(call(*named, *CLAIM, "--json").out)


def test_a_complaint_after_the_wish_is_seen_before_the_words(call: Call, workspace: Path) -> None:
    """With its date, contacts masked, above the words; the ticket is claimed all the same."""
    complaint = "帐篷到手了，裂了个口子，售后没人管，打13987654321也没人接"
    rows = [comment("c1", "小王", BUYS, days=9), comment("c2", "小王", complaint, days=1)]
    told, row = claimed(call, workspace, *rows)
    assert "最新留言（20" in told and "139****4321" in told and "13987654321" not in told + json.dumps(row)
    assert "注意：最新留言是售后与投诉，先处理好再邀请。" in told
    assert told.index("留言（") < told.index("最新留言（") < told.index("注意：最新留言") < told.index("话术：")
    assert row["newest"]["text"].startswith("帐篷到手了") and "after_sales_complaint" in row["newest"]["intents"]
    assert row["upset"]["id"] == row["newest"]["id"] and row["words"]


def test_an_older_complaint_is_not_hidden_by_the_newest_words(call: Call, workspace: Path) -> None:
    """It is quoted with its date."""
    rows = [
        comment("c1", "小王", BUYS, days=9),
        comment("c2", "小王", "帐篷裂了个口子，售后没人管", days=3),
        comment("c3", "小王", "有人在吗", days=1),
    ]
    told, row = claimed(call, workspace, *rows)
    assert row["newest"]["text"] == "有人在吗" and row["upset"]["text"].startswith("帐篷裂了")
    assert "“帐篷裂了个口子，售后没人管”是售后与投诉，先处理好再邀请。" in told


def test_words_that_came_later_are_shown(call: Call, workspace: Path) -> None:
    """Neither good nor bad: read them first. A deleted one is not."""
    rows = [comment("c1", "小王", BUYS, days=9), comment("c2", "小王", "周六营地见", days=1)]
    told, row = claimed(call, workspace, *rows)
    assert "最新留言" in told and "TA 之后又留了言" in told and row["upset"] is None


def test_one_comment_is_shown_once(call: Call, workspace: Path) -> None:
    """With its date, and nothing to mind."""
    told, row = claimed(call, workspace, comment("c1", "小王", BUYS, days=9))
    assert "最新留言" not in told and "又留了言" not in told and "同一联系方式" not in told
    assert (row["newest"], row["shares"]) == (None, []) and "  留言（20" in told


def test_a_deleted_comment_is_not_the_newest(call: Call, workspace: Path) -> None:
    """What somebody took back is not held against them."""
    rows = [comment("c1", "小王", BUYS, days=9), comment("c2", "小王", "帐篷裂了，售后没人管", days=1)]
    named = loaded(call, workspace, *rows, rules=RULES)
    engine = open_engine(f"sqlite:///{workspace / 'data' / 'yinliu.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE comment SET gone_at = first_seen_at WHERE external_id = 'c2'"))
    engine.dispose()
    assert "最新留言" not in call(*named, *CLAIM).out


@pytest.mark.parametrize("state", ["已分配", "已进群"])
def test_who_shares_a_contact_is_named(call: Call, workspace: Path, state: str) -> None:
    """By the person's number, their ticket and how it stands; nobody is kept from inviting."""
    rows = [comment("c1", "小王", BUYS, days=9), comment("c2", "小张", BUYS + "，在吗", days=8)]
    named = loaded(call, workspace, *rows, rules=RULES)
    if state == "已进群":
        assert call(*named, "queue", "complete", "2", "--operator", "小栗").code == 0
    told = call(*named, *CLAIM)
    assert told.code == 0 and "话术：" in told.out
    assert f"注意：同一联系方式的另一位（编号 2，工单 2，{state}）" in told.out
    (shares,) = json.loads(call(*named, *CLAIM, "--json").out)["shares"]
    assert (shares["person"], shares["ticket"]) == (2, 2)


def test_who_shares_a_contact_and_was_lost_is_no_matter(call: Call, workspace: Path) -> None:
    """Their ticket is over."""
    rows = [comment("c1", "小王", BUYS, days=9), comment("c2", "小张", BUYS + "，在吗", days=8)]
    named = loaded(call, workspace, *rows, rules=RULES)
    assert call(*named, "queue", "complete", "2", "--operator", "小栗", "--state", "已流失").code == 0
    assert "同一联系方式" not in call(*named, *CLAIM).out
