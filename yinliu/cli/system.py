"""The commands around the stages: a new workspace, a check-up, Airflow, the demo, the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from models.database import upgrade
from yinliu.cli.door import Door
from yinliu.cli.tour import show_demo
from yinliu.doctor import examine
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.workspace.folder import write_starter

database = typer.Typer(no_args_is_help=True, help="数据库 / the database")
_MARKS = {"ok": "✓", "warn": "!", "bad": "✗"}


def init(
    context: typer.Context, folder: Annotated[Path, typer.Argument(help="新工作区的目录 / the new folder")]
) -> None:
    """新建工作区：写出带注释的配置文件。 / Write a commented starter workspace."""
    door: Door = context.obj
    written = write_starter(folder)
    for path in written:
        door.say(Text(f"已写入 {path}", f"wrote {path}"))
    door.say(
        Text(
            f"下一步：在 {folder / 'sources.yaml'} 里填写来源，然后运行 yinliu --workspace {folder} doctor",
            f"Next: put your sources into {folder / 'sources.yaml'}, then `yinliu --workspace {folder} doctor`",
        )
    )
    door.give({"workspace": str(folder), "written": [path.name for path in written]})


def doctor(context: typer.Context) -> None:
    """检查工作区、数据库、浏览器、字体与 Airflow，并说明如何修复。 / Check everything, say how to mend it."""
    door: Door = context.obj
    findings = examine(door.app)
    for finding in findings:
        door.say(f"{_MARKS[finding.state]} {finding.name}：{finding.text}")
        if finding.remedy:
            door.say(f"    → {finding.remedy}")
    bad = any(finding.state == "bad" for finding in findings)
    rows = [
        {"name": str(f.name), "state": f.state, "text": str(f.text), "remedy": str(f.remedy or "")} for f in findings
    ]
    door.give({"ok": not bad, "findings": rows})
    if bad:
        raise typer.Exit(Misconfigured.exit_code)


def up(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="Airflow 网页端口 / Airflow's port", min=1, max=65535)] = 8080,
) -> None:
    """在本机启动 Airflow（仅回环地址），Ctrl+C 停止。 / Run Airflow on loopback until Ctrl+C."""
    from yinliu.cli.airflow import run_airflow

    raise typer.Exit(run_airflow(context.obj, port=port))


def demo(
    context: typer.Context,
    folder: Annotated[Path, typer.Option(help="演示工作区 / the demo's workspace")] = Path("demo-workspace"),
) -> None:
    """用自带的演示站点走完全程。 / The whole way over a bundled demo site."""
    show_demo(context.obj, folder=folder)


@database.command("upgrade")
def database_upgrade(context: typer.Context) -> None:
    """把数据库结构升级到当前版本。 / Bring the tables up to date."""
    door: Door = context.obj
    upgrade(door.app.raw_engine)
    door.app.engine  # noqa: B018 (says so when the tables still do not fit)
    door.say(Text("数据库结构已是最新。", "the tables are up to date."))
    door.give({"upgraded": True})
