"""The browser's door: where it leads, and which moves of a page are another service."""

from __future__ import annotations

import socket

import pytest

from crawlers.browser import changed_port
from crawlers.gate import Gate
from tests.patience import PATIENCE
from tests.ports import closed_port

GREETING = b"\x05\x01\x00"
GRANTED, NOT_ALLOWED, UNREACHABLE = 0, 2, 4


def knock(gate: Gate, host: str, port: int) -> int:
    """The door's answer (RFC 1928) to the wish to be connected to a name."""
    with socket.create_connection(("127.0.0.1", gate.port), timeout=PATIENCE) as door:
        name = host.encode()
        door.sendall(GREETING + b"\x05\x01\x00\x03" + bytes((len(name),)) + name + port.to_bytes(2, "big"))
        return door.makefile("rb").read(4)[3]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0.0.0.0", "::1"])
def test_the_door_leads_to_no_private_address(host: str) -> None:
    """A public source's page reaches nothing on this machine, however it is written."""
    with socket.create_server(("127.0.0.1", 0)) as service:
        gate = Gate(home=None)
        assert knock(gate, host, service.getsockname()[1]) == NOT_ALLOWED
        assert gate.refused


def test_the_door_leads_to_a_private_source_alone() -> None:
    """Where a source may be private its own host is reached; another name of the same machine is not."""
    with socket.create_server(("127.0.0.1", 0)) as service:
        gate = Gate(home="127.0.0.1")
        port = service.getsockname()[1]
        assert knock(gate, "127.0.0.1", port) == GRANTED
        assert knock(gate, "localhost", port) == NOT_ALLOWED


def test_the_door_tells_a_closed_port_from_a_forbidden_one() -> None:
    """Nobody listening is a matter of time, not of permission."""
    gate = Gate(home="127.0.0.1")
    with closed_port() as port:
        assert knock(gate, "127.0.0.1", port) == UNREACHABLE
    assert gate.failed == {("127.0.0.1", port)}


@pytest.mark.parametrize(
    ("url", "changed"),
    [
        ("http://a.cn/x", False),
        ("https://a.cn/", False),
        ("http://a.cn:8080/", True),
        ("http://b.cn:8080/", False),
    ],
)
def test_a_page_that_moves_to_another_port_is_another_service(url: str, changed: bool) -> None:
    """From http to https is no such move."""
    assert changed_port(url, home="http://a.cn/") is changed
