"""Shared options, exit codes, languages, and what a program reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from yinliu.cli.door import hoist

STAGES = ("load", "tag", "qualify", "route", "upkeep")


@pytest.mark.parametrize(
    ("given", "front"),
    [
        (["leads", "--json"], ["--json", "leads"]),
        (["crawl", "blog", "--workspace", "w", "--json"], ["--workspace", "w", "--json", "crawl", "blog"]),
        (["--lang=en", "status"], ["--lang=en", "status"]),
        (["status", "--workspace"], ["--workspace", "status"]),
    ],
)
def test_shared_options_may_stand_anywhere(given: list[str], front: list[str]) -> None:
    """Shared options come to the front with their values, the rest keeps its order."""
    assert hoist(given) == front


@pytest.mark.parametrize("stage", STAGES)
def test_nothing_to_do_is_99(call: Call, workspace: Path, stage: str) -> None:
    """A stage without work ends with 99, which schedulers read as skipped."""
    assert call("--workspace", str(workspace), stage).code == 99


@pytest.mark.parametrize("stage", STAGES)
def test_json_is_one_object_even_then(call: Call, workspace: Path, stage: str) -> None:
    """With --json standard output is one JSON object and nothing else."""
    said = call(stage, "--workspace", str(workspace), "--json")
    assert json.loads(said.out)["error"] == "nothing_to_do"


@pytest.mark.parametrize("command", ["crawl", "run"])
def test_without_sources_there_is_nothing_to_do(call: Call, workspace: Path, command: str) -> None:
    """A workspace whose sources.yaml has no source ends with 99 and says what to do next, without a table of zeros."""
    said = call("--workspace", str(workspace), command)
    assert (said.code, said.out.strip()) == (99, "")
    assert all(word in said.err for word in ("还没有来源", str(workspace / "sources.yaml"), "yinliu doctor"))
    told = json.loads(call("--workspace", str(workspace), command, "--json").out)
    assert told["error"] == "no_sources"


def test_a_run_without_sources_loads_what_others_left(call: Call, workspace: Path) -> None:
    """Landing files are taken in all the same: that is work; the missing sources are told beside it."""
    rows = [
        {"kind": "run", "source": "blog", "platform": "feed", "started_at": "2026-11-20T00:00:00+00:00"},
        {"kind": "post", "external_id": "1", "url": "http://x.example/1", "title": "雪山露营", "body": "文"},
        {"kind": "end", "lines": 1, "cursor": {}},
    ]
    file = workspace / "data" / "landing" / "blog" / "1.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    said = call("--workspace", str(workspace), "run")
    assert (said.code, "还没有来源" in said.out, "入库" in said.out) == (0, True, True)
    assert call("--workspace", str(workspace), "run").code == 99


def test_a_mistake_is_2_and_names_its_place(call: Call, workspace: Path) -> None:
    """A wrong file ends with 2 and its line."""
    (workspace / "scoring.yaml").write_text("signals: {}\ngrades: {A: high}\nqualified: [A]\n", encoding="utf-8")
    said = call("--workspace", str(workspace), "qualify")
    assert said.code == 2
    assert "scoring.yaml:2" in said.err


def test_english_by_a_switch(call: Call, workspace: Path) -> None:
    """--lang en speaks English, the default is Chinese."""
    assert "没有来源" not in call("--workspace", str(workspace), "--lang", "en", "crawl").err
    assert "sources.yaml 里还没有来源" in call("--workspace", str(workspace), "crawl").err


def test_a_contact_in_a_message_is_masked(call: Call, workspace: Path) -> None:
    """What somebody typed comes back masked."""
    said = call("--workspace", str(workspace), "crawl", "13800001234")
    assert said.code == 2
    assert "13800001234" not in said.out + said.err


@pytest.mark.parametrize("since", ["yesterday", "2026-13-01", ""])
def test_a_wrong_since_is_told(call: Call, workspace: Path, since: str) -> None:
    """--since must be a date."""
    said = call("--workspace", str(workspace), "crawl", "--since", since)
    assert (said.code, "2026-11-01" in said.err) == (2, True)


def test_a_wrong_variable_is_told(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """A YINLIU_ variable with a wrong value is named."""
    monkeypatch.setenv("YINLIU_LANG", "fr")
    said = call("status")
    assert (said.code, "YINLIU_LANG" in said.err) == (2, True)
