"""The whole way as a user goes it: ``run``, once and again, and the questions asked afterwards."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE
from tests.run.conftest import FRIDAY, Yinliu
from tests.run.rows import business_rows, last_json, windows
from yinliu.demo.composition import compose
from yinliu.demo.tour import write_demo_workspace


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, site: str, key: str) -> tuple[Path, dict[str, Any]]:
    """A workspace over the small site after one run, and that run's summary."""
    home = tmp_path_factory.mktemp("finished")
    write_demo_workspace(home / "workspace", base=site, render=False)
    return home / "workspace", last_json(Yinliu(home, key)("--workspace", str(home / "workspace"), "run", "--json"))


@pytest.fixture
def ran(finished: tuple[Path, dict[str, Any]]) -> dict[str, Any]:
    """The summary of the run."""
    return finished[1]


@pytest.fixture
def workspace(finished: tuple[Path, dict[str, Any]], tmp_path: Path) -> Path:
    """A test's own copy of the finished workspace."""
    shutil.copytree(finished[0], tmp_path / "workspace")
    return tmp_path / "workspace"


def test_a_run_stores_everything(ran: dict[str, Any]) -> None:
    """Every post and comment of the site is stored, tagged, and nothing is left untied."""
    assert ran["load"]["inputs"] == ran["load"]["stored"] + ran["load"]["quarantined"]
    assert (ran["load"]["quarantined"], ran["load"]["untied"]) == (0, 0)
    assert (ran["tag"]["posts"], ran["tag"]["comments"]) == (32, 508)
    assert ran["route"]["tickets"] + ran["route"]["blocked_full"] == ran["export"]["csv"]["sent"]


def test_a_second_run_adds_nothing(yinliu: Yinliu, workspace: Path) -> None:
    """The second run leaves every row as it was and sends nothing; it looks again at what was published lately.

    A post that has meanwhile come of age, as three days, has its counters noted once more.
    """
    before, noted = business_rows(workspace), windows(workspace)
    again = last_json(yinliu("--workspace", str(workspace), "run", "--json"))
    assert business_rows(workspace) == before
    assert (again["load"]["new"], again["load"]["changed"]) == (windows(workspace) - noted, 0)
    assert again["export"]["csv"]["sent"] == 0
    assert again["crawl"]["notes"].keys() == {"post"}


def test_the_leads_of_the_site_are_found(yinliu: Yinliu, workspace: Path) -> None:
    """Nine of ten planted leads qualify, with the contact that they wrote; no advert does."""
    leads = [
        json.loads(line) for line in yinliu("--workspace", str(workspace), "leads", "--reveal", "--json").splitlines()
    ]
    found = {contact["value"] for lead in leads for contact in lead["contacts"]}
    content = compose(now=FRIDAY)
    posts = {post.id for post in content.posts if post.section != "club"}
    there = [comment for comment in content.comments if comment.post_id in posts and comment.contact]
    wanted = {_bare(comment.contact or "") for comment in there if comment.label != "spam_ad"}
    adverts = {_bare(comment.contact or "") for comment in there if comment.label == "spam_ad"}
    assert len(wanted & found) >= 0.9 * len(wanted)
    assert not adverts & found
    assert found <= wanted


def _bare(contact: str) -> str:
    """A phone number as it is kept: digits alone."""
    digits = contact.replace(" ", "").replace("-", "")
    return digits if digits.isdigit() else contact


def test_a_lead_is_explained(yinliu: Yinliu, workspace: Path) -> None:
    """The explanation adds up, names the post, and shows no contact in full."""
    (first, *_) = yinliu("--workspace", str(workspace), "leads", "--reveal", "--json").splitlines()
    lead = json.loads(first)
    told = yinliu("--workspace", str(workspace), "leads", "--explain", str(lead["id"]))
    assert lead["post"] in told
    assert f"{lead['score']:+4d}  合计" in told
    assert lead["contacts"]
    assert not any(contact["value"] in told for contact in lead["contacts"])
    revealed = yinliu("--workspace", str(workspace), "leads", "--explain", str(lead["id"]), "--reveal")
    assert all(contact["value"] in revealed for contact in lead["contacts"])


def test_new_points_score_everybody_again(yinliu: Yinliu, workspace: Path) -> None:
    """After scoring.yaml is changed, qualify has work to do though no comment is new; after that it has none."""
    at = ("--workspace", str(workspace))
    rules = workspace / "scoring.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("{points: 55,", "{points: 56,"), encoding="utf-8")
    counts = last_json(yinliu(*at, "qualify", "--json"))
    assert counts["scored"] > counts["comments"] == 0
    yinliu(*at, "qualify", code=99)


def test_the_queue_is_listed_and_worked_on(yinliu: Yinliu, workspace: Path) -> None:
    """A ticket is moved where its state allows it, refused where not, and drained seats go to who waits."""
    at = ("--workspace", str(workspace))
    tickets = [json.loads(line) for line in yinliu(*at, "queue", "list", "--json").splitlines()]
    held = next(ticket for ticket in tickets if ticket["state"] == "assigned" and ticket["community"] == "water")
    assert any(ticket["state"] == "blocked_full" for ticket in tickets)
    refused = yinliu(*at, "queue", "move", str(held["id"]), "retained", "--actor", "小陶", code=2)
    assert "invited" in refused
    yinliu(*at, "queue", "move", str(held["id"]), "已流失", "--actor", "小陶", "--reason", "不需要了")
    assert last_json(yinliu(*at, "upkeep", "--json"))["drained"] == 1


def test_the_report_names_nobody(yinliu: Yinliu, workspace: Path) -> None:
    """The weekly report is one page without any contact, and is delivered under its lasting name."""
    at = ("--workspace", str(workspace))
    week = f"{FRIDAY - timedelta(days=7):%G-W%V}"
    page = last_json(yinliu(*at, "report", "--week", week, "--json"))["report"]
    text = Path(str(page)).read_text(encoding="utf-8")
    contacts = [json.loads(line)["contacts"] for line in yinliu(*at, "leads", "--reveal", "--json").splitlines()]
    assert not any(contact["value"] in text for row in contacts for contact in row)
    yinliu(*at, "deliver", "--week", week)
    assert (workspace / "data" / "reports" / "latest.html").read_text(encoding="utf-8") == text


def test_the_export_opens_in_a_spreadsheet(workspace: Path) -> None:
    """The CSV has a BOM, one row a lead, phones as text, and is its owner's alone."""
    (path,) = (workspace / "data" / "exports").glob("leads-*.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert path.stat().st_mode & 0o077 == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    phones = [row["手机"] for row in rows if row["手机"]]
    assert phones
    assert all(phone.startswith("\t1") for phone in phones)


def test_no_contact_lies_open(yinliu: Yinliu, workspace: Path) -> None:
    """The contact table holds no detail that can be read without the key."""
    (first, *_) = yinliu("--workspace", str(workspace), "leads", "--reveal", "--json").splitlines()
    value = json.loads(first)["contacts"][0]["value"]
    with sqlite3.connect(workspace / "data" / "yinliu.db") as connection:
        rows = connection.execute("SELECT value_cipher, value_hmac, masked FROM contact").fetchall()
    assert not any(value.encode() in cipher or value in digest + masked for cipher, digest, masked in rows)


def test_tags_of_a_text(yinliu: Yinliu, workspace: Path) -> None:
    """``tag-text`` answers each JSON line, a broken one too."""
    process = yinliu.start("--workspace", str(workspace), "tag-text")
    out, _ = process.communicate('{"id": 1, "text": "帐篷多少钱？加V lily_88"}\nnonsense\n', timeout=PATIENCE)
    first, second = map(json.loads, out.splitlines())
    assert {tag["label"] for tag in first["tags"]} >= {"camping", "price_inquiry"}
    assert first["contacts"][0]["value"] == "li***8"
    assert second["error"] == "bad_record"
