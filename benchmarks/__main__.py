"""``make bench``: every figure of ours, each as a ratio against a peer in the same run, or a count that must be 0.

``python -m benchmarks [NAME …]`` runs some of: load tag contacts quality crawl broken kills charsets articles qualify
route queue (``queue --steps N``: the model besides).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import takewhile

from benchmarks import (
    article,
    charsets,
    contacts,
    kills,
    load,
    malformed,
    qualifying,
    quality,
    queue,
    rate,
    routing,
    senders,
    tagging,
)

ALL: dict[str, Callable[[], object]] = {
    "load": load.main,
    "tag": tagging.main,
    "contacts": contacts.main,
    "quality": quality.main,
    "crawl": rate.main,
    "charsets": charsets.main,
    "articles": article.main,
    "route": routing.main,
    "queue": queue.main,
    "broken": malformed.main,
    "kills": kills.main,
    "senders": senders.main,
    "qualify": qualifying.main,
}


def main() -> int:
    """Run the benchmarks that are named, all without a name; 1 when a figure is not what it must be."""
    names = list(takewhile(lambda word: not word.startswith("-"), sys.argv[1:])) or list(ALL)
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(ALL)}", file=sys.stderr)
        return 2
    failed = [name for name in names if ALL[name]() is False]
    if failed:
        print(f"not reached: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
