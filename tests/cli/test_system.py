"""``init``, ``doctor``, ``db upgrade``, ``demo``'s folder, and the key."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pytest

from models.vault import new_key
from tests.cli.conftest import Call
from yinliu.cli.app import app
from yinliu.workspace.folder import STARTER_FILES

ROOT = Path(__file__).parents[2]


def test_init_writes_and_keeps(call: Call, tmp_path: Path) -> None:
    """init writes every starter file, and a second time none."""
    first = json.loads(call("init", str(tmp_path / "w"), "--json").out)
    assert set(STARTER_FILES) < set(first["written"])
    assert json.loads(call("init", str(tmp_path / "w"), "--json").out)["written"] == []


def test_doctor_finds_a_starter_fine(call: Call, workspace: Path) -> None:
    """A starter workspace has nothing bad, only something to fill in."""
    said = call("--workspace", str(workspace), "doctor", "--json")
    findings = {finding["name"]: finding["state"] for finding in json.loads(said.out)["findings"]}
    assert said.code == 0
    assert findings["sources.yaml"] == "ok"
    assert findings["来源"] == "warn"


def test_doctor_names_every_wrong_file(call: Call, workspace: Path) -> None:
    """Two wrong files are both found in one go, each with its line; the exit code is 2."""
    (workspace / "crm.yaml").write_text("targets:\n  - {name: csv, kind: excel}\n", encoding="utf-8")
    (workspace / "yinliu.yaml").unlink()
    said = call("--workspace", str(workspace), "doctor")
    assert said.code == 2
    assert "crm.yaml:2" in said.out
    assert "缺少文件 yinliu.yaml" in said.out


def test_doctor_says_how_to_get_a_browser(call: Call, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a Chromium the finding says how to install one."""
    monkeypatch.setenv("YINLIU_CHROMIUM", str(workspace / "no-such-browser"))
    assert "apt install chromium" in call("--workspace", str(workspace), "doctor").out


def test_a_newer_database_is_refused(call: Call, workspace: Path) -> None:
    """A database of a later version ends with 4 and is left as it is."""
    call("--workspace", str(workspace), "status")
    with sqlite3.connect(workspace / "data" / "yinliu.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    said = call("--workspace", str(workspace), "leads", "--json")
    assert (said.code, json.loads(said.out)["error"]) == (4, "database_newer")


def test_a_file_that_is_no_database_is_refused(call: Call, workspace: Path) -> None:
    """A file of another kind ends with 4 and its name, not with a traceback."""
    (workspace / "data").mkdir()
    (workspace / "data" / "yinliu.db").write_text("not a database " * 100, encoding="utf-8")
    said = call("--workspace", str(workspace), "leads", "--json")
    assert (said.code, json.loads(said.out)["error"]) == (4, "database_unreadable")


def test_a_wrong_key_is_refused(call: Call, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that this database was not written with ends with 4 before anything is written."""
    monkeypatch.setenv("YINLIU_KEY", new_key())
    assert call("--workspace", str(workspace), "tag").code == 99
    monkeypatch.setenv("YINLIU_KEY", new_key())
    said = call("--workspace", str(workspace), "tag", "--json")
    assert (said.code, json.loads(said.out)["error"]) == (4, "key_wrong")


def test_a_key_that_is_none_is_told(call: Call, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of the wrong form ends with 2."""
    monkeypatch.setenv("YINLIU_KEY", "secret")
    assert call("--workspace", str(workspace), "tag").code == 2


def test_the_key_file_is_its_owners(call: Call, workspace: Path, tmp_path: Path) -> None:
    """The key is made at the first need, outside the workspace, for its owner alone."""
    call("--workspace", str(workspace), "tag")
    (file,) = tmp_path.glob(".config/yinliu/key")
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_demo_empties_no_strange_folder(call: Call, workspace: Path) -> None:
    """A folder that is not the demo's own is refused and left alone."""
    said = call("demo", "--folder", str(workspace))
    assert said.code == 2
    assert (workspace / "yinliu.yaml").exists()


def test_every_command_is_documented() -> None:
    """Each command stands in the README, docs or CHANGELOG."""
    texts = "".join(path.read_text(encoding="utf-8") for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")))
    names = [info.name or (info.callback.__name__ if info.callback else "") for info in app.registered_commands]
    assert [name for name in names if not re.search(rf"`?(?:yinliu [^`\n]*)?\b{name}\b", texts)] == []


@pytest.mark.parametrize("command", [["leads"], ["status"], ["queue", "list"], ["posts"], ["doctor"]])
def test_a_folder_that_is_no_workspace_is_left_alone(call: Call, tmp_path: Path, command: list[str]) -> None:
    """Outside a workspace every command ends with 2, names a missing file, and makes nothing."""
    (tmp_path / "elsewhere").mkdir()
    said = call("--workspace", str(tmp_path / "elsewhere"), *command)
    assert said.code == 2
    assert "缺少文件" in said.out + said.err
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_init_refuses_a_file(call: Call, tmp_path: Path) -> None:
    """A path that is a file ends with 2 and its name."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    said = call("init", str(tmp_path / "file"))
    assert (said.code, str(tmp_path / "file") in said.err) == (2, True)


def test_a_week_to_come_has_no_report(call: Call, workspace: Path) -> None:
    """A week that has not begun ends with 2."""
    said = call("--workspace", str(workspace), "report", "--week", "2099-W10", "--json")
    assert (said.code, json.loads(said.out)["error"]) == (2, "week_to_come")


def test_export_without_a_target(call: Call, workspace: Path) -> None:
    """The only target is taken; of several one must be named."""
    assert call("--workspace", str(workspace), "export").code == 99
    (workspace / "crm.yaml").write_text("targets: [{name: a, kind: csv}, {name: b, kind: csv}]\n", encoding="utf-8")
    assert json.loads(call("--workspace", str(workspace), "export", "--json").out)["error"] == "no_target"
    assert json.loads(call("--workspace", str(workspace), "export", "--list", "--json").out) == {"targets": ["a", "b"]}


def test_a_community_that_is_not_known(call: Call, workspace: Path) -> None:
    """A misspelt community is told with the nearest one."""
    said = call("--workspace", str(workspace), "queue", "list", "--community", "welcom")
    assert (said.code, "是不是想写 welcome" in said.err) == (2, True)
