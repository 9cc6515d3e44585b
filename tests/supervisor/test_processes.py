"""Processes found and ended by the mark in their environment."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patience import PATIENCE, wait_until
from yinliu.supervisor import Component
from yinliu.supervisor.processes import marked, start, sweep

Mark = dict[str, str]


@pytest.fixture
def mark() -> Iterator[Mark]:
    """A mark nobody else has; what carries it is ended afterwards."""
    fresh = {"YINLIU_TRIAL": secrets.token_hex(8)}
    yield fresh
    sweep(fresh, grace=0)


def begin(mark: Mark, setup: str, work: str = "exec sleep 300") -> subprocess.Popen[bytes]:
    """Start a marked shell in a session of its own; it has done ``setup`` when this returns."""
    command = ["sh", "-c", f"{setup}\necho ready; {work}"]
    process = subprocess.Popen(command, env=os.environ | mark, start_new_session=True, stdout=subprocess.PIPE)
    assert process.stdout
    with process.stdout as output:
        assert output.readline() == b"ready\n"
    return process


def test_a_mark_is_found_in_whatever_session(mark: Mark) -> None:
    """A child, and its child in another session, are found; an unmarked process is not."""
    begin(mark, "setsid sleep 300 &")
    with subprocess.Popen(["sleep", "300"]) as stranger:
        found = marked(mark)
        stranger.kill()
    assert len(found) == 2
    assert stranger.pid not in found


def test_every_variable_of_a_mark_has_to_match(mark: Mark) -> None:
    """Another component of the same supervisor is left alone."""
    begin(mark | {"PART": "one"}, ":")
    assert (len(marked(mark | {"PART": "one"})), marked(mark | {"PART": "two"})) == (
        1,
        [],
    )


def test_a_process_is_found_while_it_becomes_another_program(mark: Mark, tmp_path: Path) -> None:
    """Between two programs its environment is empty for a moment; looked at 500 times, it is found 500 times."""
    restless = tmp_path / "restless"
    restless.write_text('#!/bin/sh\nexec "$0"\n')
    restless.chmod(0o700)
    begin(mark, ":", f"exec {restless}")
    assert sum(len(marked(mark)) for _ in range(500)) == 500


def test_the_sweeper_spares_itself(mark: Mark) -> None:
    """A marked process that sweeps outlives it."""
    code = f"from yinliu.supervisor.processes import sweep; sweep({mark!r}, grace=0); print('alive')"
    root = str(Path(__file__).parents[2])
    environment = os.environ | mark | {"PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
    result = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "alive\n"


def test_a_sweep_is_polite_first(mark: Mark, tmp_path: Path) -> None:
    """Within the grace a process may put its things in order."""
    process = begin(
        mark,
        f"trap 'echo bye > {tmp_path}/bye; exit 0' TERM",
        "while :; do sleep 0.05; done",
    )
    assert sweep(mark, grace=PATIENCE) >= 1
    assert (tmp_path / "bye").read_text() == "bye\n"
    assert process.wait(PATIENCE) == 0


def test_a_sweep_ends_what_forks_while_it_sweeps(mark: Mark) -> None:
    """It returns only when nobody is left."""
    begin(mark, "trap '' TERM", "while :; do setsid sleep 300 & sleep 0.02; done")
    wait_until(lambda: len(marked(mark)) > 5)
    assert sweep(mark, grace=0.2) > 5
    assert marked(mark) == []


def test_a_child_ends_with_all_it_has_started(mark: Mark, tmp_path: Path) -> None:
    """Its commands in other sessions are told first, then it, then nobody is left."""
    script = "setsid sh -c 'trap \"\" TERM; while :; do sleep 0.1; done' & exec sleep 300"
    child = start(
        Component("one", ("sh", "-c", script)),
        environment=dict(os.environ),
        mark=mark,
        log=tmp_path / "one.log",
    )
    wait_until(lambda: len(marked(child.mark)) > 1)
    assert child.alive
    child.stop(grace=0.3)
    assert (child.alive, marked(mark)) == (False, [])


def test_a_child_writes_to_the_end_of_its_log(mark: Mark, tmp_path: Path) -> None:
    """Both of its streams, after what was there."""
    log = tmp_path / "one.log"
    log.write_text("before\n")
    component = Component("one", ("sh", "-c", "echo out; echo err >&2"))
    start(component, environment=dict(os.environ), mark=mark, log=log).process.wait(PATIENCE)
    assert log.read_text() == "before\nout\nerr\n"
