"""A port for a server that must be told its number."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager

_UNASKED = range(15_000, 32_000)
"""Below the ports that systems give to whoever asks for any (Linux: from 32768): no other test is given one of them."""


def free_port() -> int:
    """A port of loopback that is free now, and stays so unless somebody asks for this very number."""
    while True:
        port = random.choice(_UNASKED)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@contextmanager
def closed_port() -> Iterator[int]:
    """A port of loopback at which nobody listens, and nobody can meanwhile: it is taken, by us."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]
