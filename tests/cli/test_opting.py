"""``yinliu people opt-out`` and its way back; whom it names, what it says, and what stays known."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from models.database import open_engine
from models.unit_of_work import UnitOfWork
from tests.cli.conftest import Call, Said
from tests.stages.team import KeywordTagger, Team, comment, phone, post

BY = ("--actor", "店长", "--reason", "听错了")
GUARDED = KeywordTagger(words=(*KeywordTagger().words, ("别联系我", "guard", "opt_out")))
SAID = f"千万别联系我老公，联系我 {phone(1)}"


@pytest.fixture
def people(call: Call, workspace: Path, tmp_path: Path) -> Callable[..., Said]:
    """``people("list")`` over three persons: the first misheard, the second by the same contact, the third keen."""
    (workspace / "data").mkdir(exist_ok=True)
    assert call("--workspace", str(workspace), "status").code in (0, 99)
    engine = open_engine(f"sqlite:///{workspace / 'data' / 'yinliu.db'}")
    team = Team(lambda: UnitOfWork(engine), tmp_path / "data", tagger=GUARDED)
    first = comment("c1", f"想买，多少钱？{phone(1)}", who="山野小林")
    team.hear(
        post(), first, comment("c2", f"想买，多少钱？{phone(1)}", who="阿明咖啡"), comment("c3", "想买", who="丙")
    )
    team.route()
    team.hear(comment("o1", SAID, who="山野小林"))
    engine.dispose()
    return lambda *words: call("--workspace", str(workspace), "people", *words)


def test_all_is_told_when_an_opt_out_is_taken_back(people: Callable[..., Said]) -> None:
    """Who had said so, the comment, who else is free, what is routed and exported again; no number in full."""
    told = people("opt-out", "1", "--undo", *BY)
    assert told.code == 0, told.err
    expected = (
        "山野小林（人 1）的退订已由 店长 撤回，原因：听错了",
        "TA 留言说“千万别联系我老公",
        "1 条留言今后不再当作退订",
        "同时恢复：人 2",
        "线索 1、2 下次 yinliu qualify、yinliu route 时重新评分和分配，CRM 导出也会重新带上",
        "工单 1、2 已按退订结束，不再恢复",
    )
    assert [words for words in expected if words not in told.out] == []
    assert phone(1) not in told.out
    assert "共 0 人已退订" in people("list", "--opted-out").out


def test_it_stays_known(people: Callable[..., Said]) -> None:
    """Who took it back when and why, where the person is shown; a program is given all of it."""
    people("opt-out", "1", "--undo", *BY)
    shown = people("show", "1")
    assert "退订已撤回：20" in shown.out
    assert "店长（听错了）" in shown.out
    assert "已退订，不再联系" not in shown.out
    (row,) = json.loads(people("show", "1", "--json").out)["withdrawals"]
    assert (row["actor"], row["reason"], row["said_by"]) == ("店长", "听错了", "yinliu")
    assert "退订已撤回" in people("show", "2").out


def test_a_program_is_given_what_was_taken_back(people: Callable[..., Said]) -> None:
    """By a lead's number too; no contact in full."""
    said = people("opt-out", "--lead", "1", "--undo", *BY, "--json")
    given = json.loads(said.out)
    assert (given["person"], given["others"], given["causes"]) == (1, [2], [])
    assert (given["leads"], given["tickets"]) == ([1, 2], [1, 2])
    assert [row["actor"] for row in given["withdrawn"]] == ["yinliu"]
    assert phone(1) not in said.out


def test_an_operators_slip_says_how_to_take_it_back(people: Callable[..., Said]) -> None:
    """Where it is made; then who had noted it why is told."""
    noted = people("opt-out", "3", "--actor", "小李", "--reason", "打错编号")
    assert "yinliu people opt-out 3 --undo" in noted.out
    told = people("opt-out", "3", "--undo", *BY)
    assert "由 小李 登记（打错编号）" in told.out
    assert "条留言" not in told.out


@pytest.mark.parametrize(("reason", "line"), [("typo", "noted by 小李 (typo)"), ("", "noted by 小李")])
def test_english_is_told_in_english_brackets(people: Callable[..., Said], reason: str, line: str) -> None:
    """Nothing stands after the name where no reason was given."""
    people("opt-out", "3", "--actor", "小李", "--reason", reason)
    told = people("opt-out", "3", "--undo", *BY, "--lang", "en").out
    assert [words.endswith(line) for words in told.splitlines() if "noted by" in words] == [True]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("3", "--undo", *BY), "not_opted_out"),
        (("2", "--undo", *BY), "silent_by_contact"),
        (("1", "--undo", "--actor", "店长", "--reason", " "), "no_reason"),
        (("1", "--undo", "--actor", " ", "--reason", "x"), "no_actor"),
        (("1", "--undo", "--actor", "店长"), "usage"),
        (("99", "--undo", *BY), "no_person"),
        (("1", "--lead", "1", "--undo", *BY), "no_person"),
    ],
)
def test_what_cannot_be_taken_back_is_answered(people: Callable[..., Said], words: tuple[str, ...], code: str) -> None:
    """Code 2, and what to do instead."""
    said = people("opt-out", *words, "--json")
    assert (said.code, json.loads(said.out)["error"]) == (2, code)
    assert said.err


def test_the_second_time_says_who_did_it(people: Callable[..., Said]) -> None:
    """Nothing is left to take back; and whose word keeps somebody silent is named with the command."""
    assert "yinliu people opt-out 1 --undo" in people("opt-out", "2", "--undo", *BY).err
    people("opt-out", "1", "--undo", *BY)
    assert "已由 店长 撤回" in people("opt-out", "1", "--undo", *BY).err
    assert "店长 took it back" in people("opt-out", "1", "--undo", *BY, "--lang", "en").err


def test_another_cause_is_told(people: Callable[..., Said]) -> None:
    """Both asked for it: one is taken back, the other holds both, and is named."""
    people("opt-out", "2", "--actor", "小李", "--reason", "电话里说的")
    told = people("opt-out", "1", "--undo", *BY)
    assert "仍不联系人 1，因为 TA 与人 2 留了同一个联系方式" in told.out
    assert "yinliu people opt-out 2 --undo" in told.out
    assert "共 2 人已退订" in people("list", "--opted-out").out


def test_two_accounts_with_one_contact_are_hinted(people: Callable[..., Said]) -> None:
    """First of all suggestions, with what to do; nothing offers to merge them."""
    told = people("suggest")
    assert re.search("1 [+] 2  留了同一个联系方式，但在 .*blog.* ?上是两个账号：山野小林、阿明咖啡", told.out)
    assert "邀约前请核实" in told.out
    assert "people merge 1 2" not in told.out
    (row,) = map(json.loads, people("suggest", "--json").out.splitlines())
    assert (row["first"], row["second"], row["barred"]) == (1, 2, True)
