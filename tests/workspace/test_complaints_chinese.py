"""Mistakes in the YAML files, said without a word of pydantic's or the YAML parser's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.workspace.complaints import _KINDS, complain
from yinliu.workspace.document import Document, no_such
from yinliu.workspace.folder import Workspace, write_starter

COMMUNITY = "communities:\n  - name: a\n    title: A\n    capacity: 5\n    operators: [x]\n"
GROUP = "communities:\n  - name: a\n    title: A\n    operators: [x]\n    groups: [{name: g, capacity: 5, %s}]\n"
SENTENCE = re.compile(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}")
"""Three English words in a row."""


def _refused(path: Path) -> Text:
    with pytest.raises(Misconfigured) as refused:
        _ = Workspace(path).communities
    return refused.value.message


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A starter workspace."""
    write_starter(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("x: [1, 2", "缺少结尾的 ]"),
        ("x: {a: 1", "缺少结尾的 }"),
        ('x: "abc', "引号没有成对"),
        ("a: b: c", "这里不能有冒号"),
        ("a: 1\nb：2\nc: 1", "中文冒号"),
        ("a: 1\n\tb: 1", "制表符"),
        ("a: @b", "不能以 @ 开头"),
        ("a: *b", "没有 &b"),
        ("a: 1\na: 2", "a 写了两次"),
        ("a: 1\n- b", "缩进与上文不一致"),
        ("a: ]", "缺少值"),
        ('a: "\\q"', "双引号里不能写"),
        ("a: 1\n---\nb: 1", "又是一份配置"),
        ("a: \x07", "控制字符"),
        ("[" * 3000, "括号套得太深"),
    ],
)
def test_what_is_no_yaml_is_told_in_chinese(folder: Path, content: str, told: str) -> None:
    """With the file, and what is to be mended; English keeps the parser's own words."""
    (folder / "communities.yaml").write_text(content, encoding="utf-8")
    said = _refused(folder)
    assert told in said.zh
    assert not SENTENCE.search(said.zh), said.zh
    assert "is not valid YAML" in said.en


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (GROUP % "qr_until: 明天", "应为日期，如 2026-11-01"),
        (GROUP % "qr_until: 12.5", "应为日期，如 2026-11-01"),
        (COMMUNITY + "    tier: vip\n", "只能是 open、paid、members"),
        (COMMUNITY + "    priority: 1e400\n", "应为普通数字"),
        (COMMUNITY + "    cooling_off_days: 9999\n", "不能大于 3650"),
        (COMMUNITY + "answer_within_hours: 0\n", "必须大于 0"),
        (COMMUNITY + "    capcity: 5\n", "没有这个配置项，是不是想写 capacity？可用：capacity、"),
        (COMMUNITY + "    colour: 5\n", "可用：capacity、"),
        (COMMUNITY.replace("name: a", "name: A!"), "只能用小写字母、数字、_ 和 -"),
        (COMMUNITY.replace("[x]", "[1]"), "应为文字（数字和日期要加引号）"),
        (GROUP % "invite_url: foo", "应为网址，以 http:// 或 https:// 开头"),
        (COMMUNITY + "operators: [{name: x, shifts: [{from: '9:30'}]}]\n", "时和分各两位，如 09:30"),
        (COMMUNITY + "hubs: [{name: m, kind: matrix, url: 'https://a.cn', token: abc}]\n", "以 YINLIU_ 开头"),
        (COMMUNITY + "? [a]\n: b\n", "配置项的名称应为文字"),
        (COMMUNITY + COMMUNITY.partition("\n")[2].replace("- name", "- name"), "communities：a 写了两次"),
    ],
)
def test_wrong_values_are_told_in_chinese(folder: Path, content: str, told: str) -> None:
    """What is allowed instead, without patterns or a library's sentence."""
    (folder / "communities.yaml").write_text(content, encoding="utf-8")
    said = _refused(folder).zh
    assert told in said, said
    assert not SENTENCE.search(said), said
    assert "^" not in said and ".0：" not in said and "。 " not in said


def test_a_kind_that_nobody_knows_has_no_english() -> None:
    """A new kind of pydantic's is told as not allowed; its words stay in the English message."""
    said = complain(
        {"type": "brand_new", "loc": ("a",), "msg": "Input should be odd", "input": 2}, names=[], nearest=None
    )
    assert (said.zh, said.en) == ("a = 2：不符合要求", "a = 2 Input should be odd")


def test_every_mistake_of_our_own_has_words() -> None:
    """Each kind that our models raise stands in the table."""
    root = Path(__file__).parents[2]
    sources = (path for room in ("yinliu", "crawlers", "nlp") for path in (root / room).rglob("*.py"))
    raised = {
        name
        for path in sources
        for name in re.findall(r'PydanticCustomError\(\s*"([a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert raised and raised <= set(_KINDS)


def test_a_name_that_is_unknown_is_told_without_a_gap() -> None:
    """No space stands behind a Chinese full stop."""
    assert no_such(Text("没有 x", "no x"), "x", ["camp", "tea"]).zh == "没有 x。可用：camp、tea"


def test_an_unreadable_file_is_told_in_chinese(tmp_path: Path) -> None:
    """A folder where a file should be: the system's words are said in Chinese."""
    (tmp_path / "topics.yaml").mkdir()
    with pytest.raises(Misconfigured) as refused:
        Document(tmp_path / "topics.yaml")
    assert "是目录，不是文件" in refused.value.message.zh
