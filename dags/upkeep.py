"""## 日常维护

每 10 分钟运行一次：收回没人跟进的工单、释放过期的名额、提醒超时的工单。

没有参数。没有可做的事时显示为“跳过”，属于正常情况。

**失败了怎么办**　偶尔失败不用管，10 分钟后会再运行；连续失败时看日志的最后一行，按提示处理。

## Upkeep

Every 10 minutes: take back tickets that nobody works on, release expired seats, flag late tickets. No params; "skipped"
means that there was nothing to do. One failure mends itself at the next run; when it keeps failing follow the log's
last line.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from commands import DEFAULTS, Command, at

with DAG(
    "upkeep",
    dag_display_name="日常维护 upkeep",
    description="收回工单、释放名额、提醒超时 / expire leases, recycle, flag late tickets",
    doc_md=__doc__,
    schedule=at("*/10 * * * *"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS | {"retries": 0, "execution_timeout": timedelta(minutes=9)},
    tags=["维护", "yinliu"],
) as dag:
    Command(task_id="upkeep", command="upkeep --json")
