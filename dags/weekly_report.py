"""## 内容周报

每周一 09:00 生成上一周的内容周报并发送给团队。

**参数**　`week`：ISO 周，例如 `2026-W47`；留空表示上一个完整的周（北京时间）。

**失败了怎么办**　看红色任务日志的最后一行。退出码 3 自动重试两次；2 和 4（配置、邮箱授权）按提示处理后清除（Clear）
该任务。同一周重跑会更新同一份周报，不会重复。

## Weekly report

Mondays at 09:00: write last week's content report, then deliver it. Param `week`: an ISO week such as `2026-W47`, empty
means the last full week in Shanghai. Exit 3 is retried; after 2 or 4 follow the log's last line and clear the task.
"""

from __future__ import annotations

from airflow.sdk import DAG, Param

from commands import DEFAULTS, Command, at

WEEK = '${PARAM_WEEK:+--week "$PARAM_WEEK"}'

with DAG(
    "weekly_report",
    dag_display_name="内容周报 weekly_report",
    description="生成并发送上一周的内容周报 / write and deliver last week's content report",
    doc_md=__doc__,
    schedule=at("0 9 * * 1"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["周报", "yinliu"],
    params={
        "week": Param(
            None,
            type=["null", "string"],
            pattern="^[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])$",
            title="周 Week",
            description="ISO 周，例如 2026-W47；留空表示上一周 / empty means last week",
        ),
    },
) as dag:
    report = Command(task_id="report", command=f"report --json {WEEK}")
    deliver = Command(task_id="deliver", command=f"deliver --json {WEEK}")
    report >> deliver
