"""``python -m yinliu``: the same as the ``yinliu`` command."""

from yinliu.cli import main

main()
