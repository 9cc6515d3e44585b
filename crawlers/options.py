"""What every source in ``sources.yaml`` can say; each platform adds its own options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

MEBIBYTE = 1024 * 1024


def is_web_address(url: str) -> bool:
    """True for an http or https address with a host and a possible port."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna")
        return parts.scheme in ("http", "https") and bool(host) and not host.split()[1:] and parts.port != 0
    except ValueError:
        return False


def _web_address(value: str) -> str:
    if not is_web_address(value):
        raise PydanticCustomError("web_address", "must be a web address, like https://example.com/")
    parts = urlsplit(value)
    if parts.username or parts.password:
        raise PydanticCustomError("web_address_secret", "must not carry a user name or password")
    return value


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError) as error:
        raise PydanticCustomError("time_zone", "must be a time zone, like Asia/Shanghai") from error
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]


class SourceOptions(BaseModel):
    """One source: where it is, how gently it is asked, and how much of it is taken at most."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    revisits: ClassVar[bool] = True
    """Whether posts of this platform can be read again one by one."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    platform: str
    url: WebAddress
    timezone: Annotated[str, AfterValidator(_time_zone)] = "Asia/Shanghai"
    allow_private: bool = False
    delay_seconds: float = Field(default=0.5, ge=0, le=3600)
    concurrency: int = Field(default=2, ge=1, le=16)
    timeout_seconds: float = Field(default=30, gt=0, le=600)
    max_body_mib: float = Field(default=10, gt=0, le=64)
    max_wait_seconds: float = Field(default=60, ge=0, le=3600)
    max_requests: int = Field(default=2000, ge=1, le=1_000_000)
    daily_requests: int = Field(default=20_000, ge=1, le=10_000_000)

    def located(self, folder: Path) -> Self:
        """These options with their paths below a workspace's folder."""
        return self

    @property
    def identity(self) -> str:
        """What a cursor belongs to: another site under the same name would mix up ids."""
        host = (urlsplit(self.url).hostname or "").removeprefix("www.")
        return f"{self.platform} {host}".strip()

    @property
    def own_accounts(self) -> tuple[str, ...]:
        """The author ids by which this source itself speaks: never leads."""
        return ()

    @property
    def max_body(self) -> int:
        """The largest body accepted, in bytes, before and after decompression."""
        return int(self.max_body_mib * MEBIBYTE)
