"""What lies in the home and what Airflow is told."""

from __future__ import annotations

import json
import os
import sysconfig
from configparser import ConfigParser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from yinliu.errors import Misconfigured
from yinliu.supervisor import Component, airflow_parts, pools
from yinliu.supervisor.health import claim_port, fetch_health, is_healthy
from yinliu.supervisor.home import LOG_LIMIT, Home
from yinliu.supervisor.settings import airflow_config, asynchronous_database, child_environment, search_path

SCRIPTS = sysconfig.get_path("scripts")
START = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A prepared home whose path needs escaping."""
    made = Home(tmp_path / "50% 引流")
    made.prepare()
    return made


def read(home: Home) -> ConfigParser:
    """The settings as Airflow reads them (it interpolates)."""
    parser = ConfigParser()
    parser.read_string(airflow_config(home, dags_folder=home.path / "dags", port=8080))
    return parser


def environment(home: Home, **given: str) -> dict[str, str]:
    """What a component gets when the caller's environment is ``given``."""
    return child_environment(
        home,
        environment=given,
        workspace=home.path,
        platforms=("feed", "page"),
        dags_folder=home.path / "dags",
        port=8080,
    )


def report(*, scheduler: str = "healthy", age: float = -1) -> dict[str, Any]:
    """Airflow's health with heartbeats so many seconds before START."""
    beat = (START - timedelta(seconds=age)).isoformat()
    return {
        "metadatabase": {"status": "healthy"},
        "scheduler": {"status": scheduler, "latest_scheduler_heartbeat": beat},
        "triggerer": {"status": None, "latest_triggerer_heartbeat": None},
        "dag_processor": {"status": "healthy", "latest_dag_processor_heartbeat": beat},
    }


def test_secrets_are_made_once_and_kept(home: Home) -> None:
    """The second start finds the first one's secrets and password."""
    before = (dict(home.secrets()), home.password_file.read_text())
    home.prepare()
    assert (dict(home.secrets()), home.password_file.read_text()) == before


def test_the_jwt_secret_is_long_enough(home: Home) -> None:
    """HS512 wants 64 bytes or more."""
    assert len(home.secrets()["jwt"].encode()) >= 64


def test_a_large_log_is_put_aside_while_it_is_written(home: Home) -> None:
    """Its writer appends and goes on in the emptied file."""
    log = home.log("one")
    with log.open("ab") as writer:
        writer.write(b"x" * (LOG_LIMIT + 1))
        writer.flush()
        home.rotate("one")
        writer.write(b"after\n")
    assert log.read_bytes() == b"after\n"
    assert log.with_suffix(".log.1").stat().st_size == LOG_LIMIT + 1


def test_the_settings_survive_a_percent_sign_in_the_path(home: Home) -> None:
    """Airflow reads the path back as it is."""
    assert read(home)["core"]["dags_folder"] == str(home.path / "dags")
    assert read(home)["database"]["sql_alchemy_conn"] == f"sqlite:///{home.path}/airflow.db"


def test_airflow_listens_on_loopback_only(home: Home) -> None:
    """In the settings and on the command line."""
    server = airflow_parts(port=8080, pools_file=home.pools_file).services[0]
    assert read(home)["api"]["host"] == "127.0.0.1"
    assert server.command[-4:] == ("--host", "127.0.0.1", "--port", "8080")


def test_no_environment_opens_airflow_to_everybody(home: Home) -> None:
    """What guards the door overrules what the caller has set."""
    got = environment(
        home,
        AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS="True",
        AIRFLOW_HOME="/elsewhere",
    )
    assert got["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS"] == "False"
    assert got["AIRFLOW_HOME"] == str(home.path)


def test_the_rest_of_the_environment_is_the_callers(home: Home) -> None:
    """A PostgreSQL for Airflow passes through; bytecode is written again; secrets stay in files."""
    got = environment(
        home,
        AIRFLOW__DATABASE__SQL_ALCHEMY_CONN="postgresql://x",
        PYTHONDONTWRITEBYTECODE="1",
    )
    assert got["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == "postgresql://x"
    assert "PYTHONDONTWRITEBYTECODE" not in got
    assert got["YINLIU_PLATFORMS"] == "feed,page"
    assert not set(got.values()) & {
        home.secrets()["jwt"],
        home.secrets()["fernet"],
        home.secrets()["api"],
    }


def test_a_proxy_is_not_asked_for_loopback(home: Home) -> None:
    """Tasks talk to 127.0.0.1 even behind a company's proxy."""
    got = environment(home, https_proxy="http://proxy", NO_PROXY="intranet")
    assert (got["NO_PROXY"], got["no_proxy"]) == (
        "127.0.0.1,localhost,intranet",
        "127.0.0.1,localhost",
    )


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("/bin", f"{SCRIPTS}{os.pathsep}/bin"),
        (f"/a{os.pathsep}{SCRIPTS}", f"/a{os.pathsep}{SCRIPTS}"),
    ],
)
def test_our_own_scripts_are_found(given: str, wanted: str) -> None:
    """They go first, unless the caller has given them a place."""
    assert search_path(given) == wanted


def test_a_browser_platform_crawls_one_at_a_time() -> None:
    """page has one slot, the others four."""
    slots = {name: pool["slots"] for name, pool in pools(("feed", "page")).items()}
    assert slots == {"platform_feed": 4, "platform_page": 1}
    assert json.dumps(pools(("feed",)))


def test_more_services_come_last(home: Home) -> None:
    """What runs beside Airflow is started after it and stopped before it."""
    more = airflow_parts(port=8080, pools_file=home.pools_file).beside([Component("console", ("x",))])
    assert [one.name for one in more.services] == [
        "api-server",
        "scheduler",
        "dag-processor",
        "console",
    ]


def test_health_wants_heartbeats_of_this_start() -> None:
    """A killed predecessor's heartbeat, still fresh in the database, does not count."""
    assert is_healthy(report(), since=START)
    assert not is_healthy(report(age=5), since=START)
    assert not is_healthy(report(scheduler="unhealthy"), since=START)
    assert not is_healthy({}, since=START)


def test_nobody_answering_is_no_health() -> None:
    """A closed port gives an empty report instead of an error."""
    assert fetch_health(1) == {}


@pytest.mark.parametrize("port", [70000, -1])
def test_an_impossible_port_is_refused(port: int) -> None:
    """With the way out named."""
    with pytest.raises(Misconfigured, match="--port") as caught:
        claim_port(port)
    assert caught.value.code == "port_refused"


def test_postgresql_is_spoken_to_by_psycopg() -> None:
    """Airflow's asynchronous connection follows the one that was given, by the driver that is installed."""
    given = {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql+psycopg2://a:b@host/airflow"}
    found = asynchronous_database(given)
    assert found["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC"] == "postgresql+psycopg_async://a:b@host/airflow"
    assert asynchronous_database({}) == {}
