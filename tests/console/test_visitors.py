"""Who counts as a visitor."""

from __future__ import annotations

import pytest

from tests.console.conftest import PHONE
from tests.patience import within
from yinliu.console.visitors import is_visit


@pytest.mark.parametrize(
    "agent",
    [
        PHONE,
        "Mozilla/5.0 (Linux; Android 14; HUAWEI) MicroMessenger/8.0.49 NetType/WIFI",
        "Mozilla/5.0 (Linux; Android 10; CUBOT NOTE 20) Chrome/120",
        "Mozilla/5.0 (Macintosh) Safari/605",
        "Mozilla/5.0 火狐",
        "Opera/9.80 (Android; Opera Mini/36.2)",
        "UCWEB/2.0 (MIDP-2.0; U; zh-CN)",
    ],
)
def test_people_count(agent: str) -> None:
    """By their browsers, phones called Cubot too."""
    assert is_visit("GET", {"user-agent": agent})


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; Baiduspider/2.0)",
        "Mozilla/5.0 (compatible; bingbot/2.0)",
        "Twitterbot/1.0",
        "TelegramBot (like TwitterBot)",
        "facebookexternalhit/1.1",
        "Slackbot-LinkExpanding 1.0",
        "WhatsApp Link Preview",
        "curl/8.0",
        "Python/3.11 aiohttp/3.9.1",
        "Scrapy/2.11 (+https://scrapy.org)",
        "node",
        "WhatsApp/2.23.20.0 A",
        "Mediapartners-Google",
        "Mozilla/5.0 (compatible; Google-InspectionTool/1.0;)",
        "Mozilla/5.0 (compatible; Embedly/0.2; +http://support.embed.ly/)",
        "Mozilla/5.0 (compatible; GoogleOther)",
        "Mozilla/5.0 (compatible; CensysInspect/1.1)",
        "Mozilla/5.0 zgrab/0.x scanner",
        "Feishu-Link",
        "火狐",
        "",
        " ",
    ],
)
def test_machines_do_not_count(agent: str) -> None:
    """Crawlers, previews, scripts, and who says nothing."""
    assert not is_visit("GET", {"user-agent": agent})


@pytest.mark.parametrize("header", ["purpose", "sec-purpose", "x-purpose", "x-moz"])
def test_looking_ahead_does_not_count(header: str) -> None:
    """Nobody has seen the page yet."""
    assert not is_visit("GET", {"user-agent": PHONE, header: "Prefetch"})
    assert is_visit("GET", {"user-agent": PHONE, header: "navigate"})


def test_only_a_get_counts() -> None:
    """Nobody reads the answer to a HEAD."""
    assert not is_visit("HEAD", {"user-agent": PHONE})


def test_a_long_header_costs_nothing() -> None:
    """Its beginning is enough."""
    with within(0.1):
        is_visit("GET", {"user-agent": "cubo" * 1_000_000, "purpose": "pre" * 1_000_000})
