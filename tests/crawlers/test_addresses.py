"""Which addresses may be connected to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.addresses import is_public, resolves_public

PRIVATE = (
    *("127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
    *("100.64.0.1", "224.0.0.1", "239.255.255.255", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1"),
    *("::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::1"),
    "::ffff:0:127.0.0.1",
    "::127.0.0.1",
    "fec0::1",
    "64:ff9b:1::7f00:1",
)
PUBLIC = (
    "1.1.1.1",
    "8.8.8.8",
    "114.114.114.114",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2400:3200::1",
)


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_is_not_public(address: str) -> None:
    """Loopback, private, link-local, shared, multicast, reserved, and IPv6 forms that lead there."""
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    """The open internet in both families."""
    assert is_public(address)


@given(st.ip_addresses(v=4, network="127.0.0.0/8") | st.ip_addresses(v=4, network="10.0.0.0/8"))
def test_no_ipv6_form_makes_a_private_address_public(address: object) -> None:
    """Mapped, translated and tunnelled forms are judged by the address within."""
    number = int(address)  # type: ignore[call-overload]
    forms = (f"::ffff:{address}", f"64:ff9b::{address}", f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1")
    assert not any(is_public(form) for form in (str(address), *forms))


@pytest.mark.parametrize(
    "host", ["localhost", "2130706433", "0177.0.0.1", "①②⑦.⓪.⓪.①", "0", "no-such-host.invalid", ""]
)
def test_a_name_is_judged_by_where_it_leads(host: str) -> None:
    """Other ways to write loopback, and names that lead nowhere, are not public."""
    assert not resolves_public(host)
