"""What ``communities.yaml`` can say: communities with their groups, operators with their shifts, hubs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from ipaddress import ip_address
from itertools import combinations
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from yinliu.language import Text
from yinliu.workspace.days import Calendar
from yinliu.workspace.policies import Name, refuse_equal_titles, refuse_twins
from yinliu.workspace.written import Days, Label, Number, Plain, Title, Weekday, Whole

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
"""A time of day, 00:00 to 24:00."""
Tier = Literal["open", "paid", "members"]
TIERS: tuple[Tier, ...] = ("open", "paid", "members")
"""Entry tiers, in the order in which a person passes through them."""
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
_OFF_DAYS: dict[str, frozenset[str]] = {
    "everyday": frozenset(("workdays", "holidays")),
    "workdays": frozenset(("workdays",)),
    "holidays": frozenset(("holidays",)),
}
_DAYS_ZH = {"everyday": "每天", "workdays": "工作日", "holidays": "休息日"} | dict(
    zip(WEEKDAYS, ("周一", "周二", "周三", "周四", "周五", "周六", "周日"), strict=True)
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GroupRule(_Strict):
    """One group chat of a community; ``room`` is its id at the hub, ``invite_url`` and ``qr`` what people scan."""

    name: Name
    title: Title = ""
    capacity: Whole = Field(ge=1, le=1_000_000)
    invite_url: Plain | None = Field(default=None, pattern=r"^https?://\S+$", max_length=1000)
    qr: Plain | None = None
    qr_until: date | None = None
    room: Plain | None = None
    closed: bool = False


class CommunityRule(_Strict):
    """One community: whom it is for, how many it holds, who looks after it. No topics or cities: for everybody.

    ``capacity`` alone is one group; ``cooling_off_days``: how long somebody whose ticket ended is left in peace.
    """

    name: Name
    title: Title = Field(min_length=1)
    topics: list[Label] = []
    cities: list[Label] = []
    intents: list[Label] = []
    tier: Tier = "open"
    priority: Whole = Field(default=0, ge=-100, le=100)
    hub: Name = "manual"
    capacity: Whole | None = Field(default=None, ge=1, le=1_000_000)
    groups: list[GroupRule] = []
    operators: list[Label] = Field(min_length=1)
    lead: Label | None = None
    cooling_off_days: Number = Field(default=30, ge=0, le=3650)
    words: Plain | None = Field(default=None, max_length=500)

    @model_validator(mode="after")
    def _has_seats(self) -> CommunityRule:
        if (self.capacity is None) == (not self.groups):
            raise PydanticCustomError("seats", "say either capacity or groups")
        refuse_twins("groups", [group.name for group in self.groups])
        refuse_equal_titles("groups", {group.name: group.title for group in self.groups})
        refuse_twins("operators", self.operators)
        return self

    @property
    def all_groups(self) -> list[GroupRule]:
        """Its groups in the order in which they fill up."""
        return self.groups or [GroupRule(name="1", title=self.title, capacity=self.capacity or 1)]

    @property
    def seats(self) -> int:
        """How many it holds."""
        return sum(group.capacity for group in self.all_groups if not group.closed)


class Shift(_Strict):
    """When an operator works: days (workdays and holidays as China publishes them, or weekdays), from, to."""

    days: Days = "everyday"
    start: Clock = Field(default="00:00", alias="from")
    end: Clock = Field(default="24:00", alias="to")

    @model_validator(mode="after")
    def _forwards(self) -> Shift:
        if self.start >= self.end:
            raise PydanticCustomError(
                "shift_backwards",
                "a shift ends after it begins ({start} to {end}); one over midnight is two",
                {"start": self.start, "end": self.end},
            )
        return self

    @property
    def told(self) -> Text:
        """In words in Chinese, as the file says it in English."""
        days = [self.days] if isinstance(self.days, str) else self.days
        named = "、".join(_DAYS_ZH[day] for day in days)
        return Text(f"{named} {self.start}–{self.end}", f"{'/'.join(days)} {self.start}-{self.end}")

    def overlaps(self, other: Shift) -> bool:
        """Whether both are at one moment of some day."""
        return self._same_day(other) and self.start < other.end and other.start < self.end

    def _same_day(self, other: Shift) -> bool:
        if isinstance(self.days, str) and isinstance(other.days, str):
            return bool(_OFF_DAYS[self.days] & _OFF_DAYS[other.days])
        if isinstance(self.days, str) or isinstance(other.days, str):
            return True
        return bool(set(self.days) & set(other.days))


class OperatorRule(_Strict):
    """Somebody who invites: shifts (none: always there), how many tickets a day at most (none: any number)."""

    name: Label
    shifts: list[Shift] = []
    daily_quota: Whole | None = Field(default=None, ge=1, le=10_000)

    @model_validator(mode="after")
    def _apart(self) -> OperatorRule:
        for one, other in combinations(self.shifts, 2):
            if one.overlaps(other):
                told = {"one": one.told.en, "other": other.told.en, "one_zh": one.told.zh, "other_zh": other.told.zh}
                mixed = isinstance(one.days, str) != isinstance(other.days, str)
                why = "shifts_overlap_maybe" if mixed and "everyday" not in (one.days, other.days) else "shifts_overlap"
                raise PydanticCustomError(why, "shifts overlap: {one} and {other}", told)
        return self


class HubRule(_Strict):
    """Where groups live. ``matrix``: a homeserver's address, and the variable that holds the inviter's token."""

    name: Name
    kind: Literal["matrix"]
    url: str = Field(pattern=r"^https?://[^\s/@?#]+(/[^\s?#]*)?$", max_length=500)
    token: str = Field(pattern=r"^YINLIU_[A-Z0-9_]+$")
    timeout_seconds: Number = Field(default=10, gt=0, le=120)

    @model_validator(mode="after")
    def _private(self) -> HubRule:
        parts = urlsplit(self.url)
        if parts.scheme == "http" and not _is_near(parts.hostname or ""):
            raise PydanticCustomError("token_in_clear", "the token would travel in clear: use https://")
        return self


def _is_near(host: str) -> bool:
    """Whether a host is this machine or on the own network: an address that is not public, or a name without a dot."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan"))


class Communities(_Strict):
    """``communities.yaml``. Operators need a row only for shifts or a quota; with rows, nobody else may be named."""

    communities: list[CommunityRule]
    operators: list[OperatorRule] = []
    hubs: list[HubRule] = []
    calendar: Calendar = Calendar()
    answer_within_hours: Number = Field(default=24, gt=0, le=24 * 90)
    expire_after_days: Number = Field(default=14, gt=0, le=365)
    retained_after_days: Number = Field(default=7, gt=0, le=365)
    lease_minutes: Number = Field(default=15, gt=0, le=24 * 60)
    most_attempts: Whole = Field(default=5, ge=1, le=100)
    retry_minutes: Number = Field(default=10, gt=0, le=24 * 60)

    @model_validator(mode="after")
    def _each_once(self) -> Communities:
        refuse_twins("communities", [community.name for community in self.communities])
        refuse_equal_titles("communities", {community.name: community.title for community in self.communities})
        refuse_twins("operators", [operator.name for operator in self.operators])
        refuse_twins("hubs", [hub.name for hub in self.hubs])
        if any(hub.name == "manual" for hub in self.hubs):
            raise PydanticCustomError("manual_hub", "manual is there already: choose another name")
        return self

    @property
    def by_name(self) -> dict[str, CommunityRule]:
        """The communities by name."""
        return {community.name: community for community in self.communities}

    def operator(self, name: str) -> OperatorRule:
        """Somebody's shifts and quota; always there and without limit where the file does not say."""
        return next((one for one in self.operators if one.name == name), OperatorRule(name=name))

    @property
    def everybody(self) -> list[str]:
        """All operators and leads that some community names."""
        named = (name for rule in self.communities for name in (*rule.operators, *([rule.lead] if rule.lead else [])))
        return list(dict.fromkeys(named))

    def unknown(self) -> Iterator[tuple[tuple[str | int, ...], str, list[str]]]:
        """(place in the file, name, known names) of operators and hubs that are named and not defined."""
        operators, hubs = [one.name for one in self.operators], ["manual", *(hub.name for hub in self.hubs)]
        for row, rule in enumerate(self.communities):
            if operators:
                for column, name in enumerate(rule.operators):
                    if name not in operators:
                        yield ("communities", row, "operators", column), name, operators
                if rule.lead and rule.lead not in operators:
                    yield ("communities", row, "lead"), rule.lead, operators
            if rule.hub not in hubs:
                yield ("communities", row, "hub"), rule.hub, hubs
