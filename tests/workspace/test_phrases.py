"""A word added to topics.yaml: one place changes, everything else is the file as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from nlp.rules import Topics
from yinliu.errors import Misconfigured
from yinliu.workspace.document import Document
from yinliu.workspace.folder import write_starter
from yinliu.workspace.phrases import add_word

FLOW = """# 话题
topics:
  - name: camping  # 露营
    title: 露营
    words: [露营, 天幕]  # 两个词

# 尾
words: []
"""
BLOCK = """topics:
- name: camping
  title: '露营'
  words:
    - 露营  # 一
    # 旧词
    - "天幕"
- name: tea
  title: 茶
  words:
  - 茶
"""
TIGHT = "topics: [{name: camping, title: 露营, words: [露营]}]"


def written(tmp_path: Path, text: str) -> Path:
    """topics.yaml with this text, byte by byte."""
    path = tmp_path / "topics.yaml"
    path.write_bytes(text.encode())
    return path


def words(path: Path, topic: str) -> list[str]:
    """The words of a topic, as everybody else reads them."""
    found: Topics = Document(path).check(Topics)
    return next(list(rule.words) for rule in found.topics if rule.name == topic)


@pytest.mark.parametrize(
    ("text", "was", "becomes"),
    [
        (FLOW, "[露营, 天幕]", "[露营, 天幕, 帐篷租赁]"),
        (BLOCK, '- "天幕"\n', '- "天幕"\n    - 帐篷租赁\n'),
        (TIGHT, "[露营]", "[露营, 帐篷租赁]"),
    ],
)
def test_only_one_place_changes(tmp_path: Path, text: str, was: str, becomes: str) -> None:
    """Comments, quotes, indentation and empty lines stay."""
    path = written(tmp_path, text)
    assert add_word(path, word="帐篷租赁", topic="camping") is False
    assert path.read_text(encoding="utf-8") == text.replace(was, becomes)
    assert words(path, "camping")[-1] == "帐篷租赁"


@pytest.mark.parametrize(
    "text", [FLOW, BLOCK, TIGHT, "topics: []", BLOCK.removesuffix("\n"), FLOW.replace("\n", "\r\n")]
)
def test_a_new_topic_comes_last(tmp_path: Path, text: str) -> None:
    """In every way of writing; what stood there before still does, in order."""
    path = written(tmp_path, text)
    assert add_word(path, word="盲盒", topic="blind_box", title="盲盒: 潮玩") is True
    after: Topics = Document(path).check(Topics)
    assert (after.topics[-1].name, after.topics[-1].title, list(after.topics[-1].words)) == (
        "blind_box",
        "盲盒: 潮玩",
        ["盲盒"],
    )
    left = iter(path.read_bytes().decode())
    assert all(char in left for char in text)


def test_line_ends_and_the_mark_of_windows_stay(tmp_path: Path) -> None:
    """A file of Notepad's is one afterwards."""
    text = "\ufeff" + BLOCK.replace("\n", "\r\n")
    path = written(tmp_path, text)
    add_word(path, word="帐篷", topic="camping")
    after = path.read_bytes().decode()
    assert after.startswith("\ufeff")
    assert after.count("\r\n") == after.count("\n") == text.count("\n") + 1


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40))
def test_any_word_is_read_back_or_refused(tmp_path_factory: pytest.TempPathFactory, word: str) -> None:
    """null, 1e5, a: b, '#', 123: what was accepted is the word itself, what was refused changed nothing."""
    path = written(tmp_path_factory.mktemp("words"), FLOW)
    try:
        add_word(path, word=word, topic="camping")
    except Misconfigured:
        assert path.read_text(encoding="utf-8") == FLOW
    else:
        assert words(path, "camping")[-1] == word


@pytest.mark.parametrize(
    "word", ["null", "true", "~", "1e5", "2026-11-22", "a: b", "# x", "[x]", "'", '"', "x,y", "- x", "&a", "*a"]
)
def test_what_yaml_would_misread_is_quoted(tmp_path: Path, word: str) -> None:
    """The word that was given is the word that is read."""
    path = written(tmp_path, FLOW)
    add_word(path, word=word, topic="camping")
    assert words(path, "camping")[-1] == word


@pytest.mark.parametrize("word", ["露营", " 露营 ", "露營", "天幕"])
def test_a_word_of_a_topic_is_refused(tmp_path: Path, word: str) -> None:
    """Also in traditional characters, also for another topic; the message names the topic."""
    path = written(tmp_path, FLOW)
    with pytest.raises(Misconfigured, match="camping") as refused:
        add_word(path, word=word, topic="other", title="别的")
    assert refused.value.code == "word_known"
    assert path.read_text(encoding="utf-8") == FLOW


@pytest.mark.parametrize(
    ("word", "topic", "title", "code"),
    [
        ("帐" * 41, "camping", None, "word_too_long"),
        ("  ", "camping", None, "bad_word"),
        ("帐\n篷", "camping", None, "bad_word"),
        ("\ud800", "camping", None, "bad_word"),
        ("13912345678", "camping", None, "word_is_contact"),
        ("帐篷", "campin", None, "no_topic"),
        ("帐篷", "camping", "户外", "topic_known"),
        ("帐篷", "Zelt 1", "帐篷", "bad_topic_name"),
    ],
)
def test_what_cannot_be_added(tmp_path: Path, word: str, topic: str, title: str | None, code: str) -> None:
    """Each is told by its own code, and nothing is changed."""
    path = written(tmp_path, FLOW)
    with pytest.raises(Misconfigured) as refused:
        add_word(path, word=word, topic=topic, title=title)
    assert refused.value.code == code
    assert path.read_text(encoding="utf-8") == FLOW


@pytest.mark.parametrize("text", ["topics: [", "topics: 3\n", "", "- a\n", "topics:\n- {name: a, title: b}\n"])
def test_a_wrong_file_is_told_with_its_name(tmp_path: Path, text: str) -> None:
    """As every other command tells it; the file stays."""
    path = written(tmp_path, text)
    with pytest.raises(Misconfigured, match=r"topics\.yaml"):
        add_word(path, word="帐篷", topic="camping", title="露营")
    assert path.read_text(encoding="utf-8") == text


def test_a_shared_list_is_left_to_people(tmp_path: Path) -> None:
    """An alias would change two topics: such a file is refused, not broken."""
    text = "topics:\n- {name: a, title: a, words: &w [露营]}\n- name: b\n  title: b\n  <<: {words: [茶]}\n"
    path = written(tmp_path, text)
    with pytest.raises(Misconfigured) as refused:
        add_word(path, word="帐篷", topic="b")
    assert refused.value.code == "unusual_file"
    assert path.read_text(encoding="utf-8") == text


def test_a_file_that_is_read_only_is_left(tmp_path: Path) -> None:
    """Though its folder could be written; no part file is left beside it."""
    path = written(tmp_path, FLOW)
    path.chmod(0o444)
    with pytest.raises(Misconfigured) as refused:
        add_word(path, word="帐篷", topic="camping")
    assert refused.value.code == "unwritable_file"
    assert [one.name for one in tmp_path.iterdir()] == ["topics.yaml"]
    assert path.read_text(encoding="utf-8") == FLOW


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    """A linked file is changed where it lies, with the rights it had."""
    path = written(tmp_path, FLOW)
    path.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    add_word(link, word="帐篷", topic="camping")
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert "帐篷" in words(path, "camping")


def test_the_starter_can_be_added_to(tmp_path: Path) -> None:
    """Its comments stay, too."""
    write_starter(tmp_path)
    path = tmp_path / "topics.yaml"
    before = path.read_text(encoding="utf-8")
    rule = YAML(typ="safe").load(before)["topics"][0]
    add_word(path, word="盲盒", topic=rule["name"])
    assert path.read_text(encoding="utf-8") == before.replace(f"{rule['words'][-1]}]", f"{rule['words'][-1]}, 盲盒]", 1)
