"""The browser's only way to the network: a SOCKS 5 door that connects to what may be connected to.

Playwright asks nobody about redirected requests, and a name may resolve differently a moment later: only whoever opens
the connection knows where it leads.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from ipaddress import IPv4Address, IPv6Address

from crawlers.addresses import is_public

Place = tuple[str, int]

_IPV4, _NAME, _IPV6 = 1, 3, 4
_GRANTED, _NOT_ALLOWED, _UNREACHABLE = 0, 2, 4
_PIECE = 65536


class Gate:
    """A running door; ``home`` is the one host that may be private, on any port: a page's comments often come from a
    server beside it."""

    def __init__(self, *, home: str | None) -> None:
        self._home = home
        self.refused: set[Place] = set()
        self.failed: set[Place] = set()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._admit, sock=self._socket)
        await server.serve_forever()

    async def _admit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            place = await _asked(reader, writer)
            remote = await self._connect(place)
            writer.write(bytes((5, remote if isinstance(remote, int) else _GRANTED, 0, _IPV4)) + bytes(6))
            if not isinstance(remote, int):
                await asyncio.gather(_pass_on(reader, remote[1]), _pass_on(remote[0], writer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _connect(self, place: Place) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | int:
        """The open connection, or why there is none."""
        host, port = place
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = [str(entry[4][0]) for entry in found if host == self._home or is_public(str(entry[4][0]))]
            if not addresses:
                self.refused.add(place)
                return _NOT_ALLOWED
            return await asyncio.open_connection(addresses[0], port)
        except (OSError, UnicodeError):
            self.failed.add(place)
            return _UNREACHABLE


async def _asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Place:
    """The place that a client wants to be connected to (RFC 1928)."""
    _, methods = await reader.readexactly(2)
    await reader.readexactly(methods)
    writer.write(b"\x05\x00")
    _, _, _, kind = await reader.readexactly(4)
    if kind == _NAME:
        host = (await reader.readexactly((await reader.readexactly(1))[0])).decode("ascii", "replace")
    elif kind == _IPV6:
        host = str(IPv6Address(await reader.readexactly(16)))
    else:
        host = str(IPv4Address(await reader.readexactly(4)))
    return host, int.from_bytes(await reader.readexactly(2), "big")


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
