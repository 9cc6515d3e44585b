"""The command line's tree: the shared options and every subcommand."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from yinliu import language as speech
from yinliu.bootstrap import App
from yinliu.cli import heads, invite, leads, links, simulate, stages, status, suggest, system, texts
from yinliu.cli.console import console
from yinliu.cli.door import Door
from yinliu.cli.people import people
from yinliu.cli.queue import queue
from yinliu.settings import read_settings


class Lang(StrEnum):
    """The languages of ``--lang``."""

    zh = "zh"
    en = "en"


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="yinliu 引流：从内容互动到私域社群，每一步都可追溯。\n\nFrom published content to private traffic, explained.",
)


@app.callback()
def open_door(
    context: typer.Context,
    workspace: Annotated[Path | None, typer.Option(help="工作区目录（YINLIU_WORKSPACE）/ the workspace")] = None,
    database_url: Annotated[str | None, typer.Option(help="数据库（YINLIU_DATABASE_URL）/ the database")] = None,
    lang: Annotated[Lang | None, typer.Option(help="界面语言 / language")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象 / print one JSON object")] = False,
) -> None:
    """Shared options; they may stand before or after the subcommand."""
    settings = read_settings(workspace=workspace, database_url=database_url, lang=lang.value if lang else None)
    speech.choose(settings.lang)
    context.obj = Door(App(settings), as_json)


for command in (system.init, system.doctor, stages.run, stages.crawl, stages.load, stages.tag, stages.qualify):
    app.command()(command)
for command in (stages.route, stages.upkeep, stages.export, stages.report, stages.deliver, leads.leads, texts.posts):
    app.command()(command)
for command in (status.status, status.problems, status.plan, system.up, system.demo):
    app.command()(command)
app.command()(texts.curve)
app.command()(suggest.suggest)
app.command()(heads.train)
app.command()(heads.evaluate)
app.command()(console)
app.command()(links.link)
app.command()(links.links)
app.command("audit-links")(links.audit)
app.command()(invite.invite)
app.command()(invite.observe)
app.command()(simulate.simulate)
app.command("tag-text")(texts.tag_text)
app.add_typer(queue, name="queue")
app.add_typer(people, name="people")
app.add_typer(system.database, name="db")
