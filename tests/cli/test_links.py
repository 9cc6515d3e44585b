"""``yinliu link``, ``links``, ``audit-links`` and ``console``, as a shell calls them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.patience import PATIENCE
from tests.stages.signposted import add_post, add_ticket
from yinliu.bootstrap import App
from yinliu.settings import Settings
from yinliu.stages.links import credit

RULES = "communities:\n  - {name: camping, title: 露营同好群, capacity: 5, operators: [小栗]}\n"


@pytest.fixture
def team(workspace: Path, call: Call) -> App:
    """A workspace whose database has a post; commands and this object use one key."""
    (workspace / "communities.yaml").write_text(RULES, encoding="utf-8")
    assert call("--workspace", str(workspace), "audit-links").code == 99
    app = App(Settings(workspace=workspace, key_file=Path.home() / ".config" / "yinliu" / "key"))
    with app.begin() as work:
        add_post(work, 1, title="加我13812345678")
        work.commit()
    return app


def at(team: App) -> list[str]:
    """The option that names the workspace."""
    return ["--workspace", str(team.workspace.folder)]


def test_a_link_is_made_and_given_again(call: Call, team: App, tmp_path: Path) -> None:
    """With its address and its QR code."""
    file = tmp_path / "a.svg"
    first = call(*at(team), "link", "--post", "1", "--operator", "小栗", "--qr", str(file), "--json")
    found = json.loads(first.out)
    assert first.code == 0 and found["url"] == f"http://127.0.0.1:8090/j/{found['code']}"
    assert file.read_text(encoding="utf-8").count("<svg") == 1
    told = call(*at(team), "link", "--post", "1", "--operator", "小栗")
    assert found["url"] in told.out and told.code == 0


def test_addresses_begin_where_the_team_says(call: Call, team: App) -> None:
    """``link_url`` in yinliu.yaml."""
    with (team.workspace.folder / "yinliu.yaml").open("a", encoding="utf-8") as file:
        file.write("\nlink_url: https://go.example.com\n")
    assert "https://go.example.com/j/" in call(*at(team), "link", "--campaign", "双十一").out


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ([], "bad_link"),
        (["--post", "99"], "no_post"),
        (["--post", "-1"], "no_post"),
        (["--post", "9" * 30], "usage"),
        (["--community", "campin"], "no_community"),
        (["--campaign", "x", "--operator", "小粟"], "no_operator"),
        (["--campaign", ""], "bad_campaign"),
        (["--campaign", "x", "--qr", "a.pdf"], "bad_file"),
        (["--campaign", "x", "--qr", "yinliu.yaml/a.svg"], "bad_file"),
    ],
)
def test_what_is_refused(
    call: Call, team: App, monkeypatch: pytest.MonkeyPatch, *, arguments: list[str], error: str
) -> None:
    """Exit code 2 with what is wrong; a name that is near is told."""
    monkeypatch.chdir(team.workspace.folder)
    told = call(*at(team), "link", *arguments, "--json")
    assert (told.code, json.loads(told.out)["error"]) == (2, error)
    assert {"no_community": "camping", "no_operator": "小栗"}.get(error, "") in told.err


def test_links_are_listed_and_added_up(call: Call, team: App) -> None:
    """With clicks, tickets and joins; titles masked."""
    for _ in range(2):
        code = json.loads(call(*at(team), "link", "--post", "1", "--operator", "小栗", "--json").out)["code"]
    call(*at(team), "link", "--campaign", "双十一")
    key = team.vault.links_key
    with team.begin() as work:
        work.links.click(1, "2026-11-22")
        work.links.click(1, "2026-11-22")
        work.links.click(1, "2026-11-23")
        add_ticket(work, 1, community="camping")
        credit(work, 1, code, key=key)
        work.commit()
    rows = [json.loads(line) for line in call(*at(team), "links", "--json").out.splitlines()]
    assert [(row["code"] == code, row["clicks"], row["tickets"], row["joins"]) for row in rows] == [
        (True, 3, 1, 1),
        (False, 0, 0, 0),
    ]
    (row,) = (json.loads(line) for line in call(*at(team), "links", "--by", "operator", "--json").out.splitlines())
    assert row == {"operator": "小栗", "links": 1, "clicks": 3, "tickets": 1, "joins": 1}
    told = call(*at(team), "links").out + call(*at(team), "links", "--by", "post").out
    assert code in told and "双十一" in told and "13812345678" not in told
    assert call(*at(team), "links", "--by", "colour").code == 2


@pytest.mark.parametrize(
    ("by", "zh"), [("post", "文章"), ("campaign", "活动"), ("community", "社群"), ("operator", "运营")]
)
def test_links_are_added_up_in_either_language(call: Call, team: App, by: str, zh: str) -> None:
    """By the word of the table's head too; communities and posts by title."""
    call(*at(team), "link", "--post", "1", "--campaign", "双十一", "--community", "camping", "--operator", "小栗")
    told = call(*at(team), "links", "--by", zh)
    assert told.code == 0 and told.out == call(*at(team), "links", "--by", by).out
    assert {"post": "加我", "campaign": "双十一", "community": "露营同好群", "operator": "小栗"}[by] in told.out
    assert "camping" not in told.out
    if by == "community":
        row = json.loads(call(*at(team), "links", "--by", zh, "--json").out)
        assert (row["community"], row["title"], row["links"]) == ("camping", "露营同好群", 1)


def test_the_folder_of_a_picture_is_made(call: Call, team: App, tmp_path: Path) -> None:
    """As of every file that a command writes."""
    file = tmp_path / "new" / "one" / "a.png"
    assert call(*at(team), "link", "--post", "1", "--qr", str(file)).code == 0 and file.stat().st_size


def test_posts_without_a_signpost(call: Call, team: App) -> None:
    """With the link to add; 99 as soon as each has one."""
    (row,) = (json.loads(line) for line in call(*at(team), "audit-links", "--json").out.splitlines())
    assert row["id"] == 1 and "13812345678" not in row["title"]
    told = call(*at(team), "audit-links")
    assert told.code == 0 and row["link"] in told.out and "1 篇没有有效路标" in told.out
    with team.begin() as work:
        work._session.connection().exec_driver_sql(f"UPDATE post SET body = '{row['link'][:-3]}…'")
        work.commit()
    assert f"口令不完整或被改过：{row['link'][21:-3]}" in call(*at(team), "audit-links").out
    with team.begin() as work:
        work._session.connection().exec_driver_sql(f"UPDATE post SET body = '{row['link']}'")
        work.commit()
    done = call(*at(team), "audit-links", "--json")
    assert (done.code, json.loads(done.out)["error"]) == (99, "nothing_to_do")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.com"])
def test_the_console_listens_to_this_machine(call: Call, team: App, host: str) -> None:
    """Unless told otherwise; the message names the way out."""
    told = call(*at(team), "console", "--host", host, "--json")
    assert (told.code, json.loads(told.out)["error"]) == (2, "remote_console") and "--allow-remote" in told.err


def test_a_port_that_is_taken(call: Call, team: App) -> None:
    """It is told with the port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = call(*at(team), "console", "--port", port, "--json")
    assert (told.code, json.loads(told.out)["error"]) == (2, "port_taken") and port in told.err


def test_the_console_serves_until_it_is_told_to_stop(call: Call, team: App) -> None:
    """It says where, answers, logs nobody's visit, and ends with 0."""
    code = json.loads(call(*at(team), "link", "--community", "camping", "--json").out)["code"]
    command = [sys.executable, "-m", "yinliu", *at(team), "console", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ)) as process:
        assert process.stdout is not None and process.stderr is not None
        try:
            base = json.loads(process.stdout.readline())["url"]
            with urllib.request.urlopen(f"{base}/j/{code}", timeout=PATIENCE) as page:
                assert "露营同好群" in page.read().decode() and page.headers["server"] is None
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) in (0, -signal.SIGTERM)
            logged = process.stdout.read() + process.stderr.read()
        finally:
            process.kill()
    assert b"127.0.0.1" not in logged.replace(base.encode(), b"") and code.encode() not in logged
