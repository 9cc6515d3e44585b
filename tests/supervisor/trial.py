"""Run ``supervise`` over the fake components told as JSON in the first argument (the tests' subprocess)."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from yinliu.errors import YinliuError
from yinliu.language import choose
from yinliu.supervisor import Component, Parts, Patience, supervise


def components(commands: list[list[str]]) -> tuple[Component, ...]:
    """Name the commands ``one``, ``two``, ``three``."""
    return tuple(Component(name, tuple(words)) for name, words in zip(("one", "two", "three"), commands, strict=False))


def parts(told: dict[str, Any]) -> Parts | None:
    """The fake components, or Airflow when none are told."""
    if not told["services"]:
        return None
    preparations = tuple(Component("prepare", tuple(words)) for words in told.get("preparations", []))
    return Parts(
        preparations,
        components(told["services"]),
        healthy=lambda: bool(told.get("well", True)),
    )


def say(text: object) -> None:
    """One line on stdout, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(told: dict[str, Any]) -> int:
    """Supervise and say in English what happens, a line each."""
    choose("en")
    try:
        return supervise(
            home=Path(told["home"]),
            dags_folder=Path(told.get("dags", told["home"])),
            workspace=Path(told["home"]),
            environment=os.environ,
            port=told["port"],
            platforms=("feed", "page", "wordpress"),
            announce=say,
            parts=parts(told),
            patience=Patience(**{"stop": 0.5, "backoff": 0.1, **told.get("patience", {})}),
        )
    except YinliuError as error:
        say(f"{error.code}: {error}")
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
