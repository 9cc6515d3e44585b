"""A supervisor over fake components, from outside: start, stop, restart, give up, refuse, clean up."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE, wait_until

Begin = Callable[..., Any]

STAY = ("sleep", "300")
FLEDGED = (
    "sh",
    "-c",
    "setsid sh -c 'trap \"\" TERM; while :; do sleep 1; done' & exec sleep 300",
)
STUBBORN = ("sh", "-c", "trap '' TERM; while :; do sleep 1; done")


def counting(name: str, rest: str) -> tuple[str, ...]:
    """A service that notes each of its starts in $FOLDER/NAME."""
    return ("sh", "-c", f'echo start >> "$FOLDER/{name}"; {rest}')


def noting(name: str) -> tuple[str, ...]:
    """A service that notes its name in $FOLDER/order when it is told to stop."""
    return (
        "sh",
        "-c",
        f'trap \'echo {name} >> "$FOLDER/order"; exit 0\' TERM; echo up >> "$FOLDER/up"; while :; do sleep 0.05; done',
    )


def lines(file: Path) -> list[str]:
    """The lines of a file that may not be there yet."""
    return file.read_text().splitlines() if file.exists() else []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_everything_and_leaves_no_process(trial: Begin, number: int) -> None:
    """Not even one that ignores TERM or has gone into a session of its own is left."""
    supervisor = trial(STAY, FLEDGED, STUBBORN)
    assert supervisor.ready()
    wait_until(lambda: len(supervisor.pids) >= 4)
    assert supervisor.stop(number) == 0
    assert supervisor.pids == []
    assert "no process is left" in supervisor.said


def test_services_stop_in_reverse_order(trial: Begin, tmp_path: Path) -> None:
    """What was started last is stopped first, so that a task can still report to the server."""
    supervisor = trial(noting("one"), noting("two"), noting("three"), patience={"stop": PATIENCE})
    wait_until(lambda: len(lines(tmp_path / "up")) == 3)
    assert supervisor.stop() == 0
    assert lines(tmp_path / "order") == ["three", "two", "one"]


def test_preparations_end_before_services_begin(trial: Begin, tmp_path: Path) -> None:
    """Preparations run in order, each to its end."""
    slow = ["sh", "-c", 'sleep 0.3; echo slow >> "$FOLDER/one"']
    quick = ["sh", "-c", 'echo quick >> "$FOLDER/one"']
    trial(counting("one", "exec sleep 300"), preparations=[slow, quick])
    wait_until(lambda: len(lines(tmp_path / "one")) == 3)
    assert lines(tmp_path / "one") == ["slow", "quick", "start"]


def test_a_stop_during_a_preparation_is_obeyed(trial: Begin, tmp_path: Path) -> None:
    """Nobody has to wait for a migration to stop."""
    supervisor = trial(counting("one", "exec sleep 300"), preparations=[["sh", "-c", "sleep 300"]])
    wait_until(lambda: "starting" in supervisor.said and supervisor.pids)
    assert supervisor.stop() == 0
    assert (supervisor.pids, lines(tmp_path / "one")) == ([], [])


def test_a_preparation_that_fails_stops_all_and_names_its_log(trial: Begin) -> None:
    """Exit 4, and where to read why."""
    supervisor = trial(STAY, preparations=[["sh", "-c", "echo broken; exit 1"]])
    assert supervisor.process.wait(PATIENCE) == 4
    log = supervisor.home / "logs" / "prepare.log"
    assert (str(log) in supervisor.said, log.read_text()) == (True, "broken\n")


def test_a_service_that_dies_is_started_again(trial: Begin, tmp_path: Path) -> None:
    """Two deaths, growing pauses, then it stays and all is well."""
    twice = 'test $(wc -l < "$FOLDER/one") -gt 2 && exec sleep 300; exit 7'
    supervisor = trial(counting("one", twice), STAY)
    wait_until(lambda: len(lines(tmp_path / "one")) == 3)
    assert [line for line in supervisor.said.splitlines() if "exit 7" in line and "again in" in line][1:] != []
    assert "0.1 s" in supervisor.said
    assert "0.2 s" in supervisor.said
    assert supervisor.stop() == 0


def test_what_a_dead_service_left_is_cleared_before_it_starts_again(trial: Begin, tmp_path: Path) -> None:
    """An orphan of the first life does not work beside the second."""
    orphan = "setsid sleep 299 & sleep 0.3; exit 1"
    supervisor = trial(counting("one", f'test $(wc -l < "$FOLDER/one") -gt 1 && exec sleep 300; {orphan}'))
    wait_until(lambda: len(lines(tmp_path / "one")) == 2)
    wait_until(lambda: len(supervisor.pids) == 1)


def test_a_service_that_keeps_dying_stops_all(trial: Begin, tmp_path: Path) -> None:
    """After the allowed restarts: exit 4, its log named, nothing left."""
    supervisor = trial(STAY, counting("two", "exit 1"), patience={"restarts": 2, "backoff": 0.05})
    assert supervisor.process.wait(PATIENCE) == 4
    assert len(lines(tmp_path / "two")) == 3
    assert str(supervisor.home / "logs" / "two.log") in supervisor.said
    assert supervisor.pids == []


def test_services_that_never_become_well_are_stopped(trial: Begin) -> None:
    """Exit 4 once patience is over."""
    supervisor = trial(STAY, well=False, patience={"healthy": 0.5})
    assert supervisor.process.wait(PATIENCE) == 4
    assert (supervisor.pids, "ready:" in supervisor.said) == ([], False)


def test_the_next_start_sweeps_what_a_killed_supervisor_left(trial: Begin) -> None:
    """kill -9 leaves processes; the next start ends them all and works."""
    first = trial(STAY, FLEDGED)
    assert first.ready()
    wait_until(lambda: len(first.pids) >= 3)
    first.stop(signal.SIGKILL)
    left = set(first.pids)
    assert len(left) >= 3
    second = trial(STAY)
    assert second.ready()
    assert not left & set(second.pids)
    assert "processes left over from last time" in second.said
    assert second.stop() == 0


def test_a_second_supervisor_of_the_same_home_is_refused(trial: Begin) -> None:
    """It names the running one, exits 3 and does the first no harm."""
    first = trial(STAY)
    assert first.ready()
    before = first.pids
    second = trial(STAY)
    assert second.process.wait(PATIENCE) == 3
    assert "already_running" in second.said
    assert f"process {first.process.pid}" in second.said
    assert first.pids == before


def test_a_port_in_use_is_named_with_the_way_out(trial: Begin, port: int) -> None:
    """Exit 2 before anything is started."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        supervisor = trial(STAY)
        assert supervisor.process.wait(PATIENCE) == 2
    assert f"port_in_use: port {port}" in supervisor.said
    assert "--port" in supervisor.said
    assert not (supervisor.home / "logs" / "one.log").exists()


def test_the_password_is_said_nowhere(trial: Begin) -> None:
    """Only its file is announced."""
    supervisor = trial(("sh", "-c", "env; exec sleep 300"))
    assert supervisor.ready()
    password = (supervisor.home / "passwords.json").read_text().split('"')[3]
    said = supervisor.said + (supervisor.home / "logs" / "one.log").read_text()
    assert (
        password in said,
        str(supervisor.home / "passwords.json") in supervisor.said,
    ) == (False, True)


def test_nobody_else_may_read_the_home(trial: Begin) -> None:
    """The folder has mode 0700 and every file with a secret 0600."""
    supervisor = trial(STAY)
    assert supervisor.ready()
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in supervisor.home.iterdir() if file.is_file()}
    assert oct(supervisor.home.stat().st_mode & 0o777) == "0o700"
    assert {modes[name] for name in ("secrets.json", "passwords.json", "airflow.cfg")} == {"0o600"}
