"""One call from nothing to a running, watched Airflow, and back to nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from yinliu.errors import ActionNeeded
from yinliu.language import Text
from yinliu.supervisor.health import claim_port
from yinliu.supervisor.home import USER, Home, write_private
from yinliu.supervisor.parts import Component, Parts, airflow_parts, pools
from yinliu.supervisor.processes import Child, start, sweep
from yinliu.supervisor.settings import MARK, airflow_config, child_environment
from yinliu.supervisor.watch import Patience, Request, Watch

Announce = Callable[[Text], None]


def supervise(
    *,
    home: Path,
    dags_folder: Path,
    workspace: Path,
    environment: Mapping[str, str],
    port: int,
    platforms: Sequence[str],
    announce: Announce,
    beside: Sequence[Component] = (),
    parts: Parts | None = None,
    patience: Patience | None = None,
) -> int:
    """Run Airflow (and the services ``beside`` it) until SIGINT, SIGTERM or SIGHUP; call it from the main thread.

    ``environment`` is the whole environment the components get (usually ``os.environ``); ``parts`` replaces Airflow.
    Answers 0 when it was asked to stop, 4 when a component does not work. Raises :class:`~yinliu.errors.Misconfigured`
    for a port that is taken and :class:`~yinliu.errors.RetryLater` when the home is in use.
    """
    place = Home(home.resolve())
    place.prepare()
    with place.locked(), (request := Request()).by_signal():
        mark = {MARK: place.secrets()["identity"]}
        clear_leftovers(mark, announce)
        claim_port(port)
        write_private(place.pools_file, json.dumps(pools(platforms), ensure_ascii=False, indent=2) + "\n")
        write_private(place.config_file, airflow_config(place, dags_folder=dags_folder.resolve(), port=port))
        here = child_environment(
            place, environment=environment, workspace=workspace, platforms=platforms, dags_folder=dags_folder, port=port
        )
        whole = (parts or airflow_parts(port=port, pools_file=place.pools_file)).beside(beside)
        watch = Watch(whole, _starter(place, here, mark), place, announce, patience or Patience(), request)
        return _run(watch, mark=mark, ready=lambda: announce(welcome(place, port=port)))


def clear_leftovers(mark: Mapping[str, str], announce: Announce) -> None:
    """End what a killed supervisor of the same home has left behind."""
    if count := sweep(mark, grace=2.0):
        announce(
            Text(
                f"已清理上次遗留的 {count} 个进程",
                f"ended {count} processes left over from last time",
            )
        )


def welcome(home: Home, *, port: int) -> Text:
    """Where to go once everything is well; never the password itself."""
    return Text(
        f"已就绪：http://127.0.0.1:{port}　用户名 {USER}，密码在 {home.password_file}（按 Ctrl-C 停止）",
        f"ready: http://127.0.0.1:{port}  user {USER}, password in {home.password_file} (Ctrl-C stops it)",
    )


def _starter(home: Home, environment: Mapping[str, str], mark: Mapping[str, str]) -> Callable[[Component], Child]:
    def begin(component: Component) -> Child:
        return start(component, environment=environment, mark=mark, log=home.log(component.name))

    return begin


def _run(watch: Watch, *, mark: Mapping[str, str], ready: Callable[[], None]) -> int:
    try:
        watch.announce(Text("正在启动，约需十几秒……", "starting, this takes some ten seconds …"))
        watch.prepare()
        watch.keep(ready)
    except ActionNeeded as error:
        watch.announce(error.message)
        return error.exit_code
    finally:
        watch.announce(Text("正在停止……", "stopping …"))
        watch.stop()
        sweep(mark, grace=0)
        watch.announce(Text("已停止，没有遗留进程", "stopped, no process is left"))
    return 0
