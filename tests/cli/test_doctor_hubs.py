"""doctor: the hubs that communities use are asked whether they would let us invite."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.hubs.homeserver import ME, ROOM, TOKEN, Homeserver, serving

RULES = """
communities:
  - {{name: camp, title: 露营群, hub: {used}, operators: [小李], groups: [{{name: "1", capacity: 9, room: "{room}"}}]}}
hubs:
  - {{name: chat, kind: matrix, url: "{url}", token: YINLIU_MATRIX_TOKEN}}
"""


def finding(
    call: Call, workspace: Path, url: str, *, room: str = ROOM, used: str = "chat"
) -> tuple[int, dict[str, str]]:
    """Exit code, and what doctor says of the hub; empty where it says nothing."""
    (workspace / "communities.yaml").write_text(RULES.format(url=url, room=room, used=used), encoding="utf-8")
    said = call("--workspace", str(workspace), "doctor", "--json")
    found = [one for one in json.loads(said.out)["findings"] if one["name"] == "社群平台 chat"]
    return said.code, found[0] if found else {}


def test_a_hub_that_lets_us_invite_is_fine(call: Call, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its token is right and we are in the room."""
    monkeypatch.setenv("YINLIU_MATRIX_TOKEN", TOKEN)
    server = Homeserver()
    with serving(server) as url:
        code, found = finding(call, workspace, url)
        assert (code, found["state"]) == (0, "ok")
        server.members.pop(ME)
        code, found = finding(call, workspace, url)
    assert (code, found["state"]) == (2, "bad")
    assert ROOM in found["text"] and "社群平台" not in found["text"]


def test_a_missing_token_is_told(call: Call, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the name of the variable that should hold it; a refused one is not repeated."""
    monkeypatch.delenv("YINLIU_MATRIX_TOKEN", raising=False)
    with serving(Homeserver()) as url:
        assert finding(call, workspace, url)[1]["text"].startswith("需要环境变量 YINLIU_MATRIX_TOKEN")
        monkeypatch.setenv("YINLIU_MATRIX_TOKEN", "geheim-falsch")
        found = finding(call, workspace, url)[1]
    assert found["state"] == "bad" and found["text"].startswith("访问令牌")
    assert "geheim" not in str(found)


def test_a_hub_that_is_down_is_told(call: Call, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And one that no community uses is not asked."""
    monkeypatch.setenv("YINLIU_MATRIX_TOKEN", TOKEN)
    assert finding(call, workspace, "http://127.0.0.1:9")[1]["state"] == "bad"
    assert finding(call, workspace, "http://127.0.0.1:9", used="manual") == (0, {})
