"""What ``scoring.yaml``, ``crm.yaml`` and ``yinliu.yaml`` can say."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Grade = Annotated[str, Field(pattern=r"^[A-Z]$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SignalWeight(_Strict):
    """What a kind of signal is worth, how many of the kind count at most, after how many days it is worth half.

    ``half_life_days`` None: as :class:`Scoring` says; 0: it stays. Negative points always stay.
    """

    points: int = Field(ge=-1000, le=1000)
    most: int = Field(default=1, ge=1, le=100)
    half_life_days: float | None = Field(default=None, ge=0, le=3650)


class Scoring(_Strict):
    """``scoring.yaml``: points by kind of signal, the least score of each grade, the grades that qualify.

    ``half_life_days`` of what does not say its own (None: points stay); ``hysteresis``: how many points below a
    grade's least somebody who has it keeps it.
    """

    signals: dict[str, SignalWeight]
    half_life_days: float | None = Field(default=None, gt=0, le=3650)
    hysteresis: int = Field(default=0, ge=0, le=1000)
    grades: dict[Grade, int]
    lowest_grade: Grade = "D"
    qualified: list[Grade] = Field(min_length=1)

    @model_validator(mode="after")
    def _known_grades(self) -> Scoring:
        unknown = sorted(set(self.qualified) - set(self.grades))
        if unknown:
            raise PydanticCustomError(
                "unknown_grade", "qualified: unknown grade {names}", {"names": ", ".join(unknown)}
            )
        return self

    @property
    def version(self) -> str:
        """Twelve hex digits that change whenever a rule does."""
        return hashlib.sha256(self.model_dump_json().encode("utf-8")).hexdigest()[:12]


class SourceEntry(BaseModel):
    """One source; its platform knows what else it can say."""

    model_config = ConfigDict(extra="allow", frozen=True)

    platform: str


class Sources(_Strict):
    """``sources.yaml``; nothing behind ``sources:`` is none yet."""

    sources: list[SourceEntry] | None = None


class CsvTarget(_Strict):
    """Leads as CSV files in a folder of the workspace's ``data/``."""

    name: Name
    kind: Literal["csv"]
    folder: Name = "exports"


class Crm(_Strict):
    """``crm.yaml``: where leads are exported to."""

    targets: list[CsvTarget]

    @model_validator(mode="after")
    def _each_once(self) -> Crm:
        refuse_twins("targets", [target.name for target in self.targets])
        return self


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError) as error:
        raise PydanticCustomError("time_zone", "must be a time zone, like Asia/Shanghai") from error
    return value


class General(_Strict):
    """``yinliu.yaml``: the team, its time zone, its own accounts (names or ids), who are never leads.

    ``link_url``: where signposts begin, like ``https://go.example.com``; without it they lead to this machine.
    """

    team: str = "内容团队"
    timezone: Annotated[str, AfterValidator(_time_zone)] = "Asia/Shanghai"
    team_accounts: list[str] = []
    link_url: str | None = Field(default=None, pattern=r"^https?://[^\s/]+$", max_length=200)


def refuse_twins(key: str, names: Sequence[str]) -> None:
    """Refuse a name that is given twice in the list of that key."""
    twin = _twin(names)
    if twin is not None:
        raise PydanticCustomError(
            "given_twice", "{name} is given twice", {"name": names[twin], "key": key, "row": twin}
        )


def refuse_equal_titles(key: str, titles: Mapping[str, str]) -> None:
    """Refuse a title that two of the list of that key have (by name, each once): people say titles for names."""
    plain = [unicodedata.normalize("NFKC", title).strip().casefold() for title in titles.values()]
    twin = _twin(plain)
    if twin is not None:
        names = [name for name, title in zip(titles, plain, strict=True) if title == plain[twin]]
        words = {"title": list(titles.values())[twin].strip(), "names": ", ".join(names), "key": key, "row": twin}
        raise PydanticCustomError("titles_equal", "{names} have the same title: {title}", words)


def _twin(names: Sequence[str]) -> int | None:
    """The first place at which something stands for the second time; what is empty does not count."""
    return next((row for row, name in enumerate(names) if name and name in names[:row]), None)
