"""How long a site's wish to wait is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.manners import place, retry_after

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        (b"", None),
        (b"0", 0),
        (b" 120 ", 120),
        (b"Sat, 21 Nov 2026 04:01:30 GMT", 90),
        (b"Sat, 21 Nov 2026 03:00:00 GMT", 0),
        (b"-5", None),
        (b"soon", None),
        (b"\xb2", None),
        (b"Sat, 21 Nov 2026 04:01:30 -0000", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: bytes | None, seconds: float | None) -> None:
    """A number, a date, a date that is over; anything else says nothing."""
    assert retry_after(header, now=NOW) == seconds


@given(st.binary(max_size=60))
def test_reading_retry_after_never_fails(header: bytes) -> None:
    """Any header is a wait or none."""
    wait = retry_after(header, now=NOW)
    assert wait is None or wait >= 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://a.cn/", "http://a.cn:80/x", True),
        ("http://a.cn/", "https://A.cn/", True),
        ("http://a.cn/", "http://a.cn:8080/", False),
        ("http://a.cn:8080/", "http://a.cn:8081/", False),
        ("http://a.cn/", "http://b.cn/", False),
    ],
)
def test_a_place_is_a_host_and_a_port(one: str, other: str, same: bool) -> None:
    """The usual ports of http and https are one place, any other port is another."""
    assert (place(one) == place(other)) is same
