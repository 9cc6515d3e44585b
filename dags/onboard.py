"""## 引流

有新内容入库后自动运行：打标签、判断谁是线索、把线索分派到合适的社群。

| 步骤 | 做什么 |
|---|---|
| `tag` | 给还没打过标签的内容和评论打主题、意向标签 |
| `qualify` | 按标签和互动给人计分，合格的成为线索 |
| `route` | 给线索选社群、留名额、生成工单，交给社群运营跟进 |

**何时运行**　资产 `content` 更新之后，也可以手动触发。没有参数。某一步没有可做的事会显示为“跳过”，后面的步骤照常运行
（可能有上次中断留下的活）；某一步失败，后面的步骤不再运行。

**失败了怎么办**　看红色任务日志的最后一行。退出码 3 自动重试两次；2 和 4 按提示处理后清除（Clear）该任务，
每一步都只做没做完的部分，重跑不会重复。

## Onboard

Runs when the asset `content` is updated: tag, qualify, route. A step with nothing to do is skipped and the next one
still runs; a step that fails stops the rest. No params. Exit 3 is retried; after 2 or 4 follow the log's last line and
clear the task: each step only does what is left, so running it again is safe.
"""

from __future__ import annotations

from airflow.sdk import DAG

from commands import CONTENT, DEFAULTS, LEADS, Command

with DAG(
    "onboard",
    dag_display_name="引流 onboard",
    description="打标签、识别线索、分派社群 / tag, qualify, route",
    doc_md=__doc__,
    schedule=[CONTENT],
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS | {"trigger_rule": "none_failed"},
    tags=["引流", "yinliu"],
) as dag:
    tag = Command(task_id="tag", command="tag --json")
    qualify = Command(task_id="qualify", command="qualify --json")
    route = Command(task_id="route", command="route --json", outlets=[LEADS])
    tag >> qualify >> route
