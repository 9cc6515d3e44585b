"""## 采集

每小时到各平台取回我们发布的内容、评论和数据，写进落地文件，再入库。

| 步骤 | 做什么 |
|---|---|
| `plan` | 列出这次要采集的来源，按平台分组 |
| `sources_平台` → `crawl_平台` | 每个来源一个任务，在该平台的池 `platform_平台` 里排队 |
| `load` | 所有采集都结束后把落地文件入库；个别来源失败也照常入库 |
| `verdict` | 只要有一步失败，就把这次运行记为失败 |

**参数**　`sources`：来源名称，留空表示全部；`since`：只取这一天（含）之后的内容，留空则从上次的位置接着取。

**失败了怎么办**　打开红色任务的日志看最后一行。退出码 3（站点暂时打不开等）会自动重试两次；2（配置有误）和
4（需要登录、授权等）不会重试：按提示处理后，清除（Clear）该任务即可。已落地的文件不会丢，也不会重复入库。

## Gather

Every hour: fetch what we published, the comments and the figures into landing files, then load them. One task a
source, one pool a platform. `load` runs even when a source failed; `verdict` then marks the run as failed. Params:
`sources` (empty means all) and `since` (a date). Exit 3 is retried twice; 2 and 4 need a person: follow the log's last
line, then clear the task.
"""

from __future__ import annotations

import json
import os
from typing import Any

from airflow.sdk import DAG, Param, task
from airflow.sdk.exceptions import AirflowFailException

from commands import CONTENT, DEFAULTS, Command, at, names

EVERY = "feed,file,json,page,wechat_mp,wordpress"
PLATFORMS = [name.strip() for name in os.environ.get("YINLIU_PLATFORMS", EVERY).split(",") if name.strip()]
SINCE = '${PARAM_SINCE:+--since "$PARAM_SINCE"}'


def planned(answer: str) -> dict[str, list[str]]:
    """The plan, provided that each of its platforms has a task here: a source must not be left out in silence."""
    plan: dict[str, list[str]] = json.loads(answer)
    if strangers := sorted(plan.keys() - set(PLATFORMS)):
        raise AirflowFailException(f"YINLIU_PLATFORMS 里没有 / lacks: {', '.join(strangers)}")
    return plan


@task
def sources(plan: Any, platform: str) -> list[dict[str, str]]:
    """The sources of one platform, each as the environment of one crawl."""
    return [{"SOURCE": name} for name in plan.get(platform, [])]


@task(trigger_rule="one_failed", retries=0)
def verdict(**context: Any) -> None:
    """Fail the run: only reached when a step has failed."""
    raise AirflowFailException("有步骤失败，见上游红色任务 / a step failed: see the red tasks upstream")


with DAG(
    "gather",
    dag_display_name="采集 gather",
    description="到各平台取回内容、评论和数据 / fetch content, comments and figures",
    doc_md=__doc__,
    schedule=at("0 * * * *"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["采集", "yinliu"],
    params={
        "sources": names("来源 Sources"),
        "since": Param(
            None,
            type=["null", "string"],
            format="date",
            title="起始日期 Since",
            description="只取这一天（含）之后的内容 / only what is not older than this day",
        ),
    },
) as dag:
    plan = Command(task_id="plan", command=f"plan --json $PARAM_SOURCES {SINCE}", output_processor=planned)
    load = Command(task_id="load", command="load --json", trigger_rule="all_done", outlets=[CONTENT])
    crawls = [
        Command.partial(
            task_id=f"crawl_{name}", command=f'crawl "$SOURCE" --json {SINCE}', pool=f"platform_{name}"
        ).expand(env=sources.override(task_id=f"sources_{name}")(plan.output, name))
        for name in PLATFORMS
    ]
    crawls >> load
    [plan, *crawls, load] >> verdict()
