"""A word added to a topic of ``topics.yaml``: every other character of the file stays as the team wrote it."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML

from nlp.contacts import find_contacts
from nlp.normal import comparable
from nlp.rules import TopicRule, Topics
from yinliu.errors import Misconfigured
from yinliu.foreign import in_chinese
from yinliu.language import Text
from yinliu.workspace.document import Document, no_such

LONGEST_WORD = 40
_PLAIN = re.compile(r"[a-z\u4e00-\u9fff][a-z0-9\u4e00-\u9fff]*", re.IGNORECASE)
_DASH = re.compile(r"[ \t]*-[ \t]+")
_ENCODING, _MARK = "utf-8", "\ufeff"


def add_word(path: Path, *, word: str, topic: str, title: str | None = None) -> bool:
    """Add a word to a topic, or make the topic with ``title``; tells whether it was made. The file is replaced whole.

    :class:`Misconfigured` when the word is none or stands in a topic already, when the topic is not there and has no
    title (or is there and has one), and when the file is wrong or cannot be written; the file is then as it was.
    """
    path = path.resolve()
    word = checked_word(word)
    topics = Document(path).check(Topics)
    _refuse_known(topics, word)
    made = topic not in {rule.name for rule in topics.topics}
    meant = _with_topic(topics, word, topic, title) if made else _with_word(topics, word, topic, title)
    before = _read(path)
    after = _edited(before, meant, word, topic, made=made)
    if after is None or not _says(after, meant):
        raise _unusual(path, word, topic)
    _replace(path, after)
    return made


def checked_word(word: str) -> str:
    """The word without spaces around it; :class:`Misconfigured` when it cannot be a topic's word."""
    word = word.strip()
    if len(word) > LONGEST_WORD:
        shown, size = f"{word[:12]}…", len(word)
        text = Text(
            f"“{shown}”有 {size} 个字，话题词最多 {LONGEST_WORD} 个。请换一个短词。",
            f"{shown!r} has {size} characters; a topic's word has {LONGEST_WORD} at most. Take a shorter one.",
        )
        raise Misconfigured(text, code="word_too_long")
    if not word or not all(char.isprintable() for char in word) or not comparable(word).strip():
        text = Text("话题词不能为空，也不能含有换行等控制字符。", "a word cannot be empty or have control characters.")
        raise Misconfigured(text, code="bad_word")
    if find_contacts(word):
        text = Text("这个词是联系方式，不能作为话题词。", "this is a contact detail, not a topic's word.")
        raise Misconfigured(text, code="word_is_contact")
    return word


def _refuse_known(topics: Topics, word: str) -> None:
    for rule in topics.topics:
        for known in rule.words:
            if comparable(known) == comparable(word):
                text = Text(
                    f"“{word}”已经是话题 {rule.name}（{rule.title}）的词（{known}），没有改动。",
                    f"{word!r} is a word of the topic {rule.name} already ({known!r}); nothing was changed.",
                )
                raise Misconfigured(text, code="word_known")


def _with_word(topics: Topics, word: str, name: str, title: str | None) -> Topics:
    (rule,) = (rule for rule in topics.topics if rule.name == name)
    if title not in (None, rule.title):
        text = Text(
            f"话题 {name} 已经有了，标题是“{rule.title}”。去掉 --title，或换一个 --topic。",
            f"the topic {name} is there already, titled {rule.title!r}. Leave out --title, or name another --topic.",
        )
        raise Misconfigured(text, code="topic_known")
    grown = rule.model_copy(update={"words": [*rule.words, word]})
    return topics.model_copy(update={"topics": [grown if one is rule else one for one in topics.topics]})


def _with_topic(topics: Topics, word: str, name: str, title: str | None) -> Topics:
    if not title or not title.strip():
        said = Text(
            f"topics.yaml 里没有话题 {name!r}（要新建请加 --title 标题）",
            f"topics.yaml has no topic {name!r} (to make it, add --title)",
        )
        raise Misconfigured(no_such(said, name, [rule.name for rule in topics.topics]), code="no_topic")
    try:
        rule = TopicRule(name=name, title=title.strip(), words=[word])
    except ValidationError as error:
        text = Text(
            f"话题名 {name!r} 应以小写字母开头，只含小写字母、数字和下划线，最多 40 个字符，如 camping。",
            f"the name {name!r} must begin with a-z and have only a-z, 0-9 and _, 40 at most, like camping.",
        )
        raise Misconfigured(text, code="bad_topic_name") from error
    return topics.model_copy(update={"topics": [*topics.topics, rule]})


def _read(path: Path) -> str:
    with path.open(encoding=_ENCODING, newline="") as file:
        return file.read()


def _edited(text: str, meant: Topics, word: str, topic: str, *, made: bool) -> str | None:
    """The text with the word in it; None where it is written in a way that is not understood."""
    mark = _MARK if text.startswith(_MARK) else ""
    body = text.removeprefix(_MARK)
    rows = _value(YAML(typ="rt").compose(body), "topics")
    if rows is None:
        return None
    if made:
        return mark + _grown(body, rows, _topic_lines(body, meant.topics[-1], flow=bool(rows.flow_style)))
    row = next(row for row in rows.value if getattr(_value(row, "name"), "value", None) == topic)
    words = _value(row, "words")
    return None if words is None else mark + _grown(body, words, [_scalar(word)])


def _grown(text: str, rows: Any, lines: list[str]) -> str:
    """The text with one more item, of so many lines, at the end of a sequence."""
    if rows.flow_style:
        at = _end(rows.value[-1]) if rows.value else text.rindex("]", 0, rows.end_mark.index)
        return text[:at] + (", " if rows.value else "") + " ".join(lines) + text[at:]
    last = rows.value[-1]
    begin, column = last.start_mark.index, last.start_mark.column
    dash = text[begin - column : begin]
    if not _DASH.fullmatch(dash):
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    item = newline.join([dash + lines[0], *(" " * column + line for line in lines[1:])])
    at = text.find("\n", _end(last))
    if at < 0:
        return text + newline + item
    return text[: at + 1] + item + newline + text[at + 1 :]


def _topic_lines(text: str, rule: TopicRule, *, flow: bool) -> list[str]:
    pairs = (("name", rule.name), ("title", _scalar(rule.title)), ("words", f"[{_scalar(rule.words[0])}]"))
    lines = [f"{key}: {value}" for key, value in pairs]
    return ["{" + ", ".join(lines) + "}"] if flow else lines


def _value(node: Any, key: str) -> Any:
    pairs = getattr(node, "value", None)
    pairs = pairs if isinstance(pairs, list) else []
    return next((pair[1] for pair in pairs if isinstance(pair, tuple) and pair[0].value == key), None)


def _end(node: Any) -> int:
    """Where a value's last character stands; a block collection is only known to end where the next one begins."""
    if isinstance(node.value, str) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _scalar(value: str) -> str:
    """Text as YAML: plain where that cannot be misread, else in quotes."""
    plain = _PLAIN.fullmatch(value) and YAML(typ="safe", pure=True).load(value) == value
    return value if plain else json.dumps(value, ensure_ascii=False)


def _says(text: str, meant: Topics) -> bool:
    try:
        return Topics.model_validate(YAML(typ="rt").load(text.removeprefix(_MARK))) == meant
    except Exception:  # ruamel answers strange files with strange exceptions
        return False


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK):
            raise PermissionError(13, os.strerror(13))
        with part.open("w", encoding=_ENCODING, newline="") as file:
            file.write(text)
        shutil.copymode(path, part)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        said = Text(
            f"{path.name} 无法写入（{in_chinese(error.strerror)}），没有改动。请检查文件与目录的权限。",
            f"{path.name} cannot be written ({error.strerror}) and is as it was. Check the permissions.",
        )
        raise Misconfigured(said, code="unwritable_file") from error


def _unusual(path: Path, word: str, topic: str) -> Misconfigured:
    text = Text(
        f"{path.name} 的写法特殊，没有自动改动。请手工把“{word}”加到话题 {topic} 的 words 里。",
        f"{path.name} is written in an unusual way and was left alone. Add {word!r} to the words of {topic} by hand.",
    )
    return Misconfigured(text, code="unusual_file")
