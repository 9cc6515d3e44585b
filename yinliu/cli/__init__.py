"""The command line: one subcommand a stage; ``--json`` prints one JSON object and nothing else."""

from __future__ import annotations

import sys

import typer

from yinliu.cli.door import Door, hoist
from yinliu.errors import YinliuError


def main() -> None:
    """The entry of the ``yinliu`` command."""
    from yinliu.cli.app import app
    from yinliu.cli.misuse import misused

    arguments = hoist(sys.argv[1:])
    as_json = "--json" in arguments
    try:
        sys.exit(app(arguments, standalone_mode=False, prog_name="yinliu"))
    except YinliuError as error:
        sys.exit(Door.refuse(error, as_json=as_json))
    except typer.TyperException as error:
        sys.exit(Door.refuse(misused(error), as_json=as_json))
    except typer.Abort:
        sys.exit(1)


__all__ = ["main"]
