"""doctor: is everything there that yinliu needs, and how is what is missing mended."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from models.database import schema_state
from yinliu.bootstrap import App
from yinliu.doctor_communities import cities, days_off, hubs, signposts
from yinliu.errors import YinliuError
from yinliu.findings import Finding, tried
from yinliu.language import Text


def examine(app: App) -> list[Finding]:
    """Everything, in the order in which it is mended."""
    moment = datetime.now(UTC)
    return [
        *_workspace(app),
        *days_off(app, moment),
        *cities(app),
        _database(app),
        _key(app),
        *hubs(app),
        *signposts(app, moment),
        _browser(app),
        _font(),
        _airflow(),
    ]


def _workspace(app: App) -> Iterator[Finding]:
    """The files of the workspace; one that is wrong does not hide the others."""
    parts: tuple[tuple[str, Callable[[], object]], ...] = (
        ("yinliu.yaml", lambda: app.workspace.general),
        ("topics.yaml", lambda: app.workspace.topics),
        ("intents.yaml", lambda: app.workspace.intents),
        ("scoring.yaml", lambda: app.workspace.scoring),
        ("communities.yaml", lambda: app.workspace.communities),
        ("crm.yaml", lambda: app.workspace.crm),
        ("sources.yaml", lambda: app.sources),
    )
    for name, read in parts:
        yield tried(Text(name, name), read)
    try:
        empty = not app.sources
    except YinliuError:
        return
    if empty:
        text = Text("还没有来源", "no sources yet")
        yield Finding(
            Text("来源", "sources"), "warn", text, Text("在 sources.yaml 里填写", "put some into sources.yaml")
        )


def _database(app: App) -> Finding:
    name = Text("数据库", "database")
    found = tried(name, lambda: app.engine)
    if found.state == "bad":
        return found
    state, revision = schema_state(app.engine)
    shown = app.engine.url.render_as_string(hide_password=True)
    return Finding(name, "ok", Text(f"{shown}（结构 {revision}，已是最新）", f"{shown} ({revision}, {state.value})"))


def _key(app: App) -> Finding:
    name = Text("联系方式密钥", "contact key")
    found = tried(name, lambda: app.vault)
    if found.state == "bad":
        return found
    where = "YINLIU_KEY" if app.settings.key is not None else str(app.settings.secret_file)
    return Finding(
        name,
        "ok",
        Text(f"{where}（请备份，丢失后无法还原联系方式）", f"{where} (back it up: contacts cannot be read without it)"),
    )


def _browser(app: App) -> Finding:
    name = Text("浏览器", "browser")
    path = app.browser
    if path and os.access(path, os.X_OK):
        return Finding(name, "ok", Text(path, path))
    wanted = any(getattr(source, "render", False) for source in _sources_or_none(app))
    text = Text(
        "没有找到 Chromium，render: true 的来源无法采集", "no Chromium: sources with render: true cannot be crawled"
    )
    remedy = Text(
        "apt install chromium；没有 root 时用 playwright install chromium；或用 YINLIU_CHROMIUM 指定路径",
        "apt install chromium; without root: playwright install chromium; or set YINLIU_CHROMIUM",
    )
    return Finding(name, "bad" if wanted else "warn", text, remedy)


def _sources_or_none(app: App) -> list[object]:
    try:
        return list(app.sources.values())
    except YinliuError:
        return []


def _font() -> Finding:
    name = Text("中文字体", "CJK font")
    if has_cjk_font():
        return Finding(name, "ok", Text("已安装", "installed"))
    text = Text("没有中文字体，本机的截图和打印会显示方框", "no CJK font: pictures made on this machine show boxes")
    return Finding(name, "warn", text, Text("apt install fonts-noto-cjk", "apt install fonts-noto-cjk"))


def has_cjk_font() -> bool:
    """True when fontconfig knows a font for Chinese."""
    try:
        found = subprocess.run(
            ["fc-list", ":lang=zh", "family"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return bool(found.stdout.strip())


def _airflow() -> Finding:
    name = Text("Airflow", "Airflow")
    try:
        version = importlib.metadata.version("apache-airflow")
    except importlib.metadata.PackageNotFoundError:
        text = Text(
            "没有安装，yinliu up 不可用；yinliu run 不受影响", "not installed: no `yinliu up`; `yinliu run` needs none"
        )
        return Finding(name, "warn", text, Text("运行 make setup", "run make setup"))
    return Finding(name, "ok", Text(version, version))
