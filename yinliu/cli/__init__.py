"""The command line: one subcommand a stage; ``--json`` prints one JSON object and nothing else."""

from __future__ import annotations

import sys

import typer

from yinliu.cli.door import Door, hoist
from yinliu.errors import Misconfigured, YinliuError
from yinliu.language import Text


def main() -> None:
    """The entry of the ``yinliu`` command."""
    from yinliu.cli.app import app

    arguments = hoist(sys.argv[1:])
    as_json = "--json" in arguments
    try:
        sys.exit(app(arguments, standalone_mode=not as_json, prog_name="yinliu"))
    except YinliuError as error:
        sys.exit(Door.refuse(error, as_json=as_json))
    except typer.TyperException as error:
        sys.exit(Door.refuse(_misused(error), as_json=as_json))
    except typer.Abort:
        sys.exit(1)


def _misused(error: typer.TyperException) -> Misconfigured:
    """A wrong option or argument as an error of ours: a program that asked for JSON gets JSON here too."""
    full = getattr(error, "format_message", lambda: str(error))()
    told = "Missing command" if "Usage:" in full or not full else " ".join(full.split()).rstrip(".")
    text = Text(f"命令写法有误：{told}。加 --help 查看用法。", f"the command is wrong: {told}. See --help.")
    return Misconfigured(text, code="usage")


__all__ = ["main"]
