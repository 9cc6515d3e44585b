"""## 线索导出

每天 08:30 把有变化的线索送到销售的 CRM（或导出成文件），每个目标一个任务，互不影响。

**参数**　`target`：目标名称，留空表示 `crm.yaml` 里的全部目标。

**失败了怎么办**　看红色任务日志的最后一行。退出码 3（对方暂时不可用）自动重试两次；2 和 4（配置、密钥、权限）
按提示处理后清除（Clear）该任务。每条线索先记账再发送，重跑不会重复发送。

## CRM export

Daily at 08:30: send the leads that changed to each target, a task a target. Param `target`: names, empty means all of
`crm.yaml`. Exit 3 is retried; after 2 or 4 follow the log's last line and clear the task: no lead is sent twice.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, task
from airflow.sdk.exceptions import AirflowFailException

from commands import DEFAULTS, Command, at, names


@task
def targets(plan: Any, **context: Any) -> list[dict[str, str]]:
    """The targets that were asked for (all of them when none was named), each as the environment of one export."""
    known: list[str] = plan["targets"]
    chosen: list[str] = context["params"]["target"] or known
    if strangers := sorted(set(chosen) - set(known)):
        raise AirflowFailException(f"crm.yaml 里没有 / lacks: {', '.join(strangers)}; 可选 / known: {', '.join(known)}")
    return [{"TARGET": name} for name in chosen]


with DAG(
    "crm_export",
    dag_display_name="线索导出 crm_export",
    description="把有变化的线索送进 CRM / send changed leads to the CRM",
    doc_md=__doc__,
    schedule=at("30 8 * * *"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["导出", "yinliu"],
    params={"target": names("目标 Target")},
) as dag:
    plan = Command(task_id="plan", command="export --list --json")
    Command.partial(task_id="export", command='export "$TARGET" --json').expand(env=targets(plan.output))
