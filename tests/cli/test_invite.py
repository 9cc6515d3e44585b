"""``yinliu invite`` and ``observe``: counts, words, and what the exit codes say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from models.vault import Vault, new_key
from tests.cli.conftest import Said
from tests.hubs.conftest import Desk
from tests.hubs.homeserver import ME, ROOM, TOKEN, Homeserver, serving
from yinliu.bootstrap import App
from yinliu.settings import Settings
from yinliu.workspace.communities import Communities

Call = Callable[..., Said]
FILE = """
communities:
  - name: camp
    title: 露营群
    hub: chat
    operators: [小李]
    groups:
      - {{name: "1", title: 露营一群, capacity: 20, room: "{room}"}}
  - {{name: hand, title: 会员群, operators: [小李], capacity: 20}}
hubs:
  - {{name: chat, kind: matrix, url: "{url}", token: YINLIU_MATRIX_TOKEN}}
"""


def desk_in(workspace: Path, monkeypatch: pytest.MonkeyPatch, url: str, room: str = ROOM) -> Desk:
    """A workspace whose community is at this homeserver, and its database."""
    (workspace / "communities.yaml").write_text(FILE.format(url=url, room=room), encoding="utf-8")
    key = new_key()
    monkeypatch.setenv("YINLIU_KEY", key)
    monkeypatch.setenv("YINLIU_WORKSPACE", str(workspace))
    monkeypatch.setenv("YINLIU_MATRIX_TOKEN", TOKEN)
    app = App(Settings(workspace=workspace, key=SecretStr(key)))
    rules: Communities = app.workspace.communities
    return Desk(app.begin, vault=Vault(key), rules=rules).open()


def test_a_person_is_invited_and_seen(call: Call, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts as JSON; 99 when nothing is left to do."""
    server = Homeserver()
    with serving(server) as url:
        desk_in(workspace, monkeypatch, url).ticket("@a:peer.test")
        said = call("invite", "--json")
        assert (said.code, json.loads(said.out)["invited"]) == (0, 1)
        assert call("invite", "--json").code == 99
        assert call("observe", "--json").code == 99
        server.members["@a:peer.test"] = "join"
        said = call("observe", "--json")
        assert (said.code, json.loads(said.out)["joined"]) == (0, 1)
        said = call("observe")
        assert (said.code, "群成员 1" in said.out) == (99, True)


def test_everything_by_hand_is_nothing_to_do(call: Call, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The starter's communities have no hub; no token is asked for."""
    monkeypatch.setenv("YINLIU_WORKSPACE", str(workspace))
    assert (call("invite").code, call("observe").code) == (99, 99)


def test_a_missing_token_is_named(call: Call, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 2, with the variable."""
    desk_in(workspace, monkeypatch, "http://127.0.0.1:1")
    monkeypatch.delenv("YINLIU_MATRIX_TOKEN")
    said = call("invite")
    assert said.code == 2 and "YINLIU_MATRIX_TOKEN" in said.err


def test_a_hub_that_is_down_is_for_later(call: Call, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 3; the address of nobody is told."""
    desk = desk_in(workspace, monkeypatch, "http://127.0.0.1:1")
    desk.ticket("@geheim:peer.test")
    said = call("invite", "--json")
    assert (said.code, json.loads(said.out)["error"]) == (3, "hub_unreachable")
    assert "geheim" not in said.out + said.err
    assert call("observe").code == 3
    assert desk.tickets == {1: "assigned"}


def test_a_token_that_is_refused_needs_somebody(call: Call, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 4; the token is not shown."""
    with serving(Homeserver()) as url:
        desk_in(workspace, monkeypatch, url).ticket()
        monkeypatch.setenv("YINLIU_MATRIX_TOKEN", "syt_falsch")
        said = call("invite")
        assert said.code == 4 and "令牌" in said.err
        assert "syt_falsch" not in said.out + said.err


def test_a_room_that_we_are_not_in_needs_somebody(call: Call, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 4; with the room."""
    server = Homeserver()
    server.members[ME] = "leave"
    with serving(server) as url:
        desk_in(workspace, monkeypatch, url).ticket()
        said = call("invite")
    assert said.code == 4 and ROOM in said.err


def test_words_for_a_ticket(call: Call, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an operator sends by hand; an unknown ticket is exit 2."""
    desk_in(workspace, monkeypatch, "http://127.0.0.1:1").ticket(community="hand")
    said = call("invite", "--words", "1")
    assert said.code == 0 and "小王你好" in said.out and "/j/" in said.out
    assert call("invite", "--words", "7").code == 2
