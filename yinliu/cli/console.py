"""``yinliu console``: the server of the signposts' pages, on this machine unless told otherwise."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated

import typer

from yinliu.cli.door import Door
from yinliu.errors import Misconfigured
from yinliu.language import Text

if TYPE_CHECKING:
    from fastapi import FastAPI

PORT = 8090
_AT_ONCE = 200
"""Visitors answered side by side; more are told to come again."""


def console(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="监听地址 / the address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口，0 为任意 / the port", min=0, max=65535)] = PORT,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="允许其他机器直接访问 / let other machines connect")
    ] = False,
) -> None:
    """启动路标页面的服务，Ctrl+C 结束。 / Serve the signposts' pages until Ctrl+C."""
    from yinliu.console.server import create_app

    door: Door = context.obj
    if not (allow_remote or is_loopback(host)):
        text = Text(
            f"--host {host} 会让其他机器直接访问。对外请放在反向代理之后（见 docs/links.md），"
            "确实需要直接监听时加 --allow-remote。",
            f"--host {host} lets other machines connect. Put a reverse proxy in front (docs/links.md),"
            " or say --allow-remote.",
        )
        raise Misconfigured(text, code="remote_console")
    server = create_app(door.app)
    with _listen(host, port) as listening:
        where = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
        door.say(Text(f"路标服务：{where}（Ctrl+C 结束）", f"signposts at {where} (Ctrl+C ends it)"))
        door.give({"url": where})
        _serve(server, listening)


def is_loopback(host: str) -> bool:
    """True for this machine's own addresses."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_AT_ONCE)
    except OSError as error:
        reason = error.strerror or str(error)
        text = Text(
            f"无法监听 {host}:{port}（{reason}）。请用 --port 换一个端口。",
            f"cannot listen on {host}:{port} ({reason}). Choose another --port.",
        )
        raise Misconfigured(text, code="port_taken") from error


def _serve(server: FastAPI, listening: socket.socket) -> None:
    """Until a signal; requests are not logged, for their addresses are personal data."""
    import uvicorn

    config = uvicorn.Config(
        server,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_AT_ONCE,
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run(sockets=[listening])
