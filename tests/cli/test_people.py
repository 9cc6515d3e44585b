"""``yinliu people``: listed, suggested, merged, taken apart, left alone; and every wrong question answered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from models.database import open_engine
from models.unit_of_work import UnitOfWork
from tests.cli.conftest import Call, Said
from tests.stages.team import Team, comment, post

ACTOR = ("--actor", "店长", "--reason", "电话确认")


@pytest.fixture
def people(call: Call, workspace: Path, tmp_path: Path) -> Callable[..., Said]:
    """``people("list")`` over three persons: two of one name on two sources, one of another."""
    (workspace / "data").mkdir(exist_ok=True)
    url = f"sqlite:///{workspace / 'data' / 'yinliu.db'}"
    assert call("--workspace", str(workspace), "status").code in (0, 99)
    engine = open_engine(url)
    team = Team(lambda: UnitOfWork(engine), tmp_path / "data")
    team.hear(post(), comment("c1", "想买", who="山野小林"), comment("c2", "想买", who="阿明咖啡"), source="blog")
    team.hear(post("p2"), comment("c3", "想买，电话13912345678", who="山野小琳", post_id="p2"), source="shop")
    engine.dispose()
    return lambda *words: call("--workspace", str(workspace), "people", *words)


def test_persons_are_listed(people: Callable[..., Said]) -> None:
    """For people and for programs; by a part of a name too."""
    listed = people("list")
    assert listed.code == 0
    assert "共 3 人" in listed.out
    rows = [json.loads(line) for line in people("list", "--json", "--name", "山野").out.splitlines()]
    assert [(row["id"], row["name"], row["accounts"][0]["source"]) for row in rows] == [
        (3, "山野小琳", "shop"),
        (1, "山野小林", "blog"),
    ]


def test_names_are_suggested_and_never_merged(people: Callable[..., Said]) -> None:
    """With the reason; nothing changes until an operator merges."""
    told = people("suggest")
    assert "1 + 3  昵称读音相同：山野小林（blog）、山野小琳（shop）" in told.out
    assert len(people("list", "--json").out.splitlines()) == 3
    assert json.loads(people("suggest", "--json").out)["first"] == 1


def test_the_teams_own_accounts_are_not_suggested(people: Callable[..., Said], workspace: Path) -> None:
    """They may be called alike everywhere: nobody is to merge them."""
    assert "（列出前 1 对" not in people("suggest", "--limit", "1").out
    engine = open_engine(f"sqlite:///{workspace / 'data' / 'yinliu.db'}")
    with UnitOfWork(engine) as work:
        work._session.execute(text("UPDATE signal SET kind = 'colleague' WHERE id IN (SELECT min(id) FROM signal)"))
        work.commit()
    engine.dispose()
    assert "0 对" in people("suggest").out


def test_a_merge_and_its_way_back(people: Callable[..., Said]) -> None:
    """Merged, shown, listed, undone; then they are suggested no more and cannot be merged again."""
    merged = json.loads(people("merge", "3", "1", *ACTOR, "--json").out)
    assert merged == {"event": 1, "kept": 1}
    shown = json.loads(people("show", "1", "--json").out)
    assert [one["source"] for one in shown["accounts"]] == ["blog", "shop"]
    assert "店长" in people("merges").out
    undone = people("unmerge", "1", "--actor", "店长")
    assert undone.code == 0
    assert len(people("list", "--json").out.splitlines()) == 3
    assert people("suggest", "--json").out == ""
    refused = people("merge", "1", "3", *ACTOR)
    assert refused.code == 2
    assert "不是同一个人" in refused.err


def test_a_pair_noted_as_not_the_same_is_free_again(people: Callable[..., Said]) -> None:
    """Told who had noted it when, and what comes next; suggested again, merged again."""
    noted = people("not-same", "1", "3", "--actor", "店长")
    assert noted.code == 0
    assert "yinliu people not-same 1 3 --undo" in noted.out
    assert people("suggest", "--json").out == ""
    assert "not-same 1 3 --undo" in people("merge", "1", "3", *ACTOR).err
    undone = people("not-same", "3", "1", "--undo", "--actor", "小李")
    assert undone.code == 0
    assert all(word in undone.out for word in ("小李 已撤回", "原标记：店长 20", "yinliu qualify", "people merge 3 1"))
    assert json.loads(people("suggest", "--json").out)["second"] == 3
    assert json.loads(people("merge", "1", "3", *ACTOR, "--json").out)["kept"] == 1


def test_an_unmerged_pair_is_free_again(people: Callable[..., Said]) -> None:
    """As it is told where the merge is undone; a program is told who had noted it when."""
    people("merge", "1", "3", *ACTOR)
    assert "yinliu people not-same 1 3 --undo" in people("unmerge", "1", "--actor", "店长").out
    given = json.loads(people("not-same", "1", "3", "--undo", "--actor", "小李", "--json").out)
    (noted,) = given.pop("noted")
    assert given == {"one": 1, "other": 3, "withdrawn": 1, "barred": None}
    assert noted["actor"] == "店长"
    assert datetime.fromisoformat(noted["happened_at"]) <= datetime.now(UTC)


def test_who_can_never_be_one_is_told_when_a_note_is_withdrawn(people: Callable[..., Said]) -> None:
    """The note is gone; two accounts of one source are two persons all the same."""
    people("not-same", "1", "2", "--actor", "店长")
    undone = people("not-same", "1", "2", "--undo", "--actor", "店长")
    assert undone.code == 0
    assert re.search("仍不会合并：他们在 .*blog.* ?上是两个不同的账号", undone.out)


def test_nothing_is_withdrawn_twice(people: Callable[..., Said]) -> None:
    """The second time it is said that nothing is noted, in either language, and what to do if they are one."""
    people("not-same", "1", "3", "--actor", "店长")
    undo = ("not-same", "1", "3", "--undo", "--actor", "店长")
    assert [people(*undo).code for _ in range(2)] == [0, 2]
    assert "没有可撤回的" in people(*undo).err
    assert "yinliu people merge 1 3" in people(*undo).err
    assert json.loads(people(*undo, "--json").out)["error"] == "not_noted"
    assert "nobody noted that 1 and 3" in people(*undo, "--lang", "en").err


def test_two_accounts_of_one_source_are_refused(people: Callable[..., Said]) -> None:
    """The reason names the source."""
    refused = people("merge", "1", "2", *ACTOR)
    assert refused.code == 2
    assert "blog" in refused.err


def test_who_opts_out_is_listed_so(people: Callable[..., Said]) -> None:
    """Once and again; the lead is no more among those that qualify."""
    given = json.loads(people("opt-out", "3", *ACTOR, "--json").out)
    assert given == {"person": 3, "names": "山野小琳", "new": True}
    assert "山野小琳（人 3）早已退订" in people("opt-out", "3", *ACTOR).out
    assert "山野小琳（人 3）早已退订" in people("opt-out", "--lead", "3", *ACTOR).out
    assert "列出 1 人，共 1 人已退订" in people("list", "--opted-out").out
    assert "列出 2 人，共 2 人" in people("list", "--name", "山野").out
    (row,) = [json.loads(line) for line in people("list", "--opted-out", "--json").out.splitlines()]
    assert row["id"] == 3
    assert datetime.fromisoformat(row["suppressed_at"]) <= datetime.now(UTC)
    shown = people("show", "3").out
    assert "已退订" in shown
    assert "店长（电话确认）" in shown


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "99"), "no_person"),
        (("merge", "1", "99", *ACTOR), "no_person"),
        (("merge", "1", "1", *ACTOR), "same_person"),
        (("merge", "1", "3", "--actor", " ", "--reason", "x"), "no_actor"),
        (("not-same", "1", "1", "--actor", "店长"), "same_person"),
        (("not-same", "0", "1", "--actor", "店长"), "no_person"),
        (("not-same", "1", "3", "--undo", "--actor", "店长"), "not_noted"),
        (("not-same", "1", "1", "--undo", "--actor", "店长"), "same_person"),
        (("not-same", "1", "99", "--undo", "--actor", "店长"), "no_person"),
        (("not-same", "1", "3", "--undo", "--actor", " "), "no_actor"),
        (("not-same", "1", "3", "--undo"), "usage"),
        (("opt-out", "99", *ACTOR), "no_person"),
        (("opt-out", *ACTOR), "no_person"),
        (("opt-out", "1", "--lead", "1", *ACTOR), "no_person"),
        (("opt-out", "--lead", "99", *ACTOR), "no_lead"),
        (("opt-out", "--ticket", "99", *ACTOR), "no_ticket"),
        (("unmerge", "99", "--actor", "店长"), "no_merge"),
        (("show", "9" * 30), "usage"),
        (("unmerge", "9" * 30, "--actor", "店长"), "usage"),
        (("merge", "x", "1", *ACTOR), "usage"),
        (("list", "--limit", "-1"), "usage"),
    ],
)
def test_a_wrong_question_is_answered(people: Callable[..., Said], words: tuple[str, ...], code: str) -> None:
    """Code 2, what is wrong, and nothing on standard output but the error."""
    said = people(*words, "--json")
    assert said.code == 2
    assert json.loads(said.out)["error"] == code
    assert said.err


def test_who_was_merged_is_told_where_they_went(people: Callable[..., Said]) -> None:
    """A number that somebody wrote down yesterday."""
    people("merge", "1", "3", *ACTOR)
    assert "已并入 1" in people("show", "3").err


def test_a_contact_in_a_name_is_masked(call: Call, workspace: Path, tmp_path: Path) -> None:
    """Wherever names are shown, for people and for programs: people write their number into them."""
    assert call("--workspace", str(workspace), "status").code in (0, 99)
    engine = open_engine(f"sqlite:///{workspace / 'data' / 'yinliu.db'}")
    team = Team(lambda: UnitOfWork(engine), tmp_path / "data")
    for source, key in (("blog", "p1"), ("shop", "p2")):
        said = comment(f"c{key}", f"想买，多少钱？1390000000{key[1]}", who="小王加我13912345678", post_id=key)
        team.hear(post(key), said, source=source)
    team.route()
    engine.dispose()
    shown = ("people list", "people show 1", "people suggest", "leads --all", "leads --explain 1", "queue list")
    for words in shown:
        for json_too in ((), ("--json",)):
            said = call("--workspace", str(workspace), *words.split(), *json_too)
            assert said.code == 0 and "小王" in said.out, (words, said)
            assert "13912345678" not in said.out, words
