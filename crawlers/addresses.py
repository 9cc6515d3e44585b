"""Which network addresses may be connected to: the address itself is judged, never the text that led to it."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from scrapy.crawler import Crawler
from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import IResolutionReceiver
from zope.interface import implementer

_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that is given out; Python 3.11 takes much of the rest for public too."""

_SPECIAL = tuple(map(ip_network, ("168.63.129.16/32", "192.88.99.0/24", "3fff::/20")))
"""Public by the registries, yet nobody's site: a cloud's own host service, 6to4 relays, documentation (RFC 9637)."""

_ISATAP = 0x5EFE

refused_hosts: set[str] = set()
"""Host names of this process whose every address was refused; tells "refused" from "does not resolve"."""


def is_public(address: str) -> bool:
    """True for an address of the open internet; embedded IPv4 (mapped, NAT64, 6to4, Teredo) is judged too."""
    ip = ip_address(address.partition("%")[0])
    inner = _embedded(ip) if isinstance(ip, IPv6Address) else ip
    if inner is not None and inner is not ip:
        return is_public(str(inner))
    if any(ip in network for network in _SPECIAL if network.version == ip.version):
        return False
    given_out = isinstance(ip, IPv4Address) or ip in _GLOBAL_UNICAST
    return given_out and ip.is_global and not ip.is_multicast and not ip.is_reserved


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    if ip in _NAT64 or (int(ip) >> 32) & 0xFFFF == _ISATAP:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def resolves_public(host: str) -> bool:
    """True when every address that ``host`` resolves to is public; False too when it does not resolve."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return bool(found) and all(is_public(str(entry[4][0])) for entry in found)


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Passes on public addresses alone, so that no connection to another one is ever tried."""

    def __init__(self, receiver: Any, host: str) -> None:
        self._receiver, self._host, self._passed, self._held = receiver, host, 0, 0

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802 (Twisted's interface)
        """The search for addresses began."""
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        """One address was found: pass it on or hold it back."""
        if is_public(address.host):
            self._passed += 1
            self._receiver.addressResolved(address)
        else:
            self._held += 1

    def resolutionComplete(self) -> None:  # noqa: N802
        """No more addresses follow."""
        if self._held and not self._passed:
            refused_hosts.add(self._host)
        self._receiver.resolutionComplete()


class PublicResolver(CachingHostnameResolver):
    """Scrapy's resolver, holding back every address that is not public (setting ``TWISTED_DNS_RESOLVER``).

    The one host named by the setting ``PRIVATE_HOST`` may have any address.
    """

    private_host: str | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> PublicResolver:
        """Scrapy's way to make it."""
        resolver = super().from_crawler(crawler, reactor)
        resolver.private_host = crawler.settings["PRIVATE_HOST"]
        return resolver

    def resolveHostName(self, resolutionReceiver: Any, hostName: str, *args: Any, **kwargs: Any) -> Any:  # noqa: N802, N803
        """Resolve, and pass on what is public."""
        own = hostName == self.private_host
        receiver: Any = resolutionReceiver if own else _PublicOnly(resolutionReceiver, hostName)
        return super().resolveHostName(receiver, hostName, *args, **kwargs)
