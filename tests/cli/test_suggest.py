"""``yinliu suggest``: the list, accepting, dismissing, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call

MONDAY = datetime(2026, 11, 9, 2, tzinfo=UTC)
FRAMES = ("想问{}怎么收费", "有{}吗", "附近的{}靠谱么", "求推荐{}！", "昨天看到{}，心动", "{}加微信13912345678")
TOPICS = "# 我们的话题\ntopics:\n  - name: camping\n    title: 露营\n    words: [露营, 天幕]  # 两个\n\nwords: []\n"


def said(term: str, number: int, *, weeks_ago: int) -> list[dict[str, Any]]:
    """Comments of so many people under two posts, as they land."""
    at = MONDAY - timedelta(weeks=weeks_ago)
    return [
        {
            "kind": "comment",
            "external_id": f"{term}{weeks_ago}-{n}",
            "post_id": f"p{n % 2}",
            "author": f"{term}{n}",
            "author_id": f"{term}{n}",
            "text": FRAMES[n % len(FRAMES)].format(term),
            "published": (at + timedelta(minutes=n)).isoformat(),
        }
        for n in range(number)
    ]


@pytest.fixture
def options(workspace: Path, call: Call) -> list[str]:
    """A workspace in whose week 46 people speak of 帐篷租赁; gives the options that name it."""
    rows = [row for ago in range(3) for row in said("木桌", 12, weeks_ago=ago)] + said("帐篷租赁", 18, weeks_ago=0)
    first = {"kind": "run", "source": "blog", "platform": "feed", "started_at": "2026-11-14T00:00:00+00:00"}
    last = {"kind": "end", "lines": len(rows), "cursor": {}}
    file = workspace / "data" / "landing" / "blog" / "1.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in (first, *rows, last)), encoding="utf-8")
    (workspace / "topics.yaml").write_text(TOPICS, encoding="utf-8")
    assert call("--workspace", str(workspace), "load").code == 0
    return ["--workspace", str(workspace), "suggest"]


def terms(call: Call, options: list[str]) -> list[str]:
    """The terms that are suggested for week 46."""
    return [json.loads(line)["term"] for line in call(*options, "--week", "2026-W46", "--json").out.splitlines()]


def test_a_table_for_people(call: Call, options: list[str]) -> None:
    """The week, the term, its figures, what to do, and no phone number."""
    told = call(*options, "--week", "2026-W46")
    assert told.code == 0
    assert all(word in told.out for word in ("2026-W46", "帐篷租赁", "本周人数", "16", "新话题", "--accept"))
    assert "13912345678" not in told.out


def test_lines_for_programs(call: Call, options: list[str]) -> None:
    """One object a term, nothing else; three who paste the same long text are one."""
    told = call(*options, "--week", "2026-W46", "--json")
    (row,) = [row for row in map(json.loads, told.out.splitlines()) if row["term"] == "帐篷租赁"]
    assert (row["accounts"], row["posts"], row["before"], row["joins"]) == (16, 2, 0.0, None)
    assert row["new_topic"]["title"] == "帐篷租赁"
    assert 1 <= len(row["examples"]) <= 3
    assert "13912345678" not in told.out


def test_english_for_those_who_read_it(call: Call, options: list[str]) -> None:
    """Headers and proposals."""
    told = call("--lang", "en", *options, "--week", "2026-W46", "--most", "1")
    assert ("accounts" in told.out, "new topic" in told.out) == (True, True)


def test_accepting_adds_to_the_file(call: Call, options: list[str], workspace: Path) -> None:
    """One place of topics.yaml changes; the term is not suggested again."""
    assert "帐篷租赁" in terms(call, options)
    told = json.loads(call(*options, "--accept", "帐篷租赁", "--topic", "camping", "--json").out)
    assert told == {"accepted": "帐篷租赁", "topic": "camping", "new_topic": False}
    assert (workspace / "topics.yaml").read_text(encoding="utf-8") == TOPICS.replace("天幕]", "天幕, 帐篷租赁]")
    assert "帐篷租赁" not in terms(call, options)
    again = call(*options, "--accept", "帐篷租赁", "--topic", "camping")
    assert (again.code, "已经是话题 camping" in again.err) == (2, True)


def test_accepting_makes_a_topic(call: Call, options: list[str], workspace: Path) -> None:
    """With a title; the workspace is fine afterwards."""
    told = call(*options, "--accept", "帐篷租赁", "--topic", "tents", "--title", "帐篷租赁")
    assert (told.code, "新建话题 tents" in told.out) == (0, True)
    assert "# 两个" in (workspace / "topics.yaml").read_text(encoding="utf-8")
    assert call("--workspace", str(workspace), "doctor").code == 0


def test_dismissing_is_remembered(call: Call, options: list[str], workspace: Path) -> None:
    """In a file that people may read; twice is once."""
    assert json.loads(call(*options, "--dismiss", "帐篷租赁", "--json").out)["new"] == ["帐篷租赁"]
    assert json.loads(call(*options, "--dismiss", "帳篷租賃", "--dismiss", "Bromo", "--json").out)["new"] == ["bromo"]
    assert (workspace / "data" / "dismissed.txt").read_text(encoding="utf-8") == "帐篷租赁\nbromo\n"
    assert "帐篷租赁" not in terms(call, options)


def test_a_dismissed_file_that_people_edited(call: Call, options: list[str], workspace: Path) -> None:
    """Remarks, empty lines and a missing line end do no harm; another encoding is told."""
    file = workspace / "data" / "dismissed.txt"
    file.write_text("# 不要\n\n 帐篷租赁 ", encoding="utf-8")
    assert "帐篷租赁" not in terms(call, options)
    call(*options, "--dismiss", "飞盘")
    assert file.read_text(encoding="utf-8") == "# 不要\n\n 帐篷租赁 \n飞盘\n"
    file.write_bytes("飞盘".encode("gbk"))
    told = call(*options, "--week", "2026-W46", "--json")
    assert (told.code, json.loads(told.out)["error"]) == (2, "unusable_file")


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["--week", "2026-W30"], 99, "empty_week"),
        (["--week", "2026-46"], 2, "week_unreadable"),
        (["--week", "2026-W54"], 2, "week_unknown"),
        (["--week", "2099-W10"], 2, "week_to_come"),
        (["--accept", "帐篷"], 2, "no_topic"),
        (["--accept", "帐篷", "--topic", "campin"], 2, "no_topic"),
        (["--accept", "帐" * 41, "--topic", "camping"], 2, "word_too_long"),
        (["--accept", "帐篷", "--topic", "camping", "--dismiss", "x"], 2, "bad_options"),
        (["--topic", "camping"], 2, "bad_options"),
        (["--dismiss", " "], 2, "bad_word"),
    ],
)
def test_what_is_refused(
    call: Call, options: list[str], workspace: Path, *, arguments: list[str], code: int, error: str
) -> None:
    """Each with its own exit code and a sentence; nothing is written."""
    told = call(*options, *arguments, "--json")
    assert (told.code, json.loads(told.out)["error"]) == (code, error)
    assert told.err.strip()
    assert (workspace / "topics.yaml").read_text(encoding="utf-8") == TOPICS
    assert not (workspace / "data" / "dismissed.txt").exists()


def test_a_file_that_is_wrong_or_read_only(call: Call, options: list[str], workspace: Path) -> None:
    """Both are told with the file's name, and it stays."""
    file = workspace / "topics.yaml"
    file.chmod(0o444)
    told = call(*options, "--accept", "帐篷", "--topic", "camping")
    assert (told.code, "topics.yaml 无法写入" in told.err) == (2, True)
    file.chmod(0o644)
    file.write_text("topics: [", encoding="utf-8")
    told = call(*options, "--accept", "帐篷", "--topic", "camping")
    assert (told.code, "topics.yaml:" in told.err) == (2, True)
    assert file.read_text(encoding="utf-8") == "topics: ["


def test_a_topic_to_be_named_is_told_with_all(call: Call, options: list[str]) -> None:
    """Which there are, and how to make one."""
    told = call(*options, "--accept", "飞盘")
    assert all(word in told.err for word in ("camping（露营）", "--topic", "--title 飞盘"))


def test_nothing_is_made_outside_a_workspace(call: Call, tmp_path: Path) -> None:
    """A folder without the files ends with 2."""
    (tmp_path / "elsewhere").mkdir()
    for arguments in (["--dismiss", "x"], ["--accept", "x", "--topic", "y"], []):
        assert call("--workspace", str(tmp_path / "elsewhere"), "suggest", *arguments).code == 2
    assert list((tmp_path / "elsewhere").iterdir()) == []
