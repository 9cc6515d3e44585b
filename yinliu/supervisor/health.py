"""Is the port free, and are Airflow's parts well?"""

from __future__ import annotations

import errno
import http.client
import json
import socket
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yinliu.errors import Misconfigured
from yinliu.language import Text

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def claim_port(port: int) -> None:
    """Raise :class:`Misconfigured` unless a server could listen on that port of 127.0.0.1."""
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        raise _refused(port, error) from error


def _refused(port: int, error: Exception) -> Misconfigured:
    if getattr(error, "errno", None) == errno.EADDRINUSE:
        return Misconfigured(
            Text(
                f"端口 {port} 已被别的程序占用，请用 --port 换一个，例如 --port {port + 1}",
                f"port {port} is taken by another program: choose another with --port, such as --port {port + 1}",
            ),
            code="port_in_use",
        )
    return Misconfigured(
        Text(
            f"端口 {port} 不能使用（{error}），请用 --port 换一个 1024 到 65535 之间的端口",
            f"port {port} cannot be used ({error}): choose one from 1024 to 65535 with --port",
        ),
        code="port_refused",
    )


def fetch_health(port: int) -> Mapping[str, Any]:
    """Airflow's own health report; empty while nobody answers."""
    try:
        with _direct.open(f"http://127.0.0.1:{port}/api/v2/monitor/health", timeout=2) as answer:
            report: dict[str, Any] = json.load(answer)
            return report
    except (OSError, ValueError, http.client.HTTPException):
        return {}


def is_healthy(report: Mapping[str, Any], *, since: datetime) -> bool:
    """Database, scheduler and dag processor are well, by heartbeats of this start, not of a killed predecessor."""
    return (
        _status(report, "metadatabase") == "healthy"
        and _alive(report, "scheduler", since=since)
        and _alive(report, "dag_processor", since=since)
    )


def _status(report: Mapping[str, Any], part: str) -> str:
    return str((report.get(part) or {}).get("status"))


def _alive(report: Mapping[str, Any], part: str, *, since: datetime) -> bool:
    if _status(report, part) != "healthy":
        return False
    return datetime.fromisoformat(report[part][f"latest_{part}_heartbeat"]) >= since
