"""## 日常维护

每 10 分钟运行一次。

| 步骤 | 做什么 |
|---|---|
| `upkeep` | 收回没人跟进的工单、释放过期的名额、提醒超时的工单 |
| `invite` | 向可由程序邀请的社群（如 Matrix）发出邀请，每人只发一次；结果不明的先核实 |
| `observe` | 看谁进了群、谁退了群，更新工单和名额 |

没有参数。没有可做的事（例如全部由运营手动邀约）显示为“跳过”，属于正常情况；前一步跳过，后面的照常运行。

**失败了怎么办**　偶尔失败不用管，10 分钟后会再运行，不会重复邀请；连续失败时看日志的最后一行，按提示处理
（退出码 3 是社群平台暂时连不上或要求放慢，4 是令牌或权限要处理）。

## Upkeep

Every 10 minutes: take back tickets that nobody works on, release expired seats, flag late tickets; invite by the hubs
(each person once); see who joined or left. No params; "skipped" means that there was nothing to do, and the next step
runs all the same. One failure mends itself at the next run; when it keeps failing follow the log's last line.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from commands import DEFAULTS, Command, at

with DAG(
    "upkeep",
    dag_display_name="日常维护 upkeep",
    description="收回工单、提醒超时、自动邀约、查看进群 / recycle, flag late tickets, invite, observe",
    doc_md=__doc__,
    schedule=at("*/10 * * * *"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS | {"retries": 0, "trigger_rule": "none_failed", "execution_timeout": timedelta(minutes=9)},
    tags=["维护", "yinliu"],
) as dag:
    upkeep = Command(task_id="upkeep", command="upkeep --json")
    invite = Command(task_id="invite", command="invite --json")
    observe = Command(task_id="observe", command="observe --json")
    upkeep >> invite >> observe
