"""What the DAG files share: the operator that runs one ``yinliu`` command, its defaults, the clock and the assets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Asset, Param
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from airflow.timetables.trigger import CronTriggerTimetable

CONTENT = Asset("content", uri="yinliu://content", group="yinliu")
LEADS = Asset("leads", uri="yinliu://leads", group="yinliu")
DEFAULTS: dict[str, Any] = {
    "owner": "yinliu",
    "retries": 2,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(minutes=30),
    "execution_timeout": timedelta(hours=1),
}
HOPELESS = {
    2: "配置或用法有误 / wrong use or configuration",
    4: "需要有人处理 / somebody must act",
    126: "命令不能执行 / the command cannot be executed",
    127: "找不到 yinliu 命令 / no yinliu command on PATH",
}
# The hook merges stderr into stdout and keeps the last line: the answer goes last, whatever was said meanwhile.
SCRIPT = 'set -f; answer=$(yinliu {command}); code=$?; test -z "$answer" || printf "%s\\n" "$answer"; exit $code'


class Command(BashOperator):
    """One ``yinliu`` command: its JSON answer becomes the XCom, exit 99 is "skipped", exits 2 and 4 are never retried.

    The DAG's Params reach the shell as variables only (``since`` as ``$PARAM_SINCE``), never as part of the script.
    """

    def __init__(self, *, command: str, **kwargs: Any) -> None:
        options: dict[str, Any] = {"append_env": True, "output_processor": json.loads} | kwargs
        super().__init__(bash_command=SCRIPT.format(command=command), **options)
        self.command = command

    def get_env(self, context: Any) -> dict[str, str]:
        """The process's environment, and a ``PARAM_…`` variable for each Param the DAG declares."""
        environment: dict[str, str] = super().get_env(context)
        return environment | variables(context["params"])

    def execute(self, context: Any) -> Any:
        """Run the command; fail for good where trying again cannot help."""
        try:
            return super().execute(context)
        except AirflowSkipException:
            raise
        except AirflowException as error:
            process = self.subprocess_hook.sub_process
            reason = HOPELESS.get(process.returncode) if process else None
            if reason is None:
                raise
            raise AirflowFailException(f"yinliu {self.command}: exit {process.returncode}: {reason}") from error


def variables(params: Mapping[str, Any]) -> dict[str, str]:
    """Params as shell variables: a list becomes words, null becomes empty."""
    return {
        f"PARAM_{name.upper()}": " ".join(value) if isinstance(value, list) else str(value or "")
        for name, value in params.items()
    }


def at(cron: str) -> CronTriggerTimetable:
    """That time in Shanghai; a DAG that is new waits for the next tick and does not make up for the last one."""
    return CronTriggerTimetable(cron, timezone="Asia/Shanghai", run_immediately=timedelta(minutes=1))


def names(title: str) -> Param:
    """A Param that lists names from the workspace; nothing that a shell could take for an option or a command."""
    return Param(
        [],
        type="array",
        items={"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"},
        title=title,
        description="每行一个名称，留空表示全部 / one name a line, empty means all",
    )
