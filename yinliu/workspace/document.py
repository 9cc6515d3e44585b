"""One YAML file read with its line numbers and checked by a model; every mistake is told at once."""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError

from yinliu.errors import Misconfigured
from yinliu.foreign import in_chinese
from yinliu.language import Text
from yinliu.workspace.complaints import complain
from yinliu.workspace.naming import place_named

M = TypeVar("M", bound=BaseModel)
_DAY = re.compile(r"(?<![\w-])\d{4}-\d\d?-\d\d?(?![\w-])")
_COMMENT = re.compile(r"(?:^|\s)#")
_KEY_TWICE = re.compile(r'found duplicate key "(.{0,60}?)" with value "')
"""What else the parser says of it is the values, as Python has them."""
_LINE_END = "\n"
Location = tuple[str | int, ...]


class Document:
    """A YAML file's content; knows on which line everything stands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.content: Any = _read(path)

    def check(self, model: type[M], *, at: Location = ()) -> M:
        """The part of the file at ``at`` as a model; :class:`Misconfigured` with every mistake, a line each."""
        try:
            return model.model_validate(self.part(at) if self.part(at) is not None else {})
        except ValidationError as error:
            complaints = [self._tell(model, problem, at) for problem in error.errors(include_url=False)]
            raise mistakes(complaints) from error

    def part(self, at: Location) -> Any:
        """The value at a location; None where there is none."""
        value = self.content
        for step in at:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def line(self, at: Location) -> int:
        """The line (from 1) on which the value at a location, or the nearest one around it, stands."""
        value, line = self.content, 1
        for step in at:
            line = _line_of(value, step) or line
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                break
        return line

    def place(self, at: Location) -> Text:
        """A location in words."""
        return place_named(self.content, at)

    def mistake(self, at: Location, text: Text) -> Text:
        """A complaint with its file and line."""
        place = f"{self.path.name}:{self.line(at)}"
        return Text(f"{place} {text.zh}", f"{place} {text.en}")

    def _tell(self, model: type[BaseModel], problem: Any, at: Location) -> Text:
        names = allowed_names(model, problem["loc"][:-1]) if problem["type"] == "extra_forbidden" else []
        place, row = _within(problem)
        near = nearest(str(place[-1] if place else ""), names)
        said = complain(problem, names=names, nearest=near, place=place_named(self.part(at), place))
        return self.mistake((*at, *place, *row), said)


def _within(problem: Any) -> tuple[Location, Location]:
    """Where a mistake is told to be; and of a whole list, the row in it that is meant."""
    context = problem.get("ctx") or {}
    place = tuple(step for step in problem["loc"] if step != "[key]")
    return ((*place, context["key"]), (context["row"],)) if "key" in context and "row" in context else (place, ())


def mistakes(complaints: Sequence[Text]) -> Misconfigured:
    """One error for all the complaints about a workspace, a line each."""
    count = len(complaints)
    head = Text(f"配置有 {count} 处错误：", f"{count} mistake{'s' if count > 1 else ''} in the configuration:")
    lines = Text(
        "\n  ".join([head.zh, *(c.zh for c in complaints)]), "\n  ".join([head.en, *(c.en for c in complaints)])
    )
    return Misconfigured(lines, code="bad_configuration")


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The valid name that was probably meant."""
    return next(iter(difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)), None)


def no_such(said: Text, name: str, known: Iterable[str]) -> Text:
    """What was said of an unknown name, with the valid one that was probably meant, and all valid ones."""
    names = list(known)
    near = nearest(name, names)
    zh, en = (f"，是不是想写 {near}？", f", did you mean {near}?") if near else ("。", ".")
    return Text(f"{said.zh}{zh}可用：{'、'.join(names) or '-'}", f"{said.en}{en} Allowed: {', '.join(names) or '-'}")


def allowed_names(model: Any, location: Location) -> list[str]:
    """The keys that may stand at a location of a model."""
    kinds = [model]
    for step in location:
        kinds = [inner for kind in kinds for inner in _step(kind, step)]
    return sorted({name for kind in kinds if _is_model(kind) for name in kind.model_fields})


def _step(kind: Any, step: str | int) -> list[Any]:
    """The types found one step inside a type; a union's branch name is a step that stays where it is."""
    if _is_model(kind):
        field = kind.model_fields.get(str(step))
        return _branches(field.annotation) if field else [kind]
    arguments = typing.get_args(kind)
    return _branches(arguments[-1]) if arguments else [kind]


def _branches(kind: Any) -> list[Any]:
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return _branches(typing.get_args(kind)[0])
    if origin in (typing.Union, types.UnionType):
        return [branch for part in typing.get_args(kind) for branch in _branches(part)]
    return [kind]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _line_of(value: Any, step: str | int) -> int | None:
    try:
        if isinstance(value, CommentedMap):
            return int(value.lc.key(step)[0]) + 1
        if isinstance(value, CommentedSeq):
            return int(value.lc.item(step)[0]) + 1
    except (KeyError, IndexError, TypeError):
        return None
    return None


def _read(path: Path) -> Any:
    try:
        return YAML(typ="rt").load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        text = Text(
            f"缺少文件 {path.name}（在 {path.parent}）。运行 yinliu init {path.parent} 可补齐，已有的不会改动。",
            f"{path.name} is missing (in {path.parent}). `yinliu init {path.parent}` adds it and leaves the others.",
        )
        raise Misconfigured(text, code="missing_file") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(_LINE_END.encode()) + 1
        place = f"{path.name}:{line}"
        text = Text(f"{place} 不是 UTF-8 编码，请另存为 UTF-8。", f"{place} is not UTF-8: save it as UTF-8.")
        raise Misconfigured(text, code="not_utf8") from error
    except OSError as error:
        text = Text(
            f"{path.name} 无法读取（{in_chinese(error.strerror)}）。", f"{path.name} cannot be read ({error.strerror})."
        )
        raise Misconfigured(text, code="unreadable_file") from error
    except Exception as error:  # ruamel answers strange values with strange exceptions
        raise Misconfigured(_unreadable(path, error), code="bad_yaml") from error


def _unreadable(path: Path, error: Exception) -> Text:
    no_day = _no_day(path) if isinstance(error, ValueError) else None
    if no_day:
        line, day = no_day
        return Text(
            f"{path.name}:{line} {day}：没有这一天。请改正日期；不是日期的请加引号。",
            f"{path.name}:{line} there is no day {day}. Correct it, or put it into quotes where it is no date.",
        )
    mark = getattr(error, "problem_mark", None)
    before = path.read_text(encoding="utf-8-sig")[: getattr(error, "position", 0)]
    place = f"{path.name}:{mark.line + 1 if mark else before.count(_LINE_END) + 1}"
    if isinstance(error, DuplicateKeyError):
        return _key_twice(place, str(error.problem))
    reason = str(getattr(error, "problem", None) or error).splitlines()[0]
    return Text(
        f"{place} 不是有效的 YAML（{in_chinese(reason)}）。请检查缩进、冒号后的空格和引号。",
        f"{place} is not valid YAML ({reason}). Check indentation, the space after a colon, and quotes.",
    )


def _key_twice(place: str, problem: str) -> Text:
    found = _KEY_TWICE.match(problem)
    key = f"{found[1]} " if found else ""
    return Text(
        f"{place} {key}写了两次，请合并成一处。" if key else f"{place} 同一个键写了两次，请合并成一处。",
        f"{place} is not valid YAML: the key {key}stands twice. Keep one.",
    )


def _no_day(path: Path) -> tuple[int, str] | None:
    """The line of the first date that is none, and that date: the parser does not say."""
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        for day in _DAY.findall(_COMMENT.split(line)[0]):
            try:
                date(*map(int, day.split("-")))
            except ValueError:
                return number, day
    return None
