"""``yinliu queue``: the whole way from a claim to a credited join, and every wrong step answered."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from sqlalchemy import text

from tests.cli.conftest import Call, Said
from tests.patience import PATIENCE
from yinliu.bootstrap import App
from yinliu.settings import Settings
from yinliu.workspace.folder import write_starter

RULES = """
communities:
  - {name: camp, title: 露营同好群, capacity: 3, operators: [小栗, 大川]}
  - {name: tea, title: 茶友群, topics: [how_to], capacity: 3, operators: [阿禾]}
most_attempts: 2
"""
Yinliu = Callable[..., Said]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test leaves the routed workspace and its key for the others."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def yinliu(call: Call, tmp_path: Path, kept: Path) -> Yinliu:
    """``yinliu("queue", "list")`` in a workspace with two tickets of the community camp."""
    workspace = tmp_path / "workspace"
    if any(kept.iterdir()):
        copytree(kept, tmp_path, dirs_exist_ok=True)
    else:
        write_starter(workspace)
        (workspace / "communities.yaml").write_text(RULES, encoding="utf-8")
        land(workspace / "data" / "landing" / "blog" / "1.jsonl")
        for stage in ("load", "tag", "qualify", "route"):
            assert call("--workspace", str(workspace), stage).code == 0
        copytree(tmp_path, kept, dirs_exist_ok=True)
    return lambda *words: call("--workspace", str(workspace), *words)


def land(file: Path) -> None:
    """Two people who want to buy, below one post."""
    now = datetime.now(UTC).isoformat()
    whose = [{"author": f"买家{n}", "author_id": f"u{n}", "text": f"想买，多少钱？1391234567{n}"} for n in range(2)]
    said = {"kind": "comment", "post_id": "p1", "published": now}
    rows: list[dict[str, Any]] = [
        {"kind": "run", "source": "blog", "platform": "feed", "started_at": now},
        {"kind": "post", "external_id": "p1", "url": "https://x.cn/p1", "title": "雪地露营", "body": "文"},
        *({**said, "external_id": f"c{n}", **one} for n, one in enumerate(whose)),
        {"kind": "end", "lines": 3, "cursor": {}},
    ]
    file.parent.mkdir(parents=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def open_app(workspace: Path) -> App:
    """The same workspace, key and database as the commands have."""
    return App(Settings(workspace=workspace, key_file=Path.home() / ".config" / "yinliu" / "key"))


def given(said: Said) -> dict[str, Any]:
    """The one JSON object that a command printed, and nothing else."""
    (line,) = said.out.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def owner(yinliu: Yinliu, ticket: int = 1) -> str:
    """Whose a ticket is."""
    rows = [json.loads(line) for line in yinliu("queue", "list", "--all", "--json").out.splitlines()]
    return str(next(row["operator"] for row in rows if row["id"] == ticket))


def test_from_claim_to_a_credited_join(yinliu: Yinliu) -> None:
    """Claimed with the words to send, invited under the token, joined with the code, and explained."""
    who = owner(yinliu)
    claimed = given(yinliu("queue", "claim", "--operator", who, "--json"))
    assert (claimed["id"], claimed["token"], claimed["contacts"]) == (1, 1, ["139****5670"])
    words = given(yinliu("invite", "--words", "1", "--json"))["words"]
    assert words == claimed["words"] and "/j/" in words
    code = given(yinliu("link", "--post", "1", "--operator", who, "--json"))["code"]
    done = yinliu("queue", "invite", "1", "--operator", who, "--token", "1")
    assert (done.code, done.out) == (0, "工单 1：已分配 → 已邀约\n")
    joined = yinliu(
        "queue", "complete", "1", "--operator", who, "--code", f"扫的 HTTP://X.CN/j/{code.upper()}", "--json"
    )
    assert given(joined) == {"ticket": 1, "before": "invited", "state": "joined"}
    explained = yinliu("leads", "--explain", str(claimed["lead_id"])).out
    assert "因为文章：雪地露营" in explained and f"计入口令 {code}" in explained and "（已进群，" in explained
    (row,) = [line for line in yinliu("links", "--json").out.splitlines() if code in line]
    found = json.loads(row)
    assert (found["post"], found["operator"], found["joins"]) == ("雪地露营", who, 1)
    assert "1391234567" not in yinliu("queue", "list", "--all").out + explained


def test_a_code_that_turns_up_later_is_credited(yinliu: Yinliu) -> None:
    """The result was noted without it; the same again changes nothing, another code is refused."""
    who = owner(yinliu)
    codes = [given(yinliu("link", "--campaign", name, "--json"))["code"] for name in ("甲", "乙")]
    done = ("queue", "complete", "1", "--operator", who)
    assert yinliu(*done).code == 0
    for _ in range(2):
        assert given(yinliu(*done, "--code", codes[0], "--json"))["before"] == "joined"
    assert given(yinliu(*done, "--code", codes[1], "--json"))["error"] == "credited_already"
    assert given(yinliu(*done, "--json"))["error"] == "move_refused"


@pytest.mark.parametrize("change", [lambda code: code[:-1], lambda code: code + "0", lambda code: code[::-1]])
def test_a_code_cut_or_altered_changes_nothing(yinliu: Yinliu, change: Callable[[str], str]) -> None:
    """Neither the credit nor the move."""
    code, who = given(yinliu("link", "--post", "1", "--json"))["code"], owner(yinliu)
    told = yinliu("queue", "complete", "1", "--operator", who, "--code", change(code), "--json")
    assert (told.code, given(told)["error"]) == (2, "bad_code")
    assert "已分配" in yinliu("queue", "list").out and "已进群" not in yinliu("queue", "list").out


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("claim", "--operator", "小粟"), 2, "no_operator"),
        (("claim", "--operator", ""), 2, "no_operator"),
        (("claim", "--operator", "阿禾"), 99, "nothing_to_do"),
        (("claim", "--operator", "阿禾", "--ticket", "1"), 2, "not_theirs"),
        (("claim", "--operator", "小栗", "--ticket", "-1"), 2, "no_ticket"),
        (("claim", "--operator", "小栗", "--ticket", "9" * 30), 2, "no_ticket"),
        (("claim", "--operator", "小栗", "--limit", "0"), 2, "usage"),
        (("claim", "--operator", "小栗", "--limit", "-3"), 2, "usage"),
        (("claim",), 2, "usage"),
        (("list", "--community", "campp"), 2, "no_community"),
        (("invite", "1", "--operator", "小栗", "--token", "9"), 4, "stale_token"),
        (("invite", "1", "--operator", "小栗", "--token", "-1"), 4, "stale_token"),
        (("invite", "1", "--operator", "小栗", "--token", "9" * 30), 2, "usage"),
        (("invite", "x", "--operator", "小栗"), 2, "usage"),
        (("heartbeat", "1", "--operator", "小栗"), 4, "stale_token"),
        (("complete", "1", "--operator", "小栗", "--state", "已成群"), 2, "no_state"),
        (("complete", "1", "--operator", "小栗", "--state", ""), 2, "no_state"),
        (("complete", "1", "--operator", "小栗", "--state", "retained"), 2, "move_refused"),
        (("move", "1", "nonsense", "--actor", "小栗"), 2, "no_state"),
        (("move", "99", "invited", "--actor", "小栗"), 2, "no_ticket"),
        (("release", "1", "--operator", "小栗", "--reason", " "), 2, "no_reason"),
        (("release", "1", "--operator", "小栗"), 2, "usage"),
        (("recycle", "1", "--operator", "小栗"), 2, "not_recyclable"),
    ],
)
def test_a_wrong_step_is_answered(yinliu: Yinliu, words: tuple[str, ...], code: int, error: str) -> None:
    """One JSON object, the exit code of its kind, a line for people, and no traceback; in English too."""
    for language in ("zh", "en"):
        told = yinliu("queue", *words, "--json", "--lang", language)
        assert (told.code, given(told)["error"]) == (code, error)
        assert told.err.strip() and "Traceback" not in told.err
    assert given(told)["message"].isascii() or error in ("no_operator", "no_state", "not_theirs", "nothing_to_do")


def test_a_near_name_is_told(yinliu: Yinliu) -> None:
    """Of an operator, a community and a state."""
    assert "是不是想写 小栗" in yinliu("queue", "claim", "--operator", "小粟").err
    assert "是不是想写 camp" in yinliu("queue", "list", "--community", "campp").err
    done = ("queue", "complete", "1", "--operator", "小栗", "--state")
    assert "是不是想写 joined" in yinliu(*done, "joind").err
    told = yinliu(*done, "已成群").err
    assert "已进群（joined）" in told and "是不是" not in told


def test_a_state_goes_by_the_words_of_operators(yinliu: Yinliu) -> None:
    """Any case, spaces around it, and what a team calls it."""
    who = owner(yinliu)
    assert yinliu("queue", "complete", "1", "--operator", who, "--state", " Invited ").code == 0
    assert yinliu("queue", "complete", "1", "--operator", who, "--state", "已入群").code == 0


def test_two_terminals_claim_at_once(yinliu: Yinliu, tmp_path: Path) -> None:
    """One has the ticket; the other is told whose it is and until when."""
    claim = ("--workspace", str(tmp_path / "workspace"), "queue", "claim", "--ticket", "1", "--json", "--operator")
    started = [
        subprocess.Popen([sys.executable, "-m", "yinliu", *claim, who], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for who in ("小栗", "大川")
    ]
    said = [process.communicate(timeout=PATIENCE)[0] for process in started]
    assert sorted(process.returncode for process in started) == [0, 4]
    (refused,) = [json.loads(out) for out, process in zip(said, started, strict=True) if process.returncode]
    assert refused["error"] == "held" and "北京时间" in refused["message"]


def test_an_operator_sees_whom_they_write_to(yinliu: Yinliu) -> None:
    """What they said; how to reach them, in full when it is asked for; and the others see who works on it."""
    who = owner(yinliu)
    claimed = yinliu("queue", "claim", "--operator", who, "--ticket", "1").out
    assert "）：想买，多少钱？139****5670" in claimed and "--reveal" in claimed and "13912345670" not in claimed
    again = yinliu("queue", "claim", "--operator", who, "--ticket", "1", "--reveal", "--json")
    assert given(again)["contacts"] == ["13912345670"]
    assert f"{who}（处理中" in "".join(yinliu("queue", "list").out.split())


def test_a_claim_without_the_key_leases_nothing(yinliu: Yinliu, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mistake is told first: a ticket that nobody sees is nobody's."""
    monkeypatch.setenv("YINLIU_KEY", "x")
    assert yinliu("queue", "claim", "--operator", "小栗").code == 2
    monkeypatch.delenv("YINLIU_KEY")
    assert all(json.loads(row)["leased_by"] is None for row in yinliu("queue", "list", "--json").out.splitlines())


def test_a_batch_says_whom_not_to_invite(yinliu: Yinliu, tmp_path: Path) -> None:
    """A member by another ticket is leased like others, without words, and with what to do."""
    with open_app(tmp_path / "workspace").begin() as work:
        person = "(SELECT person_id FROM ticket WHERE id = 1)"
        work._session.execute(text(f"UPDATE ticket SET person_id = {person}, state = 'retained' WHERE id = 2"))
        work.commit()
    told = yinliu("queue", "claim", "--operator", owner(yinliu))
    assert told.code == 0 and "注意：" in told.out and "话术" not in told.out and "lost" in told.out


def test_who_is_a_member_already_is_not_invited(yinliu: Yinliu, tmp_path: Path) -> None:
    """By another ticket into the same community; the way out is told."""
    with open_app(tmp_path / "workspace").begin() as work:
        person = "(SELECT person_id FROM ticket WHERE id = 1)"
        work._session.execute(text(f"UPDATE ticket SET person_id = {person}, state = 'retained' WHERE id = 2"))
        work.commit()
    told = yinliu("queue", "claim", "--operator", "小栗", "--ticket", "1", "--json")
    assert (told.code, given(told)["error"]) == (4, "already_member")
    assert "lost" in given(told)["message"]


def test_upkeep_that_only_kept_members_did_something(yinliu: Yinliu, tmp_path: Path) -> None:
    """And says what, in its own words."""
    with open_app(tmp_path / "workspace").begin() as work:
        work._session.execute(text("UPDATE ticket SET state = 'joined', changed_at = '2026-01-01 00:00:00.000000'"))
        work.commit()
    told = yinliu("upkeep")
    assert told.code == 0 and "留存 2" in told.out
    assert yinliu("upkeep").code == 99


def test_who_opted_out_is_let_go(yinliu: Yinliu) -> None:
    """The ticket has ended by itself: nobody is asked to end it once more."""
    row = json.loads(yinliu("queue", "list", "--json").out.splitlines()[0])
    person = str(row["person_id"])
    assert yinliu("people", "opt-out", person, "--actor", "小栗", "--reason", "退订").code == 0
    told = yinliu("queue", "claim", "--operator", "小栗", "--ticket", str(row["id"]))
    assert told.code == 2 and "已拒绝（opted_out）" in told.err and "工单已结束" in told.err
    assert "请把此工单改为" not in told.err


def test_failures_park_and_a_person_recycles(yinliu: Yinliu) -> None:
    """What an operator wrote is kept with contacts masked; recycled once, a second time there is nothing to do."""
    failed = ("queue", "release", "1", "--operator", "小栗", "--reason", "打13812345678不通", "--failed", "--json")
    assert [given(yinliu(*failed))["how"] for _ in range(2)] == ["ready", "parked"]
    told = yinliu("queue", "parked")
    assert "打138****5678不通" in told.out
    assert json.loads(yinliu("queue", "parked", "--json").out)["id"] == 1
    assert yinliu("queue", "recycle", "1", "--operator", "小栗").out == "工单 1 已重新启用：已分配\n"
    assert "不用重新启用" in yinliu("queue", "recycle", "1", "--operator", "小栗").err
    assert yinliu("queue", "parked", "--json").out == ""


def test_what_is_parked_or_did_not_fail_is_not_given_back(yinliu: Yinliu) -> None:
    """Nothing is noted twice, and nobody who joined is parked."""
    failed = ("--operator", "小栗", "--reason", "没有回复", "--failed", "--json")
    for _ in range(2):
        assert yinliu("queue", "release", "1", *failed).code == 0
    before = yinliu("queue", "parked", "--json").out
    for more in (failed, failed[:4]):
        assert given(yinliu("queue", "release", "1", *more, "--json"))["error"] == "parked"
    assert yinliu("queue", "parked", "--json").out == before
    assert yinliu("queue", "complete", "2", "--operator", "小栗").code == 0
    assert given(yinliu("queue", "release", "2", *failed))["error"] == "nothing_failed"


def test_no_words_for_who_is_not_to_be_invited(yinliu: Yinliu, tmp_path: Path) -> None:
    """A member, or somebody who asked not to be contacted: no link is made out for them."""
    assert "/j/" in yinliu("invite", "--words", "2").out
    assert yinliu("queue", "complete", "1", "--operator", "小栗").code == 0
    assert given(yinliu("invite", "--words", "1", "--json"))["error"] == "not_to_invite"
    assert given(yinliu("invite", "--words", "99", "--json"))["error"] == "no_ticket"
    with open_app(tmp_path / "workspace").begin() as work:
        work._session.execute(text("UPDATE person SET suppressed_at = '2026-11-20 00:00:00.000000'"))
        work.commit()
    told = yinliu("invite", "--words", "2", "--json")
    assert (told.code, given(told)["error"]) == (4, "suppressed")


def test_what_an_operator_writes_is_masked(yinliu: Yinliu) -> None:
    """In the story of the lead, whatever the step."""
    who = owner(yinliu)
    reason = ("--operator", who, "--reason", "加了13812345678")
    lead = given(yinliu("queue", "claim", "--operator", who, "--ticket", "1", "--json"))["lead_id"]
    for step in (("release", "1"), ("invite", "1"), ("complete", "1", "--state", "added"), ("move", "1", "joined")):
        assert yinliu("queue", *step, *reason).code == 0
    told = yinliu("leads", "--explain", str(lead)).out
    assert told.count("加了138****5678") == 4 and "13812345678" not in told


def test_members_and_full_communities_are_told_no_words(yinliu: Yinliu) -> None:
    """There is nobody to invite; the ticket can be worked on all the same."""
    who = owner(yinliu)
    assert yinliu("queue", "complete", "1", "--operator", who).code == 0
    claimed = given(yinliu("queue", "claim", "--operator", who, "--ticket", "1", "--json"))
    assert (claimed["state"], claimed["words"]) == ("joined", None)


def test_the_queue_is_written_to_a_file(yinliu: Yinliu, tmp_path: Path) -> None:
    """With contacts masked; a folder in its place is told."""
    assert yinliu("queue", "list", "--out", str(tmp_path / "q.csv")).code == 0
    assert "139****5670" in (tmp_path / "q.csv").read_text(encoding="utf-8-sig")
    told = yinliu("queue", "list", "--out", str(tmp_path), "--json")
    assert (told.code, given(told)["error"]) == (2, "bad_file")
