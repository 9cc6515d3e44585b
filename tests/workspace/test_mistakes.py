"""Mistakes in the team's files: each is told with file, line, what stands there and what was meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp.rules import Words
from tests.workspace.conftest import READERS, Refused
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.workspace import complaints
from yinliu.workspace.folder import Workspace

COMMUNITY = "communities:\n  - name: a\n    title: A\n    capacity: 5\n    operators: [x]\n"
GROUPS = "communities:\n  - name: a\n    title: A\n    groups:\n      - {name: g, capacity: 5}\n    operators: [x]\n"
OPERATOR = "operators:\n  - name: x\n    shifts: [{}]\n"
HUB = "hubs: [{name: matrix, kind: matrix, url: 'https://m.cn', token: YINLIU_M}]\n"
SOURCE = "sources:\n  - name: blog\n    platform: feed\n    url: https://x.cn/feed\n"

MISTAKES = {
    "no seat at all": ("communities.yaml", COMMUNITY.replace("5", "0"), 4, ("capacity", "0", "1")),
    "a group without a seat": ("communities.yaml", GROUPS.replace("5", "0"), 5, ("capacity", "0", "1")),
    "capacity and groups": ("communities.yaml", GROUPS + "    capacity: 5\n", 2, ("capacity", "groups")),
    "neither capacity nor groups": (
        "communities.yaml",
        COMMUNITY.replace("    capacity: 5\n", ""),
        2,
        ("capacity", "groups"),
    ),
    "a group twice": (
        "communities.yaml",
        GROUPS.replace("capacity: 5}\n", "capacity: 5}\n      - {name: g, capacity: 6}\n"),
        6,
        ("groups", "g"),
    ),
    "an operator who has no row": (
        "communities.yaml",
        COMMUNITY.replace("[x]", "[小粟]") + "operators: [{name: 小栗}]\n",
        5,
        ("小粟", "小栗"),
    ),
    "a lead who has no row": (
        "communities.yaml",
        COMMUNITY + "    lead: y\noperators: [{name: x}]\n",
        6,
        ("lead", "y", "x"),
    ),
    "an unknown hub": ("communities.yaml", COMMUNITY + "    hub: matrx\n" + HUB, 6, ("matrx", "matrix", "manual")),
    "a hub named manual": ("communities.yaml", COMMUNITY + HUB.replace("name: matrix", "name: manual"), 1, ("manual",)),
    "an unknown intent of a community": (
        "communities.yaml",
        COMMUNITY + "    intents: [purchase]\n",
        6,
        ("purchase", "purchase_intent"),
    ),
    "an unknown tier": ("communities.yaml", COMMUNITY + "    tier: free\n", 6, ("tier", "free", "open")),
    "a shift that ends before it begins": (
        "communities.yaml",
        COMMUNITY + OPERATOR.format("{from: '22:00', to: '06:00'}"),
        8,
        ("22:00", "06:00"),
    ),
    "shifts at the same time": (
        "communities.yaml",
        COMMUNITY + OPERATOR.format("{to: '12:00'}, {days: workdays, from: '11:00'}"),
        7,
        ("00:00", "12:00", "11:00", "24:00"),
    ),
    "a time that is none": (
        "communities.yaml",
        COMMUNITY + OPERATOR.format("{from: '9:00'}"),
        8,
        ("from", "9:00"),
    ),
    "a quota of nothing": ("communities.yaml", COMMUNITY + "operators: [{name: x, daily_quota: 0}]\n", 6, ("0", "1")),
    "an unknown key": ("communities.yaml", COMMUNITY + "    capcity: 5\n", 6, ("capcity", "capacity")),
    "an unknown key at the top": ("yinliu.yaml", "team: a\ntimezon: Asia/Shanghai\n", 2, ("timezon", "timezone")),
    "a word for a number": ("communities.yaml", COMMUNITY.replace("5", "many"), 4, ("capacity", "many")),
    "a text for a list": ("communities.yaml", COMMUNITY.replace("[x]", "x"), 5, ("operators",)),
    "a number below its least": ("communities.yaml", COMMUNITY.replace("5", "-1"), 4, ("capacity", "-1", "1")),
    "a missing key": ("communities.yaml", COMMUNITY.replace("    title: A\n", ""), 2, ("title",)),
    "an unknown topic": ("communities.yaml", COMMUNITY + "    topics: [how_too]\n", 6, ("how_too", "how_to")),
    "a community twice": ("communities.yaml", COMMUNITY + COMMUNITY.partition("\n")[2], 6, ("communities", "a")),
    "an unknown signal": (
        "scoring.yaml",
        "signals:\n  purchase: {points: 1}\ngrades: {A: 1}\nqualified: [A]\n",
        2,
        ("purchase", "purchase_intent"),
    ),
    "an unknown grade": ("scoring.yaml", "signals: {}\ngrades: {A: 1}\nqualified: [B]\n", 1, ("B",)),
    "a grade of two letters": ("scoring.yaml", "signals: {}\ngrades:\n  AA: 1\nqualified: [A]\n", 3, ("AA",)),
    "a bad expression": (
        "intents.yaml",
        "intents:\n  - name: a\n    title: A\n    rules:\n      - id: r\n        pattern: '('\n",
        6,
        ("pattern", "("),
    ),
    "an intent twice": (
        "intents.yaml",
        "intents:\n" + "  - {name: a, title: A, rules: [{id: r, pattern: x}]}\n" * 2,
        1,
        ("a",),
    ),
    "a topic without words": ("topics.yaml", "topics:\n  - name: a\n    title: A\n    words: []\n", 4, ("words",)),
    "a name with capitals": (
        "topics.yaml",
        "topics:\n  - name: Abc\n    title: A\n    words: [a]\n",
        2,
        ("name", "Abc"),
    ),
    "an unknown time zone": (
        "yinliu.yaml",
        "team: a\ntimezone: Asia/Shanghia\n",
        2,
        ("timezone", "Asia/Shanghia", "Asia/Shanghai"),
    ),
    "a time zone that is a folder": ("yinliu.yaml", "timezone: Asia\n", 1, ("timezone", "Asia")),
    "an unknown kind of target": ("crm.yaml", "targets:\n  - name: a\n    kind: xls\n", 3, ("xls", "csv")),
    "a folder that leads out": ("crm.yaml", "targets:\n  - {name: a, kind: csv, folder: ../../etc}\n", 2, ("folder",)),
    "an unknown platform": ("sources.yaml", SOURCE.replace("feed\n", "fead\n", 1), 3, ("fead", "feed", "wordpress")),
    "no platform": ("sources.yaml", SOURCE.replace("    platform: feed\n", ""), 2, ("platform",)),
    "an unknown option of a platform": (
        "sources.yaml",
        SOURCE + "    max_request: 5\n",
        5,
        ("max_request", "max_requests"),
    ),
    "a source twice": ("sources.yaml", SOURCE + SOURCE.partition("\n")[2], 5, ("blog",)),
    "an address with a password": ("sources.yaml", SOURCE.replace("x.cn", "me:secret@x.cn"), 4, ("url",)),
    "no address": ("sources.yaml", SOURCE.replace("https://x.cn/feed", "x.cn"), 4, ("url", "x.cn")),
    "sources that are a mapping": ("sources.yaml", "sources:\n  blog: {platform: feed}\n", 1, ("sources",)),
    "sources that are an empty mapping": ("sources.yaml", "sources: {}\n", 1, ("sources",)),
    "sources that are a text": ("sources.yaml", "sources: text\n", 1, ("sources", "text")),
    "a source that is a text": ("sources.yaml", "sources:\n  - just text\n", 2, ("sources.0", "just text")),
    "a source that is a list": ("sources.yaml", "sources:\n  - [a, b]\n", 2, ("sources.0",)),
    "a source that is nothing": ("sources.yaml", "sources:\n  -\n", 2, ("sources.0",)),
    "sources without their key": ("sources.yaml", "- name: blog\n  platform: feed\n", 1, ()),
    "a misspelt first key": ("sources.yaml", "source:\n  - name: blog\n", 1, ("source", "sources")),
    "a list for a mapping": ("crm.yaml", "- a\n- b\n", 1, ()),
    "a text for a mapping": ("topics.yaml", "just text\n", 1, ()),
    "an empty file": ("topics.yaml", "", 1, ("topics",)),
    "a file of comments": ("communities.yaml", "# later\n", 1, ("communities",)),
    "a tab": ("communities.yaml", "communities:\n\t- name: a\n", 2, ()),
    "a bracket that stays open": ("topics.yaml", "topics: [a, b\n", 2, ()),
    "a key twice": ("yinliu.yaml", "team: a\nteam: b\n", 2, ("team",)),
    "a colon without a space": ("yinliu.yaml", "team: a\nb: c: d\n", 2, ()),
    "a control character": ("yinliu.yaml", "team: a\ntimezone: \x07\n", 2, ()),
    "bytes that are no UTF-8": ("yinliu.yaml", "team: a\nteam_accounts: [小李]\n".encode("gb18030"), 2, ()),
    "a date that is none": ("yinliu.yaml", "team: 2026-13-45\n", 1, ("2026-13-45",)),
    "a day that is none": (
        "yinliu.yaml",
        "# 2026-02-30\ntimezone: Asia/Shanghai\nteam: 2026-02-30\n",
        3,
        ("2026-02-30",),
    ),
    "a date": ("yinliu.yaml", "team: 2026-11-21\n", 1, ("team",)),
    "two documents": ("yinliu.yaml", "team: a\n---\nteam: b\n", 2, ()),
    "a loop": ("yinliu.yaml", "team_accounts: &a [*a]\n", 1, ()),
    "a tag of Python": ("yinliu.yaml", "team: !!python/object/apply:os.system [ls]\n", 1, ()),
    "brackets without end": ("topics.yaml", "[" * 1500, 1, ()),
}


@pytest.mark.parametrize(("name", "content", "line", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_where_it_stands(
    refused: Refused, name: str, content: str | bytes, line: int, words: tuple[str, ...]
) -> None:
    """In Chinese and in English, with file and line, and the words that help."""
    error = refused(name, content)
    for text in (error.message.zh, error.message.en):
        assert f"{name}:{line} " in text
        assert all(word in text for word in words), text
    assert error.exit_code == 2


def test_a_secret_in_an_address_is_not_repeated(refused: Refused) -> None:
    """The message goes to screens and logs."""
    error = refused("sources.yaml", SOURCE.replace("x.cn", "me:hunter2@x.cn"))
    assert "hunter2" not in error.message.zh + error.message.en


def test_all_mistakes_of_a_file_are_told_at_once(refused: Refused) -> None:
    """A line each."""
    error = refused("communities.yaml", "communities:\n  - name: A B\n    capacity: x\n    operators: []\n")
    assert [f":{line} " in error.message.zh for line in (2, 3, 4)] == [True] * 3
    assert len(error.message.zh.splitlines()) == len(error.message.en.splitlines()) == 5


@pytest.mark.parametrize(
    ("topics", "told"),
    [
        (
            ["{name: b, title: B, words: [x]}", "{name: a, title: A, words: [V60, ｖ６０]}"],
            "topics.yaml:3 topics.1：“ｖ６０”",
        ),
        (
            ["{name: a, title: A, words: [露营]}", "{name: b, title: B, words: [露营]}"],
            "topics.yaml:1 “露营”同时写在话题 a、b",
        ),
    ],
)
def test_a_word_that_stands_twice(folder: Path, topics: list[str], told: str) -> None:
    """In a topic, or in two: the word and where it stands, and no Python."""
    (folder / "topics.yaml").write_text("topics:\n" + "".join(f"  - {topic}\n" for topic in topics), encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        _ = Workspace(folder).topics
    assert told in caught.value.message.zh
    assert "CommentedMap" not in caught.value.message.zh


def test_no_words_are_needed(folder: Path) -> None:
    """A workspace made before there was words.yaml works as it did."""
    (folder / "words.yaml").unlink()
    assert Workspace(folder).words == Words()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("files: [missing.txt]", "words.yaml:1 files.0 = 'missing.txt'"),
        ("files: [long.txt]", "第 2 行超过 40 个字"),
        ("keywords: [Ｖ60, v60]", "v60"),
        ("brands: [{name: ' '}]", "不能只有空格"),
    ],
)
def test_wrong_words_are_told(folder: Path, content: str, told: str) -> None:
    """With the file, the value and what is allowed."""
    (folder / "words.yaml").write_text(content, encoding="utf-8")
    (folder / "long.txt").write_text("短\n" + "长" * 41, encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        _ = Workspace(folder).words
    assert told in caught.value.message.zh


def test_words_of_a_file_are_keywords(folder: Path) -> None:
    """One a line; empty lines and # lines are none."""
    (folder / "words.yaml").write_text("keywords: [泠川]\nfiles: [more.txt]", encoding="utf-8")
    (folder / "more.txt").write_text("\ufeff# 型号\nRO-500\n\n泠川\n", encoding="utf-8")
    assert Workspace(folder).words.keywords == ["泠川", "RO-500"]


@pytest.mark.parametrize("name", [name for name in READERS if name != "words.yaml"])
def test_a_missing_file_is_told_with_its_remedy(folder: Path, name: str) -> None:
    """The command that adds it."""
    (folder / name).unlink()
    with pytest.raises(Misconfigured, match="yinliu init") as caught:
        READERS[name](Workspace(folder))
    assert name in str(caught.value)
    assert caught.value.code == "missing_file"


def test_a_folder_in_place_of_a_file_is_told(folder: Path) -> None:
    """Rather than a crash."""
    (folder / "crm.yaml").unlink()
    (folder / "crm.yaml").mkdir()
    with pytest.raises(Misconfigured, match=r"crm\.yaml"):
        READERS["crm.yaml"](Workspace(folder))


def test_a_missing_workspace_is_told(tmp_path: Path) -> None:
    """With the command that makes one."""
    with pytest.raises(Misconfigured, match="yinliu init"):
        Workspace(tmp_path / "nowhere")


def test_no_sources_yet_is_no_mistake(folder: Path) -> None:
    """All examples commented out, or the file empty."""
    for content in ("sources: []\n", "sources:\n# - name: blog\n", "", "\ufeffsources: []\n"):
        (folder / "sources.yaml").write_text(content, encoding="utf-8")
        assert READERS["sources.yaml"](Workspace(folder)) == []


PIECES = st.sampled_from(
    [
        "sources:",
        "communities:",
        "topics:",
        "- ",
        "  ",
        "\n",
        "name: a",
        "{",
        "}",
        "[",
        "]",
        ": ",
        "&a ",
        "*a",
        "!!int ",
        "? ",
        "| ",
        "1e999",
        "~",
        "'",
        '"',
        "<<: ",
        "2026-11-21",
        "%",
        "@",
        "\t",
        "💡",
        "0x1F",
        "---\n",
        "null: null\n",
    ]
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(READERS)), st.lists(PIECES, max_size=14).map("".join))
def test_no_content_breaks_a_reader(folder: Path, name: str, content: str) -> None:
    """Whatever stands in a file, it is read or refused with its name."""
    (folder / name).write_text(content, encoding="utf-8")
    message = _answer(folder, name)
    assert message is None or (name in message.zh and name in message.en)


def _answer(folder: Path, name: str) -> Text | None:
    try:
        READERS[name](Workspace(folder))
    except Misconfigured as error:
        return error.message
    return None


def test_every_complaint_of_a_platform_has_words_in_chinese() -> None:
    """A new kind of mistake is not told in English to people who read Chinese."""
    root = Path(__file__).resolve().parents[2]
    sources = "".join(path.read_text(encoding="utf-8") for path in root.glob("crawlers/**/*.py"))
    kinds = set(re.findall(r'PydanticCustomError\(\s*"([a-z_]+)"', sources))
    assert len(kinds) > 20
    assert kinds <= set(complaints._KINDS)
