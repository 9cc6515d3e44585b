"""What the environment says, parsed once at the door: ``YINLIU_…`` variables, which options of a command override."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from yinliu.errors import Misconfigured
from yinliu.language import Text


class Settings(BaseSettings):
    """The environment of one command."""

    model_config = SettingsConfigDict(env_prefix="YINLIU_", frozen=True)

    workspace: Path | None = None
    database_url: SecretStr | None = None
    key: SecretStr | None = None
    key_file: Path | None = None
    chromium: Path | None = None
    lang: Literal["zh", "en"] = "zh"

    @property
    def secret_file(self) -> Path:
        """Where the key for contact details is kept when it is not in ``YINLIU_KEY``."""
        return self.key_file or _config_home() / "yinliu" / "key"


def read_settings(**overrides: object) -> Settings:
    """The settings, options first, then the environment; :class:`Misconfigured` names a wrong variable."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "YINLIU_" + str(first["loc"][0]).upper()
        message = Text(
            f"环境变量 {name} 的值 {first['input']!r} 不对：{first['msg']}",
            f"the variable {name} has the value {first['input']!r}: {first['msg']}",
        )
        raise Misconfigured(message, code="bad_variable") from error


def _config_home() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def state_home() -> Path:
    """The folder for what belongs to this machine and user, not to a workspace (Airflow's home, its secrets)."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "yinliu"
