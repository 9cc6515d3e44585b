"""Presets: which columns of an export are which field, as YAML that a team can copy and edit.

A preset lists the sheets it knows. A sheet is recognised by fields that must be there (``needs``), by columns of which
one must be there (``marks``) and by columns of which none may be there (``without``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from crawlers.exports.tables import column_key
from crawlers.problems import CrawlProblem

VERSION = 1
"""Counts changes of the readers after which files that were refused are tried again."""

AUTO, SUFFIXES = "auto", (".yaml", ".yml")
FIELDS = frozenset(
    ("id", "url", "title", "body", "text", "author", "author_id", "author_hash", "author_url", "published", "labels")
).union(("post_id", "post_url", "parent_id", "taken"))
"""What a column can be besides a counter."""

_LONGEST_PRESET = 1 << 20


def _is_pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise PydanticCustomError("pattern", "must be a regular expression") from error
    return value


def _keys(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column_key(name) for name in names))


def _are_fields(columns: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    unknown = sorted(set(columns) - FIELDS)
    if unknown:
        raise PydanticCustomError("field", "{name} is none of {known}", {"name": unknown[0], "known": sorted(FIELDS)})
    return columns


Pattern = Annotated[str, AfterValidator(_is_pattern)]
Names = Annotated[tuple[str, ...], AfterValidator(_keys)]
Platform = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Metric = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$")]


class SheetPreset(BaseModel):
    """One kind of sheet: what its rows are, how it is recognised, and its columns in the order of preference.

    ``platform``: whose accounts and posts its ids are; the preset's name where it says nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["post", "comment", "account"]
    needs: tuple[str, ...] = ()
    marks: Names = ()
    without: Names = ()
    hints: tuple[str, ...] = ()
    fallback: bool = False
    platform: Platform | None = None
    columns: Annotated[dict[str, Names], AfterValidator(_are_fields)] = {}
    metrics: dict[Metric, Names] = {}
    url: str = ""
    id_pattern: Pattern = ""
    id_from_url: Pattern = ""
    author_from_url: Pattern = ""

    @cached_property
    def names(self) -> dict[str, tuple[str, ...]]:
        """The columns of every field and counter."""
        return {**self.columns, **self.metrics}

    def weight(self, header: Collection[str], *, by_name: bool) -> int:
        """How many fields these columns give; 0 when it is another sheet. ``by_name``: somebody said what it is."""
        found = {field for field, names in self.names.items() if any(name in header for name in names)}
        marked = by_name or not self.marks or any(mark in header for mark in self.marks)
        other = any(name in header for name in self.without)
        return len(found) if found.issuperset(self.needs) and marked and not other else 0

    def hinted(self, place: str) -> bool:
        """Whether the name of the file or of a folder above it says that it is this."""
        parts = re.split(r"[/\\_.!\s-]+", place.casefold())
        return any(hint in parts if hint.isascii() else hint in place for hint in self.hints)

    def extended(self, columns: Mapping[str, tuple[str, ...]]) -> SheetPreset:
        """The sheet with more names for its columns, which come first."""
        if not columns:
            return self
        fields, metrics = dict(self.columns), dict(self.metrics)
        for field, names in columns.items():
            known: Any = fields if field in FIELDS else metrics
            known[field] = (*_keys(names), *known.get(field, ()))
        return SheetPreset.model_validate({**self.model_dump(), "columns": fields, "metrics": metrics})


class Preset(BaseModel):
    """What one back-office or program exports. ``source`` says where the names of its columns are known from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    title: str
    source: str = ""
    sheets: tuple[SheetPreset, ...] = Field(min_length=1)

    @cached_property
    def named(self) -> Preset:
        """The preset with a platform in every sheet."""
        sheets = (sheet.model_copy(update={"platform": sheet.platform or self.name}) for sheet in self.sheets)
        return self.model_copy(update={"sheets": tuple(sheets)})


@lru_cache
def shipped_names() -> tuple[str, ...]:
    """The presets that come with the program."""
    folder = files("crawlers.exports") / "presets"
    return tuple(sorted(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml")))


@lru_cache
def shipped(name: str) -> Preset:
    """A preset that comes with the program."""
    return _parse((files("crawlers.exports") / "presets" / f"{name}.yaml").read_text(encoding="utf-8"), place=name)


@lru_cache(maxsize=4096)
def hinted_platform(place: str) -> str | None:
    """The platform that the name of a file or of a folder above it says, where it says one."""
    sheets = [sheet for name in shipped_names() for sheet in shipped(name).sheets if sheet.hinted(place)]
    named = {sheet.platform for sheet in sheets}
    return named.pop() if len(named) == 1 else None


def load_sheets(name: str, *, columns: Mapping[str, tuple[str, ...]]) -> tuple[SheetPreset, ...]:
    """The sheets to recognise: of one preset by its name or its file, or of all that are shipped (``auto``)."""
    if name.endswith(SUFFIXES):
        presets = [_own(Path(name))]
    else:
        presets = [shipped(one) for one in (shipped_names() if name == AUTO else (name,))]
    return tuple(sheet.extended(columns) for preset in presets for sheet in preset.sheets)


def sheets_digest(sheets: tuple[SheetPreset, ...]) -> str:
    """Changes when a preset does."""
    text = f"{VERSION}{[sheet.model_dump_json() for sheet in sheets]}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _own(path: Path) -> Preset:
    try:
        with path.open(encoding="utf-8") as file:
            return _parse(file.read(_LONGEST_PRESET), place=path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise CrawlProblem("file_unreadable", f"preset {path.name}: {type(error).__name__}") from error


def _parse(text: str, *, place: str) -> Preset:
    try:
        return Preset.model_validate(YAML(typ="safe").load(text)).named
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise CrawlProblem("file_unreadable", f"preset {place}: {where}: {first['msg']}") from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise CrawlProblem("file_unreadable", f"preset {place}: {str(error)[:200]}") from error
