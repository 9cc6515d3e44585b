"""Airflow's settings for one small machine, and the environment its components get."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Mapping, Sequence
from configparser import ConfigParser
from io import StringIO
from pathlib import Path

from yinliu.supervisor.home import USER, Home

MARK = "YINLIU_SUPERVISOR"
COMPONENT = "YINLIU_COMPONENT"
TIMEZONE = "Asia/Shanghai"

_CONNECTION = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"


def airflow_config(home: Home, *, dags_folder: Path, port: int) -> str:
    """The text of airflow.cfg; an ``AIRFLOW__…`` variable of the user's still wins over it."""
    kept = home.secrets()
    parser = ConfigParser(interpolation=None)
    parser.read_dict(
        {
            "core": _core(home, dags_folder=dags_folder, fernet=kept["fernet"]),
            "database": {"sql_alchemy_conn": f"sqlite:///{home.path / 'airflow.db'}"},
            "logging": {
                "base_log_folder": str(home.logs / "tasks"),
                "dag_processor_child_process_log_directory": str(home.logs / "dags"),
            },
            "api": _api(port=port, secret=kept["api"]),
            "api_auth": {"jwt_secret": kept["jwt"]},
            "scheduler": {
                "scheduler_idle_sleep_time": "0.2",
                "task_instance_heartbeat_timeout": "60",
            },
            "workers": {"min_heartbeat_interval": "1"},
            "dag_processor": {"parsing_processes": "1"},
        }
    )
    for section in parser.sections():  # Airflow interpolates: a % in a path must be doubled
        for name, value in parser.items(section):
            parser.set(section, name, value.replace("%", "%%"))
    text = StringIO()
    parser.write(text)
    return text.getvalue()


def _core(home: Home, *, dags_folder: Path, fernet: str) -> dict[str, str]:
    return {
        "dags_folder": str(dags_folder),
        "executor": "LocalExecutor",
        "parallelism": "4",
        "load_examples": "False",
        "dags_are_paused_at_creation": "False",
        "default_timezone": TIMEZONE,
        "fernet_key": fernet,
        "simple_auth_manager_users": f"{USER}:admin",
        "simple_auth_manager_passwords_file": str(home.password_file),
    }


def _api(*, port: int, secret: str) -> dict[str, str]:
    return {
        "host": "127.0.0.1",
        "port": str(port),
        "base_url": f"http://127.0.0.1:{port}",
        "workers": "1",
        "secret_key": secret,
        "instance_name": "引流 yinliu",
    }


def child_environment(
    home: Home,
    *,
    environment: Mapping[str, str],
    workspace: Path,
    platforms: Sequence[str],
    dags_folder: Path,
    port: int,
) -> dict[str, str]:
    """What every component and every task of its gets: the caller's environment, and what must not be overruled."""
    given = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return asynchronous_database(given) | {
        "AIRFLOW_HOME": str(home.path),
        "AIRFLOW_CONFIG": str(home.config_file),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags_folder.resolve()),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home.password_file),
        "NO_PROXY": _listed("127.0.0.1,localhost", environment.get("NO_PROXY", "")),
        "no_proxy": _listed("127.0.0.1,localhost", environment.get("no_proxy", "")),
        "PATH": search_path(environment.get("PATH", os.defpath)),
        "SPT_NOENV": "1",  # else setproctitle writes its title over the mark in /proc/PID/environ
        "YINLIU_PLATFORMS": ",".join(platforms),
        "YINLIU_WORKSPACE": str(workspace.resolve()),
        MARK: home.secrets()["identity"],
    }


def asynchronous_database(environment: dict[str, str]) -> dict[str, str]:
    """The environment; where it names a PostgreSQL for Airflow, the API speaks to it by psycopg 3, which is installed,
    and not by asyncpg, which is not and takes no socket's folder."""
    url = environment.get(_CONNECTION, "")
    if not url.startswith("postgresql") or f"{_CONNECTION}_ASYNC" in environment:
        return environment
    return environment | {f"{_CONNECTION}_ASYNC": f"postgresql+psycopg_async:{url.partition(':')[2]}"}


def search_path(path: str) -> str:
    """PATH with this Python's own scripts (``yinliu``, ``airflow``) first, unless they have a place in it already."""
    scripts = sysconfig.get_path("scripts")
    return path if scripts in path.split(os.pathsep) else _listed(scripts, path, separator=os.pathsep)


def _listed(*items: str, separator: str = ",") -> str:
    return separator.join(item for item in items if item)
