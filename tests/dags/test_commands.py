"""The operator: what each exit code means, and what reaches the shell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DAGS = Path(__file__).parents[2] / "dags"


@pytest.fixture
def commands(bag: Any) -> Any:
    """The module the DAG files share (on sys.path once the DAGs are parsed)."""
    return sys.modules["commands"]


def execute(commands: Any, **options: Any) -> Any:
    """Run one command outside of any DAG run."""
    params = options.pop("params", {})
    return commands.Command(task_id="trial", **options).execute({"params": params})


def test_the_json_answer_becomes_the_xcom(commands: Any, fake: Any) -> None:
    """The answer is read even when something was said on stderr."""
    assert execute(commands, command="load --json") == {"command": "load", "code": 0}


@pytest.mark.parametrize("code", [2, 4, 126, 127])
def test_what_needs_a_person_fails_without_retry(commands: Any, fake: Any, code: int) -> None:
    """Exit codes that trying again cannot mend end the task for good."""
    from airflow.sdk.exceptions import AirflowFailException

    fake.exits("load", code)
    with pytest.raises(AirflowFailException, match=f"exit {code}"):
        execute(commands, command="load --json")


@pytest.mark.parametrize("code", [1, 3, 143])
def test_what_may_pass_is_left_to_the_retries(commands: Any, fake: Any, code: int) -> None:
    """Retry later, a crash and a kill raise the error that Airflow retries."""
    from airflow.sdk.exceptions import AirflowException, AirflowFailException

    fake.exits("load", code)
    with pytest.raises(AirflowException) as caught:
        execute(commands, command="load --json")
    assert not isinstance(caught.value, AirflowFailException)


def test_nothing_to_do_is_skipped(commands: Any, fake: Any) -> None:
    """Exit 99 skips the task."""
    from airflow.sdk.exceptions import AirflowSkipException

    fake.exits("load", 99)
    with pytest.raises(AirflowSkipException):
        execute(commands, command="load --json")


@pytest.mark.parametrize("value", ["$(touch broken)", "`touch broken`", "; touch broken", "' \" \\ *"])
def test_a_hostile_param_stays_one_word(commands: Any, fake: Any, value: str) -> None:
    """Whatever a Param holds, the shell sees it as one argument."""
    execute(
        commands,
        command='crawl --since "$PARAM_SINCE"',
        params={"since": value},
        cwd=str(fake.folder),
    )
    assert fake.calls == [f"crawl --since {value}"]
    assert not (fake.folder / "broken").exists()


def test_params_become_prefixed_variables(commands: Any) -> None:
    """A Param's name cannot shadow PATH or LD_PRELOAD."""
    values = {"path": "x", "sources": ["a", "b"], "since": None}
    assert commands.variables(values) == {
        "PARAM_PATH": "x",
        "PARAM_SOURCES": "a b",
        "PARAM_SINCE": "",
    }


def test_a_missing_yinliu_is_named(commands: Any, fake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the command on PATH the task says so and is not retried."""
    from airflow.sdk.exceptions import AirflowFailException

    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    with pytest.raises(AirflowFailException, match="PATH"):
        execute(commands, command="load --json")


@pytest.mark.parametrize("banned", ["crawlers", "nlp", "models", "yinliu", "scrapy", "spacy", "sqlalchemy"])
def test_ruff_bans_our_rooms_in_dags(banned: str) -> None:
    """dags/ruff.toml refuses an import of ours."""
    check = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--stdin-filename",
        str(DAGS / "trial.py"),
        "-",
    ]
    code = f"import {banned}\n\nprint({banned})\n"
    result = subprocess.run(check, input=code, text=True, capture_output=True, check=False)
    assert "TID251" in result.stdout
