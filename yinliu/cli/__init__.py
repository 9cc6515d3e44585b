"""The command line: one subcommand a stage; ``--json`` prints one JSON object and nothing else."""

from __future__ import annotations

import sys

from yinliu.cli.door import Door, hoist
from yinliu.errors import YinliuError


def main() -> None:
    """The entry of the ``yinliu`` command."""
    from yinliu.cli.app import app

    arguments = hoist(sys.argv[1:])
    try:
        app(arguments, standalone_mode=True, prog_name="yinliu")
    except YinliuError as error:
        sys.exit(Door.refuse(error, as_json="--json" in arguments))


__all__ = ["main"]
