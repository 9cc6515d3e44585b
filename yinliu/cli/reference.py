"""The page of all commands, made from the commands: ``python -m yinliu.cli.reference > docs/commands.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import typer

from yinliu.cli.app import app

_HEAD = """# Commands (命令一览)

Made by `python -m yinliu.cli.reference > docs/commands.md`; a test fails where it is not so. Every command takes the
options of the first table, before or after its name, and ends with 0 (done), 2 (something is wrong here: mend it),
3 (try again later), 4 (somebody must act) or 99 (nothing to do).
"""


def reference() -> str:
    """Every command with its arguments and options, as Markdown."""
    root = typer.main.get_command(app)
    parts = [
        _HEAD.rstrip(),
        "\n".join(_options(root)),
        *("\n".join(_section(path, one)) for path, one in _leaves(root, "yinliu")),
    ]
    return "\n\n".join(parts) + "\n"


def _leaves(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The commands below a group, each with its whole name."""
    for name, one in getattr(command, "commands", {}).items():
        if hasattr(one, "commands"):
            yield from _leaves(one, f"{path} {name}")
        else:
            yield f"{path} {name}", one


def _section(path: str, command: Any) -> Iterator[str]:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    names = (one.name.upper() if one.required else f"[{one.name.upper()}]" for one in arguments)
    yield f"## `{' '.join((path, *names))}`"
    yield ""
    yield " ".join((command.help or "").split())
    rows = list(_options(command))
    yield from ("", *rows) if rows else ()


def _options(command: Any) -> Iterator[str]:
    found = [one for one in command.params if one.param_type_name == "option" and one.name != "help"]
    yield from ("| option | |", "|---|---|") if found else ()
    for one in found:
        value, must = "" if one.is_flag else " …", "（必填）" if one.required else ""
        yield f"| `{', '.join(one.opts)}{value}` | {_plain(one.help)}{must} |"


def _plain(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(reference())
